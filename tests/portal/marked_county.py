"""A county that has everything in it, in every state; what the public has no business with bears a mark of its own."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import User
from deputies.models import Constituency, Deputy, Level, Status
from legislation.models import DraftState, Opinion
from noticeboard.models import NoticeFile, NoticeState, WorkGroup
from portal import drafts
from portal.models import Draft
from receptions.models import DayPhoto, DayState, Duty, Invitation, Leave, ReceptionDay, Swap
from stations.models import Department, Kind, ResidentOfficer, Station
from suggestions import workflow
from suggestions.choices import State
from suggestions.models import PublicResult, Rating, ReleaseState, Suggestion, Voter
from tests import factories
from tests.legislation import factories as laws

GIVEN = "钺铎钧铉铠铮锟镐镕鑫森淼焱垚晶磊犇骉羴鱻"
# Of a case, what its own voter reads with number and code; the rest is between offices.
FOR_THE_VOTER = ("title", "content", "reply", "refuse_note", "assessment")
BETWEEN_OFFICES = ("demand", "place", "opinion", "officer_help", "result")


@dataclass
class Marks:
    """Each mark is given out once, so a hit says where the text came from."""

    given: dict[str, str] = field(default_factory=dict)  # mark → what it marks

    def _new(self, mark: str, what: str) -> str:
        assert mark not in self.given
        self.given[mark] = what
        return mark

    def name(self, what: str) -> str:
        number = len(self.given)
        return self._new(f"仉{GIVEN[number // 400]}{GIVEN[number // 20 % 20]}{GIVEN[number % 20]}", f"name: {what}")

    def phone(self, what: str) -> str:
        return self._new(f"1378{len(self.given):07d}", f"phone: {what}")

    def number(self, what: str) -> str:
        return self._new(f"密{len(self.given):05d}", what)

    def words(self, what: str) -> str:
        """What people write although they should not: name, phone, address, ID number and plate in one sentence."""
        number = len(self.given)
        address = self._new(f"藏村密{number:05d}号", f"address: {what}")
        identity = self._new(f"41082219{number:06d}119X", f"ID number: {what}")
        plate = self._new(f"豫H{number:05d}", f"plate: {what}")
        return f"{self.name(what)}{self.phone(what)}住{address}证{identity}车{plate}"


def jpeg(colour: str = "green") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (60, 80), colour).save(stream, "JPEG")
    return stream.getvalue()


def marked_county() -> SimpleNamespace:
    """Beside ``factories.cast()``: marks, cases (by state), theirs (marks that a case's own voter may read), notices (by
    state), days, results (by state), deputies of every status, a message that is being written."""
    people = factories.cast()
    people.marks = Marks()
    _accounts(people)
    _stations(people)
    _deputies(people)
    _notices(people)
    _days(people)
    _cases(people)
    _results(people)
    _drafts(people)
    _laws(people)
    factories.an_official_account(people)
    return people


def _accounts(people: SimpleNamespace) -> None:
    for user in User.objects.all():
        user.name, user.phone = people.marks.name("account"), people.marks.phone("account")
        user.save()
    people.town_staff.refresh_from_db()


def _stations(people: SimpleNamespace) -> None:
    marks = people.marks
    people.closed = Station.objects.create(
        county=people.county, kind=Kind.POINT, parent=people.town, name=marks.number("closed station"), is_active=False
    )
    for station in Station.objects.filter(county=people.county):
        station.phone = f"0391-86{station.pk % 100000:05d}"
        station.address, station.opening_hours, station.head = "文化路一号", "工作日 8:30—17:30", "霍站长"
        station.head_phone, station.contact_phone = marks.phone("station head"), marks.phone("station contact")
        station.contact = marks.name("station contact")
        station.save()
    Department.objects.filter(station__county=people.county).update(
        head=marks.name("department head"), contact=marks.name("department"), phone=marks.phone("department")
    )
    ResidentOfficer.objects.filter(pk=people.officer.pk).update(phone=marks.phone("officer"))
    ResidentOfficer.objects.create(
        station=people.town, kind="lawyer", name=marks.name("officer who left"), is_active=False
    )
    WorkGroup.objects.create(
        station=people.town,
        name=marks.number("work group"),
        webhook=f"https://robot.example.test/{marks.number('robot')}",
    )


def _private(people: SimpleNamespace, deputy: Deputy, born: str) -> None:
    marks = people.marks
    deputy.phone, deputy.certificate = marks.phone("deputy"), marks.number("certificate")
    deputy.born_in = marks._new(born, "birth of a deputy")
    deputy.status_note, deputy.post = marks.words("note on a deputy")[:120], marks.number("post")
    deputy.save()


def _deputies(people: SimpleNamespace) -> None:
    county = people.county
    people.deputy.constituency = Constituency.objects.create(county=county, level=Level.COUNTY, name="第一选区")
    people.deputy.trade = "law"
    people.deputy.photo.save("portrait.jpg", ContentFile(jpeg()))
    hidden = {"status": Status.SUSPENDED}, {"status": Status.ENDED}, {"home_station": people.closed}, {}
    people.hidden_deputies = []
    for fields in hidden:
        name = people.marks.name(f"deputy whom voters do not find {fields}")
        home = {"home_station": people.town} if "status" in fields else {}
        deputy = Deputy.objects.create(county=county, name=name, level=Level.COUNTY, **home | fields)
        deputy.photo.save("x.jpg", ContentFile(jpeg("red")))
        people.hidden_deputies.append(deputy)
    for number, deputy in enumerate(Deputy.objects.filter(county=county)):
        _private(people, deputy, f"1911-{number + 1:02d}")
    people.deputy.refresh_from_db()
    for number in range(16):
        Deputy.objects.create(county=county, name=f"邻代表{number}", level=Level.TOWNSHIP, home_station=people.town)


def _notices(people: SimpleNamespace) -> None:
    marks, people.notices = people.marks, {}
    for state in NoticeState.values:
        on_board = state == NoticeState.RELEASED
        marked = "" if on_board else marks.words(f"notice {state}")
        people.notices[state] = notice = factories.notice(
            people,
            title="关于路灯维修的通知" if on_board else marked[:80],
            body="即日起维修主街路灯。" if on_board else marked,
            state=state,
            pinned=on_board,
            release_at=timezone.now() + dt.timedelta(days=1),
            withdraw_reason=marks.words("why a notice was withdrawn"),
        )
        files = (("现场", ".jpg", "image/jpeg", jpeg()), ("安排", ".pdf", "application/pdf", b"%PDF-1.4"))
        for name, ending, media_type, content in files:
            shown = name if on_board else marks.number(f"name of a file, notice {state}")
            row = NoticeFile(notice=notice, name=shown + ending, media_type=media_type, size=len(content))
            row.file.save(f"stored{ending}", ContentFile(content))
    people.notices[NoticeState.RELEASED].deputies.add(people.deputy)
    earlier = timezone.now() - dt.timedelta(days=400)
    people.last_year = earlier.year
    factories.notice(people, kind="plan", title="年度接待计划", released_at=earlier)
    factories.notice(people, station=people.closed, title=marks.words("notice of a closed station")[:80])


def _days(people: SimpleNamespace) -> None:
    marks, today = people.marks, timezone.localdate()
    people.day = factories.reception_day(people, theme="人居环境")
    # The roster was made before one was suspended, and the office of another ended.
    factories.on_duty(people.day, people.deputy, *people.hidden_deputies[:2])
    people.brand, people.new_brand = factories.brand(people), factories.brand(people, name="百姓花园", about="")
    hidden = marks.number("brand switched off"), marks.words("about a brand switched off")
    people.hidden_brands = [
        factories.brand(people, name=hidden[0], about=hidden[1], is_active=False),
        factories.brand(people, station=people.closed, name=marks.number("brand of a closed station")),
    ]
    later = factories.reception_day(people, today + dt.timedelta(days=40), brand=people.brand)
    factories.on_duty(later, people.other_deputy)
    held = factories.reception_day(people, today - dt.timedelta(days=20), state=DayState.CLOSED, brand=people.brand)
    ReceptionDay.objects.filter(pk=held.pk).update(summary=marks.words("summary of a day"))
    Duty.objects.create(day=held, deputy=people.deputy, absent_reason=marks.words("absence")[:120])
    soon = today + dt.timedelta(days=5)
    factories.reception_day(people, soon, state=DayState.CANCELLED, cancel_reason="会场维修")  # which the notice says
    Leave.objects.create(
        deputy=people.deputy, starts_on=later.date, ends_on=later.date, reason=marks.words("leave")[:120]
    )
    Swap.objects.create(
        day=people.day, deputy=people.deputy, partner=people.other_deputy, reason=marks.words("swap")[:120]
    )
    Invitation.objects.create(
        day=people.day,
        department=people.town_department,
        matter=marks.words("invitation"),
        guest=marks.name("guest"),
        asked_by=people.town_staff,
    )
    DayPhoto.objects.create(
        day=held, name=f"{marks.number('name of a photo')}.jpg", media_type="image/jpeg", uploaded_by=people.town_staff
    )


def _cases(people: SimpleNamespace) -> None:
    people.cases, people.theirs = {}, {}
    for state in State.values:
        case = factories.case_in(people, state)
        workflow.remark(case.pk, note=people.marks.words(f"remark, {state}"), by=people.hub_staff)
        people.cases[state] = case
        before = set(people.marks.given)
        _mark(people, case, FOR_THE_VOTER)
        people.theirs[state] = set(people.marks.given) - before
        _mark(people, case, BETWEEN_OFFICES)
        _mark_voters(people, case)
    for rating in Rating.objects.all():
        Rating.objects.filter(pk=rating.pk).update(reason=people.marks.words("reason of a rating"))


def _mark(people: SimpleNamespace, case: Suggestion, names: tuple[str, ...]) -> None:
    now = Suggestion.objects.get(pk=case.pk)
    most = {"title": 80, "place": 80}
    texts: dict[str, Any] = {
        name: people.marks.words(f"{name} of a case, {case.state}")[: most.get(name)]
        for name in names
        if name in ("title", "content", "demand", "place", "opinion", "officer_help") or getattr(now, name)
    }
    Suggestion.objects.filter(pk=case.pk).update(**texts)


def _mark_voters(people: SimpleNamespace, case: Suggestion) -> None:
    marks = people.marks
    for voter in Voter.objects.filter(suggestion=case):
        voter.name, voter.phone = marks.name(f"voter, {case.state}"), marks.phone(f"voter, {case.state}")
        voter.address = marks.number(f"address of a voter, {case.state}")
        voter.save()


def _results(people: SimpleNamespace) -> None:
    """One on the board, and texts that wait, came back or were withdrawn."""
    people.results = {ReleaseState.RELEASED: factories.public_result(people)}
    marked = (ReleaseState.WAITING, ReleaseState.RETURNED, ReleaseState.WITHDRAWN)
    for state, case in zip(marked, (State.CLOSED, State.REPLIED, State.ASSESSING), strict=True):
        texts = {name: people.marks.words(f"{name} of a result, {state}") for name in ("matter", "answer")}
        title = people.marks.words(f"title of a result, {state}")[:80]
        reason = people.marks.words(f"result, {state}")
        people.results[state] = factories.public_result(
            people, people.cases[case], title=title, state=state, withdraw_reason=reason, return_note=reason, **texts
        )
    closed = people.marks.words("result of a closed station")
    factories.public_result(people, title=closed[:80], station=people.closed)
    assert PublicResult.objects.public().count() == 1


def _drafts(people: SimpleNamespace) -> None:
    """A message that somebody is still writing, and another one that stands before the question."""
    now, before = timezone.now(), set(people.marks.given)
    people.draft = Draft.objects.create(token="t" * 32, station=people.town, opened_at=now, changed_at=now)
    marks = people.marks
    words = {name: marks.words(f"{name} of a draft")[:80] for name in ("title", "content", "place")}
    drafts.keep(
        people.draft,
        **words,
        deputy=people.deputy.pk,
        name=marks.name("draft"),
        phone=marks.phone("draft"),
        address=marks.number("draft"),
        guardian=True,
        may_publish=False,
    )
    drafts.keep_photos(people.draft, [SimpleUploadedFile("路灯.jpg", jpeg(), "image/jpeg")])
    people.of_the_draft = set(marks.given) - before


def _laws(people: SimpleNamespace) -> None:
    """A draft law that is open, one whose answers are published, one that is being prepared; opinions are nobody else's
    business, only the wording as passed is."""
    marks = people.marks
    people.law = laws.draft_law(people)
    laws.material(people.law)
    people.answered_law = laws.draft_law(
        people,
        title="《城市绿化条例（草案）》",
        state=DraftState.CONCLUDED,
        closes_on=timezone.localdate() - dt.timedelta(days=1),
    )
    people.hidden_law = laws.draft_law(
        people, title=marks.words("draft law in preparation")[:120], state=DraftState.PREPARING
    )
    people.hidden_material = laws.material(people.hidden_law, name=f"{marks.number('material of a hidden draft')}.pdf")
    for law in (people.law, people.answered_law):
        said = {
            "text": marks.words("opinion"),
            "wording": marks.words("wording"),
            "held_words": marks.number("held words"),
        }
        row = laws.opinion(people, law, **said)
        laws.giver(row, name=marks.name("giver"), phone=marks.phone("giver"), address=marks.number("giver's address"))
        laws.opinion(people, law, text=marks.words("spam"), set_aside=marks.words("why set aside")[:200])
    Opinion.objects.filter(pk=row.pk).update(
        outcome="adopted", adopted_text="携犬出户应当束一点五米以内的犬链。", outcome_reason=marks.words("reason")
    )
    people.given_law = people.law.opinions.first()
