import datetime as dt
import io
import zipfile

import pytest
from openpyxl import load_workbook

from liaison.lib.xlsx import LONGEST, Column, write_ledger

COLUMNS = [Column("标题", 30), Column("日期", 12, "date"), Column("时间", 18, "datetime"), Column("件数", 8, "int")]


def write(*rows):
    stream = io.BytesIO()
    count = write_ledger(stream, title="博爱县 群众意见台账", subtitle="全部", columns=COLUMNS, rows=rows)
    assert count == len(rows)
    return stream


def sheet_of(stream):
    stream.seek(0)
    return load_workbook(stream).active


@pytest.mark.parametrize("text", ["=1+1", "+8613800001234", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1", "\r=1"])
def test_a_text_is_never_a_formula(text):
    stream = write([text, None, None, None])
    assert sheet_of(stream)["A4"].data_type == "s"
    with zipfile.ZipFile(stream) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_dates_and_numbers_keep_their_types():
    when = dt.datetime(2026, 11, 23, 16, 0, tzinfo=dt.UTC)
    sheet = sheet_of(write(["路灯", dt.date(2026, 1, 2), when, 3]))
    assert sheet["B4"].value.isoformat() == "2026-01-02T00:00:00" and sheet["B4"].number_format == "yyyy-mm-dd"
    assert sheet["C4"].value.isoformat() == "2026-11-24T00:00:00"  # Shanghai time
    assert sheet["D4"].value == 3


def test_the_header_is_frozen_and_filtered_and_repeated_in_print():
    sheet = sheet_of(write(["甲", None, None, 1], ["乙", None, None, 2]))
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:D5"
    assert sheet.print_title_rows == "$1:$3"
    assert [cell.value for cell in sheet[3]] == ["标题", "日期", "时间", "件数"]
    assert sheet["A1"].value == "博爱县 群众意见台账" and sheet["A2"].value == "全部"


def test_control_characters_and_overlong_texts_do_not_break_the_file():
    sheet = sheet_of(write(["坏\x0b字" + "长" * 40000, None, None, None]))
    assert sheet["A4"].value.startswith("坏字") and len(sheet["A4"].value) == LONGEST
