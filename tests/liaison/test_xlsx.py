import datetime as dt
import io
import os
import signal
import tempfile
import tracemalloc
import zipfile
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from liaison.lib.xlsx import (
    LINE,
    LONGEST,
    MOST_LINES,
    Column,
    Sheet,
    temporary,
    write_ledger,
    write_sheets,
    xlsx_response,
)

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


def test_title_filter_and_headings_are_texts_too():
    stream = io.BytesIO()
    write_ledger(stream, title="=1+1", subtitle='=HYPERLINK("http://x")', columns=[Column("@甲")], rows=[])
    sheet = sheet_of(stream)
    assert [sheet[place].data_type for place in ("A1", "A2", "A3")] == ["s", "s", "s"]


@pytest.mark.parametrize("sign", ["\x0b", "\x00", "\ufffe", "\uffff", "\ud800", "\x1f"])
def test_one_strange_character_does_not_spoil_the_export(sign):
    stream = io.BytesIO()
    write_ledger(
        stream, title=f"台{sign}账", subtitle=f"查找{sign}路灯", columns=[Column("标题")], rows=[[f"路{sign}灯"]]
    )
    sheet = sheet_of(stream)
    assert [sheet[place].value for place in ("A1", "A2", "A4")] == ["台账", "查找路灯", "路灯"]


@pytest.mark.parametrize(
    ("title", "tab"), [("a/b[c]:*?", "abc"), ("'台账'", "台账"), ("???", "台账"), ("长" * 40, "长" * 31)]
)
def test_any_title_makes_a_tab_that_excel_takes(title, tab):
    stream = io.BytesIO()
    write_ledger(stream, title=title, subtitle="", columns=[Column("标题")], rows=[])
    assert sheet_of(stream).title == tab


def test_a_download_keeps_its_chinese_name_and_counts_its_rows():
    answer, count = xlsx_response(
        "群众意见台账-2026.xlsx", title="台账", subtitle="", columns=[Column("标题")], rows=[["甲"], ["乙"]]
    )
    assert count == 2
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('群众意见台账-2026.xlsx')}"
    assert load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active["A5"].value == "乙"


def test_memory_does_not_grow_with_the_rows():
    def peak(rows):
        tracemalloc.start()
        with tempfile.TemporaryFile() as stream:
            write_ledger(stream, title="台账", subtitle="", columns=COLUMNS, rows=rows)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    many = ([f"村口路灯不亮{number}", dt.date(2026, 1, 2), None, number] for number in range(4000))
    assert peak(many) < peak([["甲", None, None, 1]] * 10) + 2_000_000


def test_control_characters_and_overlong_texts_do_not_break_the_file():
    sheet = sheet_of(write(["坏\x0b字" + "长" * 40000, None, None, None]))
    assert sheet["A4"].value.startswith("坏字") and len(sheet["A4"].value) == LONGEST


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("短", None),
        ("BA2026-00001 BA2026-00002 123", None),
        ("长" * 16, 2),
        ("一行\n二行\n三行", 3),
        ("长" * 20000, MOST_LINES),
    ],
)
def test_a_row_is_as_high_as_its_longest_text(text, lines):
    sheet = sheet_of(write([text, None, None, 1], ["短", None, None, 2]))
    assert sheet.row_dimensions[4].height == (lines and lines * LINE)
    assert sheet.row_dimensions[5].height is None


def test_each_matter_is_a_sheet_and_a_number_that_cannot_be_written_is_refused():
    stream = io.BytesIO()
    sheets = [Sheet(f"表{n}", "全部", [Column("件数", 8, "int")], [[n], [None]]) for n in range(2)]
    assert write_sheets(stream, sheets) == 4
    book = load_workbook(stream)
    assert book.sheetnames == ["表0", "表1"] and book["表1"]["A4"].value == 1
    with pytest.raises(ValueError):
        write_sheets(io.BytesIO(), [])
    with pytest.raises(ValueError):
        write_sheets(io.BytesIO(), [Sheet("表", "", [Column("件数")], [[object()]])])


def test_who_is_killed_half_way_leaves_no_file_behind(tmp_path, monkeypatch, settings):
    settings.TEMP_DIR = tmp_path / "ours"
    settings.TEMP_DIR.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def rows():
        yield from (["甲" * 2000, None, None, number] for number in range(2000))
        os.kill(os.getpid(), signal.SIGKILL)

    pid = os.fork()
    if not pid:
        try:
            write_sheets(temporary(), [Sheet("表", "", COLUMNS, rows())])
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL
    assert list(tmp_path.rglob("*")) == [settings.TEMP_DIR]


def test_who_stops_half_way_leaves_no_file_open(settings):
    def rows():
        yield ["甲", None, None, 1]
        raise RuntimeError("stopped")

    before = os.listdir("/dev/fd")
    with pytest.raises(RuntimeError):
        write_sheets(io.BytesIO(), [Sheet("表", "", COLUMNS, rows())])
    assert os.listdir("/dev/fd") == before
