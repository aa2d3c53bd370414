"""Every page × every seat: what comes back for a thing of one's own township, of another one, of another county.

The table is read off nothing: each row says what *should* come back. The URLs come from the URLconf, and a page that no
row knows fails the suite. ``2`` done or shown (200, or a redirect after a POST), ``3`` may not (403), ``4`` may not even
see (404), ``-`` sent to the log-in.
"""

from http.cookies import SimpleCookie
from itertools import chain
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import NoReverseMatch, get_resolver, reverse

from deputies.models import Deputy, DutyFile, Level, TieKind
from history.models import Event
from liaison.lib import pdf
from messaging.models import OutboxRow
from noticeboard.models import NoticeFile, WorkGroup
from receptions.models import CalendarFeed, DayPhoto, Invitation, Leave, Swap
from suggestions.choices import State
from suggestions.models import ReleaseState
from tests import factories
from tests.consultations import access as consultations
from tests.legislation import access as legislation
from tests.meetings import access as meetings
from tests.suggestions import access as suggestions
from tests.supervision import access as supervision
from workdays.models import DayOverride

SEATS = (
    "hub_staff",
    "town_staff",
    "other_town_staff",
    "point_staff",
    "clerk",
    "county_clerk",
    "deputy_user",
    "officer_user",
    "stranger",
)


def names(patterns, namespace=""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            inner = getattr(pattern, "namespace", None) or namespace
            if inner != "admin":
                yield from names(pattern.url_patterns, inner)
        else:
            yield f"{namespace}:{pattern.name}"


ROOMS = (consultations, legislation, meetings, suggestions, supervision)
"""Rooms that bring rows and things of their own."""
ALL = sorted(set(names(get_resolver().url_patterns)))

# One character a seat, in the order of SEATS. The case is being handled by the clerk's department in 甲镇, received by
# the deputy; the account is the clerk's, the deputy, the department and the officer are those of 甲镇.
EVERYBODY = "222222222"
DESK_STEP = "224434344"
LEAD_STEP = "334424344"
CASE = "224424244"
COUNTY = "222222224"
OFFICE_LIST = "222333332"
OWN_STATION = "223333334"
ABOVE_ONLY = "233333334"
COUNTY_OFFICE = "233333333"
ACCOUNT = "224333334"
AT_DESK = "223333224"  # the office, the deputy on duty, the station's resident officer
LOG = "224433234"  # what the deputy keeps: the deputy, staff who cover the home station
OWN_LOG = "224444244"  # the same, for one row of it
OFFICE_OF_LOG = "224444344"  # the deputy sees it, but it is for the office to do
INVITED = "334442444"
INVITERS = "224443444"

GET_TABLE = {
    "accounts:change_password": EVERYBODY,
    "accounts:me": EVERYBODY,
    "accounts:list": OFFICE_LIST,
    "accounts:create": OFFICE_LIST,
    "accounts:edit": ACCOUNT,
    "accounts:give": ACCOUNT,
    "workdays:year": EVERYBODY,
    "stations:tree": EVERYBODY,
    "stations:detail": "222222224",
    "stations:create": "222222222".replace("2", "4"),  # without a parent that one covers there is no such page
    "stations:edit": OWN_STATION,
    "stations:create_department": OWN_STATION,
    "stations:edit_department": OWN_STATION,
    "stations:merge_department": OWN_STATION,
    "stations:create_officer": OWN_STATION,
    "stations:edit_officer": OWN_STATION,
    "stations:rules": EVERYBODY,
    "deputies:list": EVERYBODY,
    "deputies:create": OFFICE_LIST,
    "deputies:completeness": OFFICE_LIST,
    "deputies:detail": "224422224",
    "deputies:edit": "224433334",
    "deputies:log_contact": LOG,
    "deputies:add_constituent": LOG,
    "deputies:edit_contact": OWN_LOG,
    "deputies:edit_constituent": OWN_LOG,
    "deputies:create_tie": COUNTY_OFFICE,
    "deputies:committee": COUNTY_OFFICE,
    "deputies:enter_duty": LOG,
    "deputies:enter_station_duty": OWN_STATION,
    "deputies:edit_duty": OFFICE_OF_LOG,
    "deputies:duty_weights": COUNTY_OFFICE,
    "deputies:term_change": COUNTY_OFFICE,
    "deputies:leave_office": "224433334",
    "suggestions:desk": AT_DESK,
    "receptions:open": OWN_STATION,
    "receptions:close": OWN_STATION,
    "receptions:correct": OWN_STATION,
    "receptions:invite": OWN_STATION,
    "receptions:answer_invitation": INVITED,
    "receptions:withdraw_invitation": INVITERS,
    "receptions:conclude_invitation": INVITERS,
    "receptions:add": OWN_STATION,
    "receptions:create_brand": OWN_STATION,
    "receptions:edit_brand": OWN_STATION,
    "receptions:move": OWN_STATION,
    "receptions:cancel": OWN_STATION,
    "receptions:reopen": OWN_STATION,
    "receptions:edit": OWN_STATION,
    "receptions:follow_rule": OWN_STATION,
    "receptions:rule": COUNTY,
    "receptions:themes": COUNTY,
    "noticeboard:write": "222233332",
    "noticeboard:edit": OWN_STATION,
    "noticeboard:release": ABOVE_ONLY,  # the township's own staff wrote it: somebody else releases
    "noticeboard:send_back": OWN_STATION,
    "noticeboard:withdraw": OWN_STATION,
    "messaging:inbox": EVERYBODY,
    "messaging:unread": EVERYBODY,
    "messaging:open": "444424444",  # one's own messages only
    # staff of stations, each for the own subtree
    "messaging:sent": "222233332",
    "noticeboard:groups": OWN_STATION,
    "noticeboard:create_group": OWN_STATION,
    "noticeboard:edit_group": OWN_STATION,
    # The day, the duty, the leave and the swap are of the deputy and of 甲镇; another deputy is asked to take over.
    "receptions:propose": "222233332",  # each for the own station
    "receptions:assign": OWN_STATION,
    "receptions:decide_leave": OWN_STATION,
    "receptions:ask_leave": "223333234",
    "receptions:ask_swap": "333333234",
    "imports:start": OFFICE_LIST,
    "reports:yearly_list": COUNTY_OFFICE,
    "reports:write_part": COUNTY_OFFICE,
    "portal:wechat_account": COUNTY_OFFICE,
    "portal:held_words": COUNTY_OFFICE,
    # what it shows is public; to set it takes seconds, and what not every system has
    "portal:station_board_pdf": EVERYBODY if pdf.can_render() else "444444444",
    "suggestions:register": "222233222",
    "suggestions:case": CASE,
    "suggestions:limit": CASE,
    "suggestions:attachment": CASE,
    "suggestions:remark": CASE,
    **dict.fromkeys(
        (
            f"suggestions:{verb}"
            for verb in (
                "accept",
                "refuse",
                "classify",
                "assign",
                "escalate",
                "delegate",
                "merge",
                "decide_extension",
                "return_result",
                "hand_over",
                "send_back",
                "rate",
                "archive",
                "urge",
                "consent",
            )
        ),
        DESK_STEP,
    ),
    **dict.fromkeys((f"suggestions:{verb}" for verb in ("take", "object", "report", "ask_extension")), LEAD_STEP),
    # the text about the case, written by the township's staff: seen by who covers the desk
    "suggestions:write_result": DESK_STEP,
    "suggestions:release_result": "234444444",
    "suggestions:send_back_result": "224444444",
    "suggestions:withdraw_result": "224444444",
    "suggestions:answer": "224434244",
    "suggestions:reply": "224434244",
    "suggestions:advise": "334434344",  # the co-handler's alone
    "suggestions:assess": "234434344",
    "suggestions:supervise": "234434344",
    "suggestions:follow_up": "224424344",
}
# Pages that are only read: a POST is no way to them.
READ_TABLE = {
    "imports:list": OFFICE_LIST,
    "imports:template": OFFICE_LIST,
    "imports:show": ACCOUNT,  # of the township's office: its own and the county's
    "imports:refused": ACCOUNT,
    "reports:yearly": COUNTY_OFFICE,
    "reports:yearly_word": COUNTY_OFFICE,
    "reports:work": COUNTY_OFFICE,
    "reports:work_export": COUNTY_OFFICE,
    # of 甲镇, seen by its staff and the county office; officers have no figures
    "reports:home": "222222232",
    **dict.fromkeys(tuple(f"reports:statistics{page}" for page in ("", "_days", "_deputies", "_export")), "224444444"),
    "stations:door_sheet": "222222224",
    "suggestions:desk_today": "222233222",
    "suggestions:public_results": "222233332",
    "suggestions:public_result": "224444444",
    "suggestions:register_sheet": OWN_STATION,
    "receptions:photo": COUNTY,
    "receptions:invitations": EVERYBODY,
    "receptions:invitation": "224442444",
    "receptions:poster": COUNTY,
    "noticeboard:group_outcome": OWN_STATION,
    "receptions:schedule": EVERYBODY,
    "receptions:day": COUNTY,
    "receptions:plan": COUNTY,
    "receptions:feeds": EVERYBODY,
    "receptions:roster": EVERYBODY,
    "receptions:roster_export": "222233332",  # each of the own station
    "receptions:my_duties": EVERYBODY,
    "noticeboard:list": EVERYBODY,
    "noticeboard:detail": "222222224",
    "noticeboard:file": "222222224",
    "deputies:photo": "224422224",
    "deputies:contact_overview": "222233232",
    "deputies:deputy_contacts": LOG,
    "deputies:ties": EVERYBODY,
    "deputies:tie": OWN_LOG,
    "deputies:duty_entries": "222233232",
    "deputies:duty_file": OWN_LOG,
    "reports:duty_scores": "222233332",
    "reports:duty_record": LOG,
    "reports:duty_sheet": LOG,
    "reports:contact_sheet": LOG,
    "suggestions:my_work": EVERYBODY,
    "suggestions:ledger": EVERYBODY,
    "reports:exports": EVERYBODY,
    "reports:export_several": EVERYBODY,  # the page once more: nothing is chosen
    "reports:export_cases": EVERYBODY,
    **dict.fromkeys(
        (f"reports:export_{matter}" for matter in ("deputies", "stations", "departments", "days", "duties")),
        "222233332",
    ),
    # staff, and deputies their own log
    **dict.fromkeys(("reports:export_constituents", "reports:export_contacts"), "222233232"),
    "reports:fetch_export": "444424444",  # one's own alone: the clerk's
    "suggestions:catalogue": EVERYBODY,
    "suggestions:department_ratings": "222233332",  # station staff
    "suggestions:triage": "222233332",
    # 交办单: the offices and the departments; the others ask for what the case page shows.
    "suggestions:assignment_order": "224424344",
    **dict.fromkeys(
        (f"suggestions:{form}" for form in ("reply_letter", "opinion_form", "motion_sheet", "case_file")), CASE
    ),
    "suggestions:receipt": "224434344",  # who took it down, and the offices above
}
POST_TABLE = {
    **dict.fromkeys((f"imports:{verb}" for verb in ("confirm", "drop", "undo", "slips")), ACCOUNT),
    **dict.fromkeys((f"reports:{name}" for name in ("restore_part", "finish_yearly", "reopen_yearly")), COUNTY_OFFICE),
    "receptions:post_plan": OWN_STATION,
    "receptions:create_feed": "333333233",  # without saying of what: that of the own deputy
    "receptions:revoke_feed": "224444444",  # of the township: who covers it
    "noticeboard:submit": OWN_STATION,
    "noticeboard:pin": OWN_STATION,
    "noticeboard:revise": OWN_STATION,
    "accounts:logout": EVERYBODY,
    "accounts:large_type": EVERYBODY,
    "accounts:disable": ACCOUNT,
    "accounts:enable": ACCOUNT,
    "accounts:reset": ACCOUNT,
    "accounts:take": ACCOUNT,
    "workdays:forget": COUNTY_OFFICE,
    "stations:set_active": ABOVE_ONLY,
    "stations:set_department_active": OWN_STATION,
    "deputies:accept": "444333334",  # the deputy has a home already: nothing to accept
    "deputies:accept_all": OFFICE_LIST,
    "deputies:reveal_constituents": LOG,
    "deputies:log_tie": OFFICE_OF_LOG,  # a committee member who is none of these seats keeps contact with the deputy
    "deputies:end_tie": "234444344",
    "deputies:end_member": COUNTY_OFFICE,
    "deputies:carry_over": COUNTY_OFFICE,
    "deputies:confirm_duty": OFFICE_OF_LOG,
    "deputies:delete_duty": OFFICE_OF_LOG,  # the office has confirmed it
    "reports:release_duty": "224433334",
    **dict.fromkeys(
        (f"deputies:{verb}" for verb in ("delete_contact", "end_constituent", "erase_constituent")), OWN_LOG
    ),
    "messaging:read_all": EVERYBODY,
    "messaging:resend": "222233332",
    "noticeboard:set_group_active": OWN_STATION,
    "noticeboard:test_group": OWN_STATION,
    "receptions:unassign": OWN_STATION,
    "receptions:acknowledge": "223333234",
    "receptions:withdraw_leave": "223333234",
    "receptions:agree_swap": OWN_STATION,  # who is asked is none of these seats
    "receptions:decline_swap": OWN_STATION,
    "receptions:withdraw_swap": "333333234",
    **dict.fromkeys(
        (
            f"receptions:{verb}"
            for verb in (
                "go_on",
                "sign_in",
                "undo_sign_in",
                "sign_in_officer",
                "undo_officer",
                "count",
                "add_photos",
                "remove_photo",
            )
        ),
        OWN_STATION,
    ),
    "reports:discard_export": "444424444",
    "suggestions:recognised": AT_DESK,
    "suggestions:contact": CASE,
    "suggestions:erase": DESK_STEP,
    "suggestions:guess": EVERYBODY,
}
# Pages whose POST asks for more than their GET.
STRICTER_POSTS = {
    "receptions:rule": OWN_STATION,
    "receptions:themes": OWN_STATION,
    "stations:rules": COUNTY_OFFICE,
    "workdays:year": COUNTY_OFFICE,
}
for room in ROOMS:
    GET_TABLE |= room.GET
    READ_TABLE |= room.READ
    POST_TABLE |= room.POST
    STRICTER_POSTS |= room.STRICTER_POSTS
PUBLIC = {name for name in ALL if name.startswith("portal:") and name not in GET_TABLE} | {"accounts:login"}


@pytest.fixture
def scene(people, strangers):
    people.stranger = strangers.town_staff
    picture = SimpleUploadedFile("路灯.png", b"\x89PNG\r\n\x1a\n0000")
    case = factories.case_in(people, State.HANDLING, files=[picture])
    text = factories.public_result(people, case, state=ReleaseState.WAITING, released_by=None, released_at=None)
    day = DayOverride.objects.create(date="2027-01-01", is_workday=False, name="元旦")
    message = OutboxRow.objects.filter(person=people.clerk).first()
    reception = factories.reception_day(people)
    (duty,) = factories.on_duty(reception, people.deputy)
    leave = Leave.objects.create(
        deputy=people.deputy, starts_on=reception.date, ends_on=reception.date, reason="外出学习"
    )
    swap = Swap.objects.create(day=reception, deputy=people.deputy, partner=people.other_deputy)
    invited = Invitation.objects.create(
        day=reception, department=people.county_department, matter="解答路灯问题", asked_by=people.town_staff
    )
    photo = DayPhoto(day=reception, name="现场.jpg", media_type="image/jpeg")
    photo.file.save("day.jpg", ContentFile(b"\xff\xd8\xff"))
    people.deputy.photo.save("portrait.jpg", ContentFile(b"\xff\xd8\xff"))
    notice = factories.notice(people)
    paper = NoticeFile(notice=notice, name="安排.pdf", media_type="application/pdf", size=5)
    paper.file.save("paper.pdf", ContentFile(b"%PDF-"))
    brand = factories.brand(people)
    talk = factories.contact(factories.constituent(people.deputy))
    member = factories.member(Deputy.objects.create(county=people.county, name="韩主任", level=Level.COUNTY))
    tie = factories.tie(people, TieKind.MEMBER, member=member, deputy=people.deputy)
    entry = factories.duty_entry(people.deputy)
    evidence = DutyFile(entry=entry, name="合影.jpg", media_type="image/jpeg")
    evidence.file.save("evidence.jpg", ContentFile(b"\xff\xd8\xff"))
    keys = {
        **dict.fromkeys((f"deputies:{name}" for name in ("tie", "log_tie", "end_tie")), tie.pk),
        "deputies:end_member": member.pk,
        **dict.fromkeys((f"deputies:{verb}_duty" for verb in ("edit", "confirm", "delete")), entry.pk),
        **dict.fromkeys(
            (f"reports:{n}" for n in ("duty_record", "duty_sheet", "release_duty", "contact_sheet")), people.deputy.pk
        ),
        **dict.fromkeys((f"deputies:{verb}_contact" for verb in ("edit", "delete")), talk.pk),
        **dict.fromkeys((f"deputies:{verb}_constituent" for verb in ("edit", "end", "erase")), talk.constituent_id),
        "receptions": reception.pk,
        **dict.fromkeys(("receptions:edit_brand", "portal:brand"), brand.pk),
        "portal:station_board_pdf": people.town.pk,
        **dict.fromkeys((f"suggestions:{name}" for name in ("desk", "recognised", "register_sheet")), reception.pk),
        **dict.fromkeys((f"receptions:{verb}_invitation" for verb in ("answer", "withdraw", "conclude")), invited.pk),
        "receptions:invitation": invited.pk,
        **dict.fromkeys(("receptions:acknowledge", "receptions:ask_swap"), duty.pk),
        **dict.fromkeys(("receptions:decide_leave", "receptions:withdraw_leave"), leave.pk),
        **dict.fromkeys((f"receptions:{verb}_swap" for verb in ("agree", "decline", "withdraw")), swap.pk),
        "receptions:ask_leave": people.deputy.pk,
        "suggestions": case.pk,
        "suggestions:public_result": text.pk,
        **dict.fromkeys((f"suggestions:{verb}_result" for verb in ("release", "send_back", "withdraw")), text.pk),
        "accounts": people.clerk.pk,
        "deputies": people.deputy.pk,
        "workdays": day.pk,
        "messaging": message.pk,
        "noticeboard": notice.pk,
        "stations": people.town.pk,
        "reports": factories.handling_report(people).pk,
        **dict.fromkeys(("reports:fetch_export", "reports:discard_export"), factories.ready_export(people.clerk).pk),
        "imports": factories.an_upload(people).pk,
    }
    group = WorkGroup.objects.create(station=people.town, name="工作群", webhook="https://robot.example.test/?key=k")
    feed = CalendarFeed.objects.create(token="t" * 32, station=people.town, created_by=people.town_staff)
    file = case.attachments.get()
    return SimpleNamespace(
        people=people,
        case=case,
        keys=keys,
        file=file,
        assignment=case.assignments.get(role="lead"),
        group=group,
        feed=feed,
        paper=paper,
        photo=photo,
        evidence=evidence,
        arguments=dict(chain.from_iterable(room.arguments(people).items() for room in ROOMS)),
    )


def address(name, scene):
    if name in scene.arguments:
        return reverse(name, kwargs=scene.arguments[name])
    room = name.partition(":")[0]
    pk = scene.keys.get(name, scene.keys.get(room, 0))
    if name.endswith("department") or "department_active" in name:
        pk = scene.people.town_department.pk
    if name == "receptions:revoke_feed":
        pk = scene.feed.pk
    if name.endswith("edit_officer"):
        pk = scene.people.officer.pk
    if name == "deputies:duty_file":
        return reverse(name, args=[scene.evidence.entry_id, scene.evidence.pk])
    if name == "noticeboard:file":
        return reverse(name, args=[scene.paper.notice_id, scene.paper.pk])
    tries = (
        {},
        {"code": scene.people.county.code},
        {"pk": pk},
        {"pk": pk, "deputy_pk": scene.people.deputy.pk},
        {"pk": scene.case.pk, "file_id": scene.file.pk},
        {"pk": scene.case.pk, "assignment_id": scene.assignment.pk},
        {"pk": pk, "photo_id": scene.photo.pk},
        {"station_pk": scene.people.town.pk},
        {"group_pk": scene.group.pk},
        {"token": scene.feed.token},
        {"section": "stations"},
        {"key": "stations"},
        {"pk": pk, "key": "overview"},
        {"kind": "station", "key": scene.people.town.pk},
        {"kind": "station", "key": scene.people.town.pk, "table": "summary"},
        {"signed": "made-up"},
    )
    for values in tries:
        try:
            return reverse(name, kwargs=values)
        except NoReverseMatch:
            continue
    raise AssertionError(f"no way to {name}")


def mark(status):
    return {403: "3", 404: "4"}.get(status, "2" if status < 400 else str(status))


@pytest.fixture
def found(scene, as_user):
    """``found(name, "get")``: the row of a page, each seat logged in once for all of them."""
    clients = [as_user(getattr(scene.people, seat)) for seat in SEATS]
    cookies = [client.cookies.output(header="") for client in clients]

    def row(name, method):
        there, marks = address(name, scene), ""
        for client, fresh in zip(clients, cookies, strict=True):
            with transaction.atomic():
                marks += mark(getattr(client, method)(there).status_code)
                transaction.set_rollback(True)
            client.cookies = SimpleCookie(fresh)  # logging out, too, is undone
        return marks

    return row


def test_every_page_has_its_row():
    assert set(GET_TABLE) | set(READ_TABLE) | set(POST_TABLE) | PUBLIC == set(ALL)


def test_pages_open_to_the_seats_of_their_row(found):
    table = GET_TABLE | READ_TABLE
    assert {name: found(name, "get") for name in table} == table


def test_presses_work_for_the_seats_of_their_row(found):
    table = POST_TABLE | STRICTER_POSTS
    assert {name: found(name, "post") for name in table} == table


def test_a_form_sent_without_its_page_is_held_to_the_same_row_and_leaves_no_trace(scene, found):
    steps = {name: row for name, row in GET_TABLE.items() if name.startswith("suggestions:") and row != CASE}
    before = Event.objects.filter(chain=scene.case.chain).count()
    assert {name: found(name, "post") for name in steps} == steps
    assert Event.objects.filter(chain=scene.case.chain).count() == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gets_in_without_a_log_in(method, scene, client):
    for name in ALL:
        if name not in PUBLIC:
            answer = getattr(client, method)(address(name, scene))
            assert answer.status_code == 302 and answer["Location"].startswith(reverse("accounts:login")), name


def test_public_pages_never_answer_with_an_error(scene, client):
    for name in PUBLIC:
        assert client.get(address(name, scene)).status_code in (200, 302, 404, 405), name


def test_things_of_another_county_do_not_exist(scene, strangers, as_user):
    """The same pages with the keys of the other county: whatever one is here, one sees nothing there."""
    theirs = factories.case_in(strangers, State.HANDLING)
    for seat in SEATS[:-1]:
        client = as_user(getattr(scene.people, seat))
        assert client.get(reverse("suggestions:case", args=[theirs.pk])).status_code == 404
        assert client.get(reverse("stations:detail", args=[strangers.town.pk])).status_code == 404
        assert client.get(reverse("deputies:detail", args=[strangers.deputy.pk])).status_code == 404


def test_a_file_is_not_served_through_somebody_elses_case(scene, people, as_user):
    other = factories.register(people, by=people.other_town_staff, station=people.other_town, deputy=None)
    client = as_user(people.other_town_staff)
    assert client.get(reverse("suggestions:attachment", args=[other.pk, scene.file.pk])).status_code == 404
