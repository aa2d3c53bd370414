import datetime as dt
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from accounts.models import User
from history.models import Event
from stations.models import Station
from suggestions import workflow
from suggestions.choices import Field, ResultKind, State
from suggestions.errors import WorkflowError
from suggestions.models import Suggestion
from suggestions.replay import replay, result_kind
from suggestions.replay_sheet import HEADINGS, ReplayError
from suggestions.triage import suggest_field
from tests import factories
from workdays.calendar import Calendar

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def people(db):
    return factories.cast()


GOOD = [
    "1001",
    "A1",
    "小学门口没有斑马线",
    "2025/3/3 9:10:00",
    "上学放学车多，盼画线。",
    "已画斑马线。",
    "2025/4/1 15:00:00",
]


def sheet(tmp_path, *rows, headings=HEADINGS):
    book = Workbook()
    book.active.append(list(headings))
    for row in rows:
        book.active.append(list(row))
    path = tmp_path / "messages.xlsx"
    book.save(path)
    return path


def row(**changes):
    return [changes.get(name, value) for name, value in zip(HEADINGS, GOOD, strict=True)]


def test_a_message_is_carried_to_the_archive_at_its_own_dates(people, tmp_path):
    report = replay(sheet(tmp_path, GOOD), people.county)
    case = Suggestion.objects.get()
    assert report.states == {State.CLOSED: 1} and not report.refused
    assert case.created_at.date() == dt.date(2025, 3, 3) and case.replied_at.date() == dt.date(2025, 4, 1)
    assert case.reply == "已画斑马线。" and case.number == "BA2025-00001"
    assert case.lead == people.county_department and case.station in (people.town, people.other_town)
    call_command("verify_events")


def test_the_same_file_again_adds_nothing(people, tmp_path):
    path = sheet(tmp_path, GOOD)
    replay(path, people.county)
    assert replay(path, people.county).already == 1
    assert Suggestion.objects.count() == 1


def test_an_answer_after_the_limit_counts_as_overdue(people, tmp_path):
    assert replay(sheet(tmp_path, row(答复时间="2025/12/20 10:00:00")), people.county).overdue == 1
    assert replay(sheet(tmp_path, row(留言编号="2")), people.county).overdue == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"答复时间": "2025/3/1 10:00:00"}, "答复时间早于留言时间"),
        ({"答复时间": "2999/1/1 10:00:00"}, "答复时间在将来"),
        ({"留言时间": "前天"}, "留言时间不是可用的日期"),
        ({"答复意见": " \n\t "}, "没有答复意见"),
        ({"留言主题": ""}, "留言主题或留言详情是空的"),
        ({"留言详情": "长" * 8001}, "留言详情有 8001 字，超过 8000 字"),
        ({"留言主题": "长" * 100, "留言详情": "长" * 7950}, "留言详情有 8051 字，超过 8000 字"),
        ({"答复意见": "长" * 8001}, "答复意见有 8001 字，超过 8000 字"),
        ({"留言编号": ""}, "没有留言编号"),
        ({"留言编号": "9" * 31}, "留言编号超过 30 个字"),
        ({"留言时间": "2025/2/30 9:00:00"}, "留言时间不是可用的日期"),
        ({"留言时间": "1925/3/3 9:00:00"}, "留言时间不是可用的日期"),
        ({"答复时间": ""}, "答复时间不是可用的日期"),
        ({"答复时间": 1e12}, "答复时间不是可用的日期"),
    ],
)
def test_a_row_that_cannot_be_carried_is_refused_with_its_number_and_leaves_nothing(people, tmp_path, changes, reason):
    report = replay(sheet(tmp_path, row(**changes), row(留言编号="2")), people.county)
    assert report.refused == [(2, reason)]
    assert report.states.total() == Suggestion.objects.count() == 1


def test_a_number_that_stands_twice_is_refused_with_the_row_of_the_first(people, tmp_path):
    report = replay(sheet(tmp_path, GOOD, row(留言主题="另一件事")), people.county)
    assert report.refused == [(3, "留言编号与第 2 行重复")] and Suggestion.objects.count() == 1


def test_a_township_that_is_closed_gets_no_messages(people, tmp_path):
    Station.objects.filter(pk=people.town.pk).update(is_active=False)
    replay(sheet(tmp_path, GOOD, row(留言编号="2")), people.county)
    assert set(Suggestion.objects.values_list("station_id", flat=True)) == {people.other_town.pk}


def test_a_county_without_clerks_is_refused_as_a_whole(people, tmp_path):
    User.objects.filter(pk=people.county_clerk.pk).update(is_active=False)
    with pytest.raises(ReplayError, match="还没有经办人账号"):
        replay(sheet(tmp_path, GOOD), people.county)


@pytest.mark.parametrize(
    "asked",
    [
        "2025-03-03 09:10:00",
        "2025年3月3日 9:10",
        "２０２５/3/3 9：10",
        dt.datetime(2025, 3, 3, 9, 10),  # noqa: DTZ001
        45719.3819444444,  # a date cell that lost its format
    ],
)
def test_a_date_may_be_written_in_every_usual_way(people, tmp_path, asked):
    replay(sheet(tmp_path, row(留言时间=asked)), people.county)
    assert timezone.localtime(Suggestion.objects.get().created_at).strftime("%Y-%m-%d %H:%M") == "2025-03-03 09:10"


def test_what_a_web_page_left_in_a_text_is_tidied_and_the_user_is_the_voter(people, tmp_path):
    replay(sheet(tmp_path, row(留言详情="\n\t\t\t\n\t第一段　\xa0话。\r\n\n\t第二段。\n\t")), people.county)
    case = Suggestion.objects.get()
    assert case.content == "第一段 话。\n第二段。" and case.voters.get().name == "A1"


def test_older_messages_have_lower_numbers_whatever_their_rows(people, tmp_path):
    replay(sheet(tmp_path, GOOD, row(留言编号="2", 留言主题="更早的事", 留言时间="2025/1/6 9:00")), people.county)
    assert Suggestion.objects.get(number="BA2025-00001").title == "更早的事"


def test_every_step_is_in_office_hours_of_a_working_day_and_in_order(people, tmp_path):
    asked = row(留言时间="2025/1/24 22:00:00", 答复时间="2025/2/21 23:30:00")  # over the Spring Festival
    replay(sheet(tmp_path, asked), people.county)
    events = Event.objects.filter(chain=Suggestion.objects.get().chain).order_by("seq")
    times = [timezone.localtime(event.at) for event in events]
    assert times == sorted(times) and times[0].hour == 22 and times[-2].hour == 23
    for at in times[1:-2]:
        assert Calendar.current().is_workday(at.date()) and 8 <= at.hour < 18


def test_a_reply_that_still_waits_for_its_rating_stays_open(people, tmp_path):
    now = timezone.localtime()
    recent = row(
        留言时间=(now - dt.timedelta(days=20)).replace(tzinfo=None),
        答复时间=(now - dt.timedelta(days=1)).replace(tzinfo=None),
    )
    assert replay(sheet(tmp_path, recent), people.county).states == {State.REPLIED: 1}


def test_a_row_that_the_workflow_refuses_half_way_leaves_nothing_and_the_others_go_on(people, tmp_path, monkeypatch):
    def hand_over(pk, **act):
        if Suggestion.objects.get(pk=pk).form_token == "replay:1001":
            raise WorkflowError("办理时间不能早于上一步的时间。")
        return real(pk, **act)

    real = workflow.hand_over
    monkeypatch.setattr(workflow, "hand_over", hand_over)
    report = replay(sheet(tmp_path, GOOD, row(留言编号="2")), people.county)
    assert report.refused == [(2, "办理时间不能早于上一步的时间。")]
    case = Suggestion.objects.get()
    assert case.form_token == "replay:2" and case.number == "BA2025-00001"
    assert set(Event.objects.values_list("chain", flat=True)) == {case.chain}


def test_an_overlong_title_is_kept_whole_in_the_content(people, tmp_path):
    replay(sheet(tmp_path, row(留言主题="长" * 100)), people.county)
    case = Suggestion.objects.get()
    assert len(case.title) == 80 and case.content.startswith("长" * 100)


def test_a_file_without_the_columns_is_refused_by_name(people, tmp_path):
    with pytest.raises(ReplayError, match="缺少列：答复时间"):
        replay(sheet(tmp_path, GOOD[:-1], headings=HEADINGS[:-1]), people.county)


def test_a_file_that_is_no_excel_file_is_refused(people, tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_text("hello")
    with pytest.raises(CommandError, match="请确认是 Excel 文件"):
        call_command("replay", path, county="410822")


def test_a_file_that_is_not_there_is_refused(people, tmp_path):
    with pytest.raises(CommandError, match="打不开"):
        call_command("replay", tmp_path / "none.xlsx", county="410822")


def test_an_unknown_county_is_refused(db, tmp_path):
    with pytest.raises(CommandError, match="999999"):
        call_command("replay", sheet(tmp_path, GOOD), county="999999")


def test_nobody_is_told_of_what_happened_long_ago(people, tmp_path):
    from messaging.models import OutboxRow

    replay(sheet(tmp_path, GOOD), people.county)
    assert not OutboxRow.objects.exists()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("已列入计划，明年实施。", ResultKind.PLANNED),
        ("暂不具备条件，无法办理。", ResultKind.CANNOT),
        ("已修好。", ResultKind.SOLVED),
    ],
)
def test_the_kind_of_result_follows_the_words_of_the_answer(answer, kind):
    assert result_kind(answer) == kind


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("小学老师补课", Field.EDUCATION),
        ("村卫生室没有药", Field.HEALTH),
        ("公交车不到村口", Field.TRANSPORT),
        ("小区路灯不亮", Field.CONSTRUCTION),
        ("养殖场污水排到河道", Field.ENVIRONMENT),
        ("机井坏了浇不上小麦", Field.AGRICULTURE),
        ("工地拖欠工资", Field.WELFARE),
        ("景区门票价格", Field.COMMERCE),
        ("🙂", ""),
    ],
)
def test_a_field_is_suggested_by_the_words_of_a_text(title, field):
    assert suggest_field(title) == field


@pytest.mark.skipif(not SHARED.exists(), reason="no labelled messages at hand")
def test_at_least_seven_of_ten_labelled_messages_get_their_field():
    labels = {
        "城乡建设": Field.CONSTRUCTION,
        "环境保护": Field.ENVIRONMENT,
        "交通运输": Field.TRANSPORT,
        "教育文体": Field.EDUCATION,
        "劳动和社会保障": Field.WELFARE,
        "商贸旅游": Field.COMMERCE,
        "卫生计生": Field.HEALTH,
    }
    rows = list(load_workbook(SHARED / "messages_labelled.xlsx", read_only=True).active.values)[1:]
    right = sum(suggest_field(str(one[2]), str(one[4])) == labels[one[5]] for one in rows)
    assert right / len(rows) >= 0.7


@pytest.mark.skipif(not SHARED.exists(), reason="no real messages at hand")
def test_real_messages_are_all_carried_or_refused_with_a_reason(people):
    report = replay(SHARED / "messages_replied.xlsx", people.county, limit=40)
    assert report.states.total() + len(report.refused) == 40
    assert all(reason for _, reason in report.refused)
    call_command("verify_events")
