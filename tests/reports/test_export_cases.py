import datetime as dt
import io
from urllib.parse import unquote

import openpyxl
import pytest
from django.utils import timezone

from history import log
from history.models import Event
from stations.models import StationStaff
from suggestions import export, workflow
from suggestions.choices import Channel, Field, ResultKind, Satisfaction, State
from suggestions.export import COLUMNS
from suggestions.models import Suggestion
from suggestions.registration import VoterData
from suggestions.transitions import Voice
from tests import factories

HEADINGS = [column.heading for column in COLUMNS]


def sheet(client, query=""):
    answer = client.get(f"/reports/exports/cases/{query}")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active


def rows(client, query=""):
    """The exported cases, each a dictionary by heading."""
    found = sheet(client, query)
    return [dict(zip(HEADINGS, row, strict=True)) for row in found.iter_rows(min_row=4, values_only=True) if row[0]]


def day(value):
    return value.date() if isinstance(value, dt.datetime) else value


@pytest.fixture
def hub(people, as_user):
    return as_user(people.hub_staff)


def test_a_case_is_handed_on_whole(people, hub):
    when = timezone.now() - dt.timedelta(days=3)
    case = factories.case_in(
        people,
        State.CLOSED,
        at=when,
        field=Field.CONSTRUCTION,
        demand="请尽快修好",
        happened_on=timezone.localdate(when) - dt.timedelta(days=1),
    )
    assignment = case.assignments.get(role="lead")
    (row,) = rows(hub)
    today = timezone.localdate(when)
    assert {heading: day(value) for heading, value in row.items()} == {
        "编号": case.number,
        "类别": "群众意见",
        "渠道": "接待日",
        "领域": "城乡建设",
        "标题": "村口路灯不亮",
        "反映事项": case.content,
        "诉求": "请尽快修好",
        "反映日期": today - dt.timedelta(days=1),
        "来源站点": people.town.name,
        "当前站点": people.town.name,
        "接待日": None,
        "接待代表": "张为民",
        "驻站人员协助": None,
        "来访人": "赵小满",
        "联系电话": "13800001234",
        "主办单位": "村镇建设中心",
        "协办单位": "农业服务中心",
        "交办日期": today,
        "办理时限": assignment.due_on,
        "状态": "已归档",
        "是否逾期": "否",
        "办理结果": "已解决",
        "分类": "A",
        "回复日期": today,
        "满意度": "满意",
        "归档日期": today,
        "办理情况": "路灯已修好。",
        "回复内容": "已修好，请您看看。",
        "不予受理原因": None,
    }


def test_title_filter_and_time_stand_above_a_frozen_header(people, hub):
    factories.register(people)
    found = sheet(hub, "?state=open&q=路灯&sort=due")
    assert found["A1"].value == "博爱县 群众意见台账"
    words = found["A2"].value
    assert "查找：路灯；状态：在办（全部）；时限最近在前" in words and f"{timezone.localdate():%Y-%m-%d}" in words
    assert [cell.value for cell in found[3]] == HEADINGS and found.freeze_panes == "A4"


def test_dates_are_dates(people, hub):
    factories.case_in(people, State.CLOSED)
    found = sheet(hub)
    for heading in ("反映日期", "交办日期", "办理时限", "回复日期", "归档日期"):
        cell = found.cell(4, HEADINGS.index(heading) + 1)
        assert cell.is_date and cell.number_format == "yyyy-mm-dd"


def test_the_file_is_named_after_county_and_day(people, hub):
    disposition = unquote(hub.get("/reports/exports/cases/")["Content-Disposition"])
    assert f"群众意见台账-博爱县-{timezone.localdate():%Y-%m-%d}.xlsx" in disposition


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5 度", "@某人", '=HYPERLINK("http://x")', "\t=1+1"])
def test_no_text_becomes_a_formula(people, hub, text):
    factories.register(people, title=text, voters=[VoterData(name=text, phone="13800001234")])
    for cell in sheet(hub)[4]:
        assert cell.data_type != "f"
    (row,) = rows(hub)
    assert row["标题"].strip() == text.strip() and row["来访人"].strip() == text.strip()


def test_signs_that_a_workbook_cannot_hold_are_left_out(people, hub):
    case = factories.register(people)
    Suggestion.objects.filter(pk=case.pk).update(title="路\x01灯🙂", content="长" * 8000)
    (row,) = rows(hub)
    assert row["标题"] == "路灯🙂" and len(row["反映事项"]) == 8000


# --- the same as the page -------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["", "?state=registered", "?sort=due", "?sort=number", "?q=路灯", "?channel=phone", "?q=没有"]
)
def test_it_holds_what_the_ledger_shows_in_its_order(people, hub, query, monkeypatch):
    monkeypatch.setattr(export, "CHUNK", 2)
    for _ in range(3):
        factories.register(people)
    factories.register(people, channel=Channel.PHONE, title="排水", content="沟")
    factories.case_in(people, State.CLOSED)
    page = hub.get(f"/cases/{query}").context["page"]
    assert [row["编号"] for row in rows(hub, query)] == [row.number for row in page.rows]


def test_it_holds_all_pages_whichever_is_shown(people, hub):
    for _ in range(3):
        factories.register(people)
    assert len(rows(hub, "?after=WzFd")) == 3


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("hub_staff", 1),
        ("town_staff", 1),
        ("other_town_staff", 0),
        ("point_staff", 0),
        ("clerk", 1),
        ("second_clerk", 1),
        ("county_clerk", 0),
        ("deputy_user", 1),
        ("other_deputy_user", 0),
        ("officer_user", 0),
    ],
)
def test_each_seat_exports_its_own_cases_only(people, as_user, who, expected):
    case = factories.case_in(people, State.ASSIGNED)
    found = rows(as_user(getattr(people, who)), f"?q={case.number}")
    assert len(found) == expected


def test_nothing_of_another_county_leaves(people, strangers, as_user):
    factories.case_in(people, State.CLOSED)
    for who in ("hub_staff", "town_staff", "clerk", "deputy_user"):
        assert rows(as_user(getattr(strangers, who))) == []


def test_who_has_no_seat_exports_nothing(people, as_user):
    assert as_user(factories.user("nobody")).get("/reports/exports/cases/").status_code == 403
    assert not Event.objects.filter(action="export").exists()


# --- voters ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["clerk", "second_clerk", "deputy_user"])
def test_voters_are_masked_for_everybody_but_the_offices_of_the_case(people, as_user, who):
    factories.case_in(people, State.ASSIGNED)
    (row,) = rows(as_user(getattr(people, who)))
    assert (row["来访人"], row["联系电话"]) == ("赵**", "138****1234")


def test_staff_see_voters_in_full_only_where_they_cover_station_or_desk(people, as_user):
    case = factories.register(people)
    StationStaff.objects.create(user=people.deputy_user, station=people.other_town)
    (row,) = rows(as_user(people.deputy_user))
    assert row["联系电话"] == "138****1234"
    workflow.escalate(case.pk, opinion="请县里办", by=people.town_staff)
    (row,) = rows(as_user(people.town_staff))  # came in here, lies at the hub
    assert row["联系电话"] == "13800001234"
    workflow.delegate(case.pk, to=people.other_town, opinion="请乙镇办", by=people.hub_staff)
    (row,) = rows(as_user(people.other_town_staff))  # came in elsewhere, lies here
    assert row["来访人"] == "赵小满"


def test_all_voters_of_a_joint_case_are_named_and_erased_ones_are_not(people, hub):
    voters = [
        VoterData(name="赵小满", phone="13800001234"),
        VoterData(name="钱有才", phone="13900005678"),
        VoterData(address="甲村"),
    ]
    case = factories.register(people, voters=voters)
    erased = case.voters.first()
    erased.name, erased.phone, erased.erased_at = "", "", timezone.now()
    erased.save()
    (row,) = rows(hub)
    assert (row["来访人"], row["联系电话"]) == ("（已删除）、钱有才、未留姓名", "13900005678")


# --- limits ---------------------------------------------------------------------------------


def test_late_is_past_the_limit_or_reported_after_it(people, hub):
    def ago(days):
        return timezone.now() - dt.timedelta(days=days)

    overdue = factories.case_in(people, State.ASSIGNED, at=ago(60))
    today = factories.register(people)
    Suggestion.objects.filter(pk=today.pk).update(due_on=timezone.localdate())
    slow = factories.case_in(people, State.HANDLING, at=ago(90))
    workflow.report(slow.pk, result_kind=ResultKind.SOLVED, text="办好了", by=people.clerk)
    late = {row["编号"]: row["是否逾期"] for row in rows(hub)}
    assert late == {overdue.number: "是", today.number: "否", slow.number: "是"}


def test_after_a_redo_the_new_round_counts(people, hub):
    case = factories.case_in(people, State.REPLIED, at=timezone.now() - dt.timedelta(days=20))
    workflow.rate(case.pk, satisfaction=Satisfaction.NOT, reason="没修好", by=Voice.VOTER)
    (row,) = rows(hub)
    assert day(row["交办日期"]) == timezone.localdate() and row["协办单位"] == "农业服务中心"


# --- the event ------------------------------------------------------------------------------


def test_each_export_is_an_event_of_the_county(people, hub):
    factories.register(people)
    factories.register(people, voters=[])
    sheet(hub, "?state=open")
    event = Event.objects.get(chain=people.county.chain, action="export")
    assert event.actor == people.hub_staff and event.seat == people.hub_staff.seats.labels[0]
    assert event.after == {"ledger": "suggestions", "rows": 2, "in_full": 1}
    assert event.note == "状态：在办（全部）；最新登记在前"
    assert not list(log.broken_links())


def test_what_was_searched_for_stands_only_where_it_can_be_erased(people, hub):
    factories.register(people)
    sheet(hub, "?q=13800001234")
    event = Event.objects.get(action="export")
    assert "13800001234" in event.note and "13800001234" not in str(event.after)


def test_nothing_leaves_when_its_event_cannot_be_written(people, hub, monkeypatch):
    factories.register(people)

    def fail(*args, **kwargs):
        raise RuntimeError("no event")

    monkeypatch.setattr(log, "append", fail)
    with pytest.raises(RuntimeError):
        hub.get("/reports/exports/cases/")


def test_it_reads_in_portions(people, hub, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(export, "CHUNK", 3)
    for _ in range(7):
        factories.register(people)
    hub.get("/cases/")
    with django_assert_max_num_queries(
        11 + 3 * 3 + 4
    ):  # seats and departments, count and keys, three portions, the event
        assert len(rows(hub)) == 7


def test_only_reading_methods_are_answered(people, hub):
    assert hub.post("/reports/exports/cases/").status_code == 405
