"""A small named cast, the same in every test: one county with its tree, and a second one to be kept out of the first.

Plain functions, no hidden defaults: ``cast()`` makes what most tests need; ``case_in`` carries a case to a state by
the real workflow.
"""

from __future__ import annotations

import datetime as dt
import secrets
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from accounts.models import User
from deputies.models import (
    CommitteeMember,
    Constituent,
    Contact,
    Deputy,
    DutyEntry,
    DutyFile,
    DutyKind,
    DutyPublication,
    DutyWeight,
    Level,
    Post,
    Scored,
    Tie,
    TieContact,
    TieKind,
    Way,
)
from imports import changes as imports
from imports.kinds import KINDS
from imports.models import Import
from noticeboard.models import Notice, NoticeFile, NoticeState, WorkGroup
from portal.models import (
    Draft,
    DraftPhoto,
    HeldWord,
    WechatAccount,
    WechatDialogue,
    WechatMessage,
    WechatPerson,
    WechatPicture,
)
from receptions.models import (
    Brand,
    CalendarFeed,
    DayPhoto,
    Duty,
    Invitation,
    Leave,
    OfficerSignIn,
    QuarterTheme,
    ReceptionDay,
    ReceptionRule,
    Swap,
)
from reports import upkeep
from reports.exports import jobs
from reports.exports.models import ExportJob
from reports.yearly import changes as yearly
from reports.yearly.models import Edition, HandlingReport
from stations.models import (
    County,
    Department,
    DepartmentStaff,
    Kind,
    OfficerKind,
    ResidentOfficer,
    Rules,
    Station,
    StationStaff,
)
from suggestions import workflow
from suggestions.choices import Channel, ResultKind, Satisfaction, State
from suggestions.models import PublicResult, RaisedContact, ReleaseState, Suggestion
from suggestions.registration import VoterData
from suggestions.transitions import Voice

PASSWORD = "long-pass-2026"


def user(username: str, **fields: Any) -> User:
    return User.objects.create_user(username, PASSWORD, name=fields.pop("name", username), **fields)


def county(code: str, name: str, prefix: str) -> SimpleNamespace:
    """A county with hub, two townships, a point, a studio, departments, one person per seat."""
    land = County.objects.create(code=code, name=name, short_name=name[:2], prefix=prefix)
    Rules.objects.create(county=land)
    hub = Station.objects.create(county=land, kind=Kind.HUB, name=f"{name}中心站")
    town = Station.objects.create(county=land, kind=Kind.TOWNSHIP, name=f"{name}甲镇联络站", parent=hub)
    other_town = Station.objects.create(county=land, kind=Kind.TOWNSHIP, name=f"{name}乙镇联络站", parent=hub)
    point = Station.objects.create(county=land, kind=Kind.POINT, name=f"{name}甲村联络点", parent=town)
    studio = Station.objects.create(county=land, kind=Kind.STUDIO, name=f"{name}教育工作室", parent=hub, trade="教育")
    town_department = Department.objects.create(station=town, name="村镇建设中心")
    town_second = Department.objects.create(station=town, name="农业服务中心")
    county_department = Department.objects.create(station=hub, name="住房和城乡建设局")
    people = {
        name_: user(f"{prefix}-{name_}")
        for name_ in (
            "hub_staff",
            "town_staff",
            "other_town_staff",
            "point_staff",
            "clerk",
            "second_clerk",
            "county_clerk",
            "deputy_user",
            "other_deputy_user",
            "officer_user",
        )
    }
    for name_, station in (
        ("hub_staff", hub),
        ("town_staff", town),
        ("other_town_staff", other_town),
        ("point_staff", point),
    ):
        StationStaff.objects.create(user=people[name_], station=station)
    for name_, department in (
        ("clerk", town_department),
        ("second_clerk", town_second),
        ("county_clerk", county_department),
    ):
        DepartmentStaff.objects.create(user=people[name_], department=department)
    deputy = Deputy.objects.create(
        county=land, name="张为民", level=Level.COUNTY, home_station=town, user=people["deputy_user"]
    )
    other_deputy = Deputy.objects.create(
        county=land, name="李建设", level=Level.TOWNSHIP, home_station=other_town, user=people["other_deputy_user"]
    )
    officer = ResidentOfficer.objects.create(
        station=town, user=people["officer_user"], name="王法官", kind=OfficerKind.JUDGE
    )
    return SimpleNamespace(
        county=land,
        hub=hub,
        town=town,
        other_town=other_town,
        point=point,
        studio=studio,
        town_department=town_department,
        town_second=town_second,
        county_department=county_department,
        deputy=deputy,
        other_deputy=other_deputy,
        officer=officer,
        **people,
    )


def cast() -> SimpleNamespace:
    """博爱县 as the county under test."""
    return county("410822", "博爱县", "BA")


def other_cast() -> SimpleNamespace:
    """禹州市, whose people must never see anything of 博爱县."""
    return county("411081", "禹州市", "YZ")


def register(people: SimpleNamespace, **fields: Any) -> Suggestion:
    """A case registered by the township office for its deputy, unless ``fields`` say otherwise."""
    return workflow.register(
        **{
            "by": people.town_staff,
            "station": people.town,
            "channel": Channel.RECEPTION,
            "title": "村口路灯不亮",
            "content": "村口到学校的三盏路灯坏了半个月，晚上孩子放学看不清路。",
            "voters": [VoterData(name="赵小满", phone="13800001234", address="甲村三组")],
            "deputy": people.deputy,
            **fields,
        }
    )


def submit(people: SimpleNamespace, **fields: Any) -> Suggestion:
    return workflow.submit(
        **{
            "station": people.town,
            "title": "排水沟堵了",
            "content": "下雨天排水沟漫水，流到院子里。",
            "voter": VoterData(name="钱有才", phone="13900005678", address="甲村一组"),
            "deputy": people.deputy,
            **fields,
        }
    )


def case_in(people: SimpleNamespace, state: str, *, at: dt.datetime | None = None, **fields: Any) -> Suggestion:
    """A case carried to ``state`` by the real workflow, each step by the seat that takes it."""
    p = people
    if state == State.SUBMITTED:
        return submit(p, at=at, **fields)
    case = register(p, at=at, **fields)
    pk = case.pk
    if state == State.REFUSED:
        case = submit(p, at=at)
        return workflow.refuse(case.pk, by=p.town_staff, at=at, reason="vague")
    if state == State.WITHDRAWN:
        return workflow.withdraw(pk, by=Voice.VOTER, at=at)
    if state == State.MERGED:
        return workflow.merge(pk, into=register(p, at=at).pk, by=p.town_staff, at=at)
    road: list[tuple[str, Any]] = [
        (State.REGISTERED, None),
        (
            State.ASSIGNED,
            lambda: workflow.assign(pk, lead=p.town_department, co=[p.town_second], by=p.town_staff, at=at),
        ),
        (State.HANDLING, lambda: workflow.take(pk, by=p.clerk, at=at)),
        (
            State.REPORTED,
            lambda: workflow.report(pk, result_kind=ResultKind.SOLVED, text="路灯已修好。", by=p.clerk, at=at),
        ),
        (State.HANDED_OVER, lambda: workflow.hand_over(pk, by=p.town_staff, at=at)),
        (State.REPLIED, lambda: workflow.reply(pk, text="已修好，请您看看。", by=p.deputy_user, at=at)),
    ]
    for name, take_step in road:
        if take_step is not None:
            case = take_step()
        if name == state:
            return case
    if state == State.CLOSED:
        return workflow.rate(pk, satisfaction=Satisfaction.SATISFIED, by=Voice.VOTER, at=at)
    if state == State.ASSESSING:
        workflow.rate(pk, satisfaction=Satisfaction.NOT, reason="又坏了", by=Voice.VOTER, at=at)
        workflow.take(pk, by=p.clerk, at=at)
        workflow.report(pk, result_kind=ResultKind.SOLVED, text="又修了一次。", by=p.clerk, at=at)
        workflow.hand_over(pk, by=p.town_staff, at=at)
        workflow.reply(pk, text="又修好了。", by=p.deputy_user, at=at)
        return workflow.rate(pk, satisfaction=Satisfaction.NOT, reason="还是不亮", by=Voice.VOTER, at=at)
    raise ValueError(state)


def reception_day(people: SimpleNamespace, date: dt.date | None = None, **fields: Any) -> ReceptionDay:
    """A reception day of the township, 9:00 to 11:30, in ten days unless ``date`` says otherwise; nobody on duty yet."""
    date = date or timezone.localdate() + dt.timedelta(days=10)
    station = fields.pop("station", people.town)
    return ReceptionDay.objects.create(
        **{
            "county": station.county,
            "station": station,
            "planned_on": date,
            "date": date,
            "starts_at": dt.time(9),
            "ends_at": dt.time(11, 30),
            "place": "联络站接待室",
            **fields,
        }
    )


def brand(people: SimpleNamespace, **fields: Any) -> Brand:
    """The township's 院落板凳会."""
    about = "每月 20 日，代表和群众在院子里坐到一条板凳上，说身边的事。"
    return Brand.objects.create(
        **{"station": people.town, "name": "院落板凳会", "about": about, "since": 2021, **fields}
    )


def on_duty(day: ReceptionDay, *deputies: Deputy) -> list[Duty]:
    return [Duty.objects.create(day=day, deputy=deputy) for deputy in deputies]


def notice(people: SimpleNamespace, **fields: Any) -> Notice:
    """A released notice on the township's board."""
    return Notice.objects.create(
        **{
            "county": people.county,
            "station": people.town,
            "title": "关于路灯维修的通知",
            "body": "即日起维修主街路灯，请注意安全。",
            "state": NoticeState.RELEASED,
            "released_at": timezone.now(),
            "released_by": people.town_staff,
            "written_by": people.town_staff,
            **fields,
        }
    )


def public_result(people: SimpleNamespace, case: Suggestion | None = None, **fields: Any) -> PublicResult:
    """Written by the township, released by the county office, unless ``fields`` say otherwise."""
    case = case or case_in(people, State.CLOSED, may_publish=True)
    now = timezone.now()
    return PublicResult.objects.create(
        **{
            "suggestion": case,
            "county": case.county,
            "station": case.station,
            "title": "村口路灯修复",
            "matter": "村口到学校的路灯不亮。",
            "answer": "已更换灯头，恢复照明。",
            "department": "村镇建设中心",
            "field": case.field,
            "result_kind": case.result_kind,
            "month": timezone.localdate(now).replace(day=1),
            "state": ReleaseState.RELEASED,
            "written_by": people.town_staff,
            "released_by": people.hub_staff,
            "released_at": now,
            **fields,
        }
    )


def a_reception_held(people: SimpleNamespace) -> ReceptionDay:
    """A day with one row of everything that belongs to reception days and to the noticeboard."""
    board = notice(people)
    NoticeFile.objects.create(notice=board, name="安排.pdf", media_type="application/pdf", size=10)
    WorkGroup.objects.create(
        station=people.town, name="甲镇代表工作群", webhook="https://robot.example.test/send?key=k"
    )
    ReceptionRule.objects.create(station=people.town, day=15)
    day = reception_day(people, notice=board, brand=brand(people))
    later = reception_day(people, timezone.localdate() + dt.timedelta(days=40))
    on_duty(day, people.deputy)
    on_duty(later, people.other_deputy)
    OfficerSignIn.objects.create(day=day, officer=people.officer)
    Leave.objects.create(deputy=people.deputy, starts_on=later.date, ends_on=later.date, reason="外出学习")
    Swap.objects.create(day=day, deputy=people.deputy, partner=people.other_deputy, partner_day=later)
    Invitation.objects.create(
        day=day, department=people.town_department, matter="解答路灯问题", asked_by=people.town_staff
    )
    DayPhoto.objects.create(day=day, name="现场.jpg", media_type="image/jpeg", uploaded_by=people.town_staff)
    QuarterTheme.objects.create(station=people.town, year=day.date.year, quarter=1, theme="人居环境")
    CalendarFeed.objects.create(token=secrets.token_urlsafe(32), station=people.town, created_by=people.town_staff)
    return day


def an_official_account(people: SimpleNamespace) -> WechatAccount:
    """A county's WeChat account with somebody who has just begun to write and sent a picture."""
    account = WechatAccount.objects.create(
        county=people.county, app_id=f"wx{people.county.code:0>16}", token="liaison2026", aes_key="A" * 43
    )
    now = timezone.now()
    person = WechatPerson.objects.create(
        account=account, openid_index=secrets.token_hex(16), station=people.town, seen_at=now
    )
    dialogue = WechatDialogue.objects.create(person=person, stage="place", content="路灯坏了半个月", changed_at=now)
    WechatPicture.objects.create(account=account, dialogue=dialogue, media_id="media-1")
    WechatMessage.objects.create(account=account, key=secrets.token_hex(16), answer="是哪里的事？", received_at=now)
    return account


def a_message_being_written(people: SimpleNamespace) -> Draft:
    """A voter's message that is not sent yet, with a photo, in a county with a list of words to be read with care."""
    now = timezone.now()
    draft = Draft.objects.create(
        token=secrets.token_urlsafe(24),
        station=people.town,
        data='{"title": "路灯坏了"}',
        opened_at=now,
        changed_at=now,
    )
    DraftPhoto.objects.create(draft=draft, file="drafts/路灯.jpg")
    HeldWord.objects.create(county=people.county, word="堵路", folded="堵路")
    return draft


def constituent(deputy: Deputy, **fields: Any) -> Constituent:
    """孙长河 of 甲村, whom the deputy has kept contact with for a year."""
    since = timezone.localdate() - dt.timedelta(days=365)
    person = {"name": "孙长河", "phone": "13700001111", "address": "甲村二组"}
    return Constituent.objects.create(**{"deputy": deputy, "since": since, **person, **fields})


def contact(one: Constituent, happened_on: dt.date | None = None, **fields: Any) -> Contact:
    """A talk by telephone, today unless ``happened_on`` says otherwise."""
    happened_on = happened_on or timezone.localdate()
    said = {"way": Way.PHONE, "summary": "问了收成。", "entered_at": timezone.now()}
    return Contact.objects.create(
        **{"deputy": one.deputy, "constituent": one, "happened_on": happened_on, **said, **fields}
    )


def upper_deputy(people: SimpleNamespace, **fields: Any) -> Deputy:
    """A municipal deputy at the county's hub."""
    return Deputy.objects.create(
        **{"county": people.county, "name": "周市代", "level": Level.CITY, "home_station": people.hub, **fields}
    )


def member(deputy: Deputy, post: str = Post.VICE) -> CommitteeMember:
    return CommitteeMember.objects.create(deputy=deputy, post=post, since=dt.date(2022, 4, 1))


def tie(people: SimpleNamespace, kind: str, **ends: Any) -> Tie:
    return Tie.objects.create(county=people.county, kind=kind, since=dt.date(2022, 4, 1), **ends)


def duty_entry(deputy: Deputy, kind: str = DutyKind.TRAINING, **fields: Any) -> DutyEntry:
    """Confirmed, of today."""
    now = timezone.now()
    said = {"happened_on": timezone.localdate(now), "title": "履职培训班", "entered_at": now, "confirmed_at": now}
    return DutyEntry.objects.create(**{"deputy": deputy, "kind": kind, **said, **fields})


def deputies_at_work(people: SimpleNamespace) -> Contact:
    """One row of everything that belongs to deputies' ties and duty records; returns the contact."""
    talk = contact(constituent(people.deputy), asked="路灯不亮")
    RaisedContact.objects.create(contact=talk, suggestion=register(people))
    leader = member(people.other_deputy)
    near = tie(people, TieKind.MEMBER, member=leader, deputy=people.deputy)
    tie(people, TieKind.LEADER, member=leader, station=people.town)
    tie(people, TieKind.DEPARTMENT, deputy=upper_deputy(people), department=people.county_department)
    TieContact.objects.create(
        tie=near, happened_on=timezone.localdate(), way=Way.VISIT, summary="座谈。", entered_at=timezone.now()
    )
    entry = duty_entry(people.deputy)
    DutyFile.objects.create(entry=entry, name="合影.jpg", media_type="image/jpeg")
    year = timezone.localdate().year
    DutyPublication.objects.create(deputy=people.deputy, year=year, shown=[], released_at=timezone.now())
    DutyWeight.objects.create(county=people.county, item=Scored.TRAINING, points=3, most=9)
    return talk


def export_job(by: User, **fields: Any) -> ExportJob:
    """Waiting to be written, for the seats that ``by`` has now."""
    what = {"matters": ["cases"], "title": "群众意见台账", "words": "全部", "seats": jobs.seats_of(by), **fields}
    return ExportJob.objects.create(user=by, **what)


def ready_export(by: User) -> ExportJob:
    job = jobs.claim(export_job(by).pk)
    assert job is not None and jobs.write(job)
    return ExportJob.objects.get(pk=job.pk)


def handling_report(people: SimpleNamespace) -> HandlingReport:
    """Of this year, with a part that the office wrote."""
    year = timezone.localdate().year
    span = {"first": dt.date(year, 1, 1), "last": dt.date(year, 12, 31)}
    report = HandlingReport(county=people.county, year=year, edition=Edition.YEAR, **span)
    yearly.make(report, by=people.hub_staff)
    yearly.write(report.pk, "plans", "把路灯都修好。", by=people.hub_staff, seen="")
    return report


def an_upload(people: SimpleNamespace) -> Import:
    """A table of the township's office that waits for its 确认."""
    table = "姓名,层级,联络站\n赵一,乡镇代表,\n".encode()
    return imports.upload(KINDS["deputies"], people.town, actor=people.town_staff, name="代表.csv", content=table)


def reports_made(people: SimpleNamespace) -> None:
    """What the room of reports keeps: an export, a report with a part, figures of a day kept and of another touched."""
    ready_export(people.hub_staff)
    handling_report(people)
    upkeep.refresh()
    for _ in range(2):
        register(people)
