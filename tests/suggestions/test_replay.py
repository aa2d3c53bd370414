import datetime as dt
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook, load_workbook

from suggestions.choices import Field, ResultKind, State
from suggestions.models import Suggestion
from suggestions.replay import HEADINGS, ReplayError, replay, result_kind
from suggestions.triage import suggest_field
from tests import factories

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
        ({"留言时间": "前天"}, "留言时间“前天”不是日期"),
        ({"答复意见": " \n\t "}, "没有答复意见"),
        ({"留言主题": ""}, "留言主题或留言详情是空的"),
        ({"留言详情": "长" * 8001}, "留言详情有 8001 字，超过 8000 字"),
        ({"留言编号": ""}, "没有留言编号"),
    ],
)
def test_a_row_that_cannot_be_carried_is_refused_with_its_number_and_leaves_nothing(people, tmp_path, changes, reason):
    report = replay(sheet(tmp_path, row(**changes), row(留言编号="2")), people.county)
    assert report.refused == [(2, reason)]
    assert report.states.total() == Suggestion.objects.count() == 1


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
