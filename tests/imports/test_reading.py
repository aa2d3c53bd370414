"""Files and cells as offices have them: title rows, full width, stray blanks, old formats, dates and phones as Excel has it."""

from __future__ import annotations

import datetime as dt

import pytest
from openpyxl import Workbook

from imports import changes, columns
from imports.columns import Bad
from imports.guard import Refused
from imports.kinds import KINDS
from imports.reader import FRACTION, as_text
from tests.imports.files import saved, xlsx

TABLE = "姓名,层级,电话\n赵一,县代表,13800001111\n"


def cells(content: bytes, name: str = "代表.xlsx") -> list[list[str]]:
    upload = changes.read_upload(KINDS["deputies"], name, content)
    return [[number, *row] for number, row in upload.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_csv_in_the_encodings_of_chinese_offices(encoding):
    assert cells(TABLE.encode(encoding), "代表.csv") == [[2, "赵一", "县代表", "13800001111"]]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_csv_with_other_delimiters(delimiter):
    assert cells(TABLE.replace(",", delimiter).encode(), "代表.csv") == [[2, "赵一", "县代表", "13800001111"]]


def test_zeros_kept_in_csv_by_a_trick():
    assert cells('姓名,层级,代表证号\n赵一,县代表,="0012"\n'.encode(), "代表.csv") == [[2, "赵一", "县代表", "0012"]]


def test_an_old_xls():
    """Written by LibreOffice once; see tests/imports/files."""
    from pathlib import Path

    content = (Path(__file__).parent / "old.xls").read_bytes()
    assert cells(content, "代表.xls") == [[3, "赵一", "县代表", "13800001111", "1968-05-01"]]


def test_headings_by_meaning_under_a_title_with_odd_blanks_and_widths():
    rows = [
        ("博爱县人大代表名册", None, None),
        (None, None, None),
        ("序号", "代 表　姓 名（必填）", "级别*", "联系电话", "爱好"),
        (1, "赵一", "县代表", "１３８００００１１１１", "下棋"),
    ]
    upload = changes.read_upload(KINDS["deputies"], "代表.xlsx", xlsx(rows))
    assert upload.names == ["name", "level", "phone"]
    assert upload.rows == [(4, ["赵一", "县代表", "１３８００００１１１１"])]
    assert upload.unused == ["E 列“爱好”"]


def test_row_numbers_are_those_of_the_sheet_where_rows_are_blank():
    rows = [("姓名", "层级"), (None, None), ("赵一", "县代表"), (" ", None), ("钱二", "县代表")]
    assert [row[0] for row in cells(xlsx(rows))] == [3, 5]


def test_a_table_that_does_not_begin_in_the_corner():
    book = Workbook()
    book.active["C3"], book.active["D3"], book.active["C4"], book.active["D4"] = "姓名", "层级", "赵一", "县代表"
    assert cells(saved(book)) == [[4, "赵一", "县代表"]]
    book.active["C5"], book.active["D6"], book.active["D5"] = "王五", "缺姓名", 3
    book.active.merge_cells("C5:C6")
    with pytest.raises(Refused, match="C5:C6"):
        cells(saved(book))


def test_numbers_and_dates_come_as_people_see_them():
    assert as_text(13800001234.0) == "13800001234"
    assert as_text(dt.datetime.fromisoformat("2024-05-01")) == "2024-05-01"
    assert as_text(dt.datetime.fromisoformat("2024-05-01 09:30")) == "2024-05-01 09:30"
    assert as_text(1968.1) == "1968.1" + FRACTION
    assert as_text(True) == "是"


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("13800001234", "13800001234"),
        ("１３８ ０000-1234", "13800001234"),
        ("1.3800001234E+10", "13800001234"),
        ("+86 13800001234", "13800001234"),
        ("0391-8686001", "03918686001"),
        ("(0391)8686001", "03918686001"),
    ],
)
def test_phones(raw, read):
    assert columns.phone(raw) == read


@pytest.mark.parametrize(
    ("raw", "why", "suggestion"),
    [
        ("1.38E+10", "科学计数法", ""),
        ("1380000123", "不是 11 位手机号", ""),
        ("13800001234/13900001234", "一格只填一个", "13800001234"),
        ("138****1234", "遮住", ""),
        ("手机13800001234", "别的字", "13800001234"),
    ],
)
def test_phones_that_cannot_be(raw, why, suggestion):
    with pytest.raises(Bad) as caught:
        columns.phone(raw)
    assert why in caught.value.why and caught.value.suggestion == suggestion


@pytest.mark.parametrize(
    "raw",
    ["2024-05-01", "2024.5.1", "2024/5/1", "2024年5月1日", "20240501", "45413", "2024-05-01 00:00", "２０２４.5.1"],
)
def test_dates(raw):
    assert columns.date(raw) == dt.date(2024, 5, 1)


@pytest.mark.parametrize("raw", ["5/1/24", "2024年5月", "2024-02-30", "去年"])
def test_dates_that_cannot_be(raw):
    with pytest.raises(Bad):
        columns.date(raw)


@pytest.mark.parametrize("raw", ["1968-05", "1968.5", "1968年5月", "196805", "1968-05-17", "1968.5" + FRACTION])
def test_months(raw):
    assert columns.month(raw) == "1968-05"


def test_a_month_that_excel_has_made_ambiguous():
    assert columns.month("1968.1") == "1968-01"
    with pytest.raises(Bad) as caught:
        columns.month("1968.1" + FRACTION)
    assert caught.value.suggestion == "1968-01 或 1968-10"


def test_names_lose_blanks_but_not_their_dot():
    read = columns.person()
    assert read("张　三") == "张三"
    assert read("阿卜杜拉 • 买买提") == "阿卜杜拉·买买提"
    assert read("John Smith") == "John Smith"
    with pytest.raises(Bad):
        read("张*三")


def test_times():
    assert columns.times("9：00—11:30") == (dt.time(9), dt.time(11, 30))
    with pytest.raises(Bad):
        columns.times("11:30-9:00")
