"""What cannot be a table is refused with words that help, before it costs memory, and nothing is kept."""

from __future__ import annotations

import io
import resource
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from imports import changes, guard, reading
from imports.guard import Refused
from imports.kinds import KINDS
from imports.models import Import
from tests.imports.files import DEPUTY_HEADINGS, deputies, saved, xlsx

GOOD = deputies(("赵一", "县代表", "13800001111", ""))


def refusal(content: bytes, name: str = "代表.xlsx") -> str:
    with pytest.raises(Refused) as caught:
        changes.read_upload(KINDS["deputies"], name, content)
    return str(caught.value)


def repacked(content: bytes, more: dict[str, bytes] | None = None, **replaced: bytes) -> bytes:
    """The zip with entries added, or the first sheet replaced (``sheet=``)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            is_sheet = entry.filename == "xl/worksheets/sheet1.xml"
            new.writestr(entry.filename, replaced["sheet"] if is_sheet and "sheet" in replaced else old.read(entry))
        for path, data in (more or {}).items():
            new.writestr(path, data)
    return stream.getvalue()


def sheet_xml(rows: bytes) -> bytes:
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return b'<?xml version="1.0"?><worksheet xmlns="' + space + b'"><sheetData>' + rows + b"</sheetData></worksheet>"


def test_an_empty_file():
    assert "空文件" in refusal(b"")


def test_a_table_without_rows():
    assert "没有要导入的行" in refusal(deputies())
    assert "没有内容" in refusal(xlsx([]))


def test_a_word_document_named_xlsx():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    assert "Word 文档" in refusal(stream.getvalue())


def test_another_zip_and_a_broken_one():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "x")
    assert "不是 Excel 工作簿" in refusal(stream.getvalue())
    assert "损坏" in refusal(GOOD[: len(GOOD) // 2])
    assert "损坏" in refusal(b"PK\x03\x04" + b"x" * 100)


def test_pictures_pages_and_old_word_files():
    assert "不是 Excel 或 CSV" in refusal(b"\x89PNG\r\n\x1a\n" + b"\x00" * 50)
    assert "网页" in refusal("<html><table><tr><td>姓名</td></tr></table>".encode(), "代表.xls")
    word = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\x00") + "WordDocument".encode("utf-16-le").ljust(
        128, b"\x00"
    )
    assert "改过扩展名的 Word" in refusal(word, "代表.xls")
    locked = word[:512] + "EncryptedPackage".encode("utf-16-le").ljust(128, b"\x00")
    assert "打开密码" in refusal(locked)
    macros = (
        word[:512]
        + "Workbook".encode("utf-16-le").ljust(128, b"\x00")
        + "_VBA_PROJECT_CUR".encode("utf-16-le").ljust(128, b"\x00")
    )
    assert "宏" in refusal(macros, "代表.xls")


def test_a_bomb_that_says_what_it_is():
    bomb = repacked(GOOD, {"xl/media/image1.bin": b"\x00" * (60 * 1024 * 1024)})
    assert len(bomb) < 200_000
    assert "压缩得异常紧" in refusal(bomb)


def test_a_bomb_that_lies_about_its_size():
    """The table of contents says 1,000 bytes; there are 60 MB."""
    bomb = bytearray(repacked(GOOD, {"xl/media/image1.bin": b"\x00" * (60 * 1024 * 1024)}))
    place = bomb.rfind(b"PK\x01\x02")
    assert bomb[place + 46 : place + 65] == b"xl/media/image1.bin"
    bomb[place + 24 : place + 28] = (1000).to_bytes(4, "little")
    assert "压缩得异常紧" in refusal(bytes(bomb))


def test_five_million_blank_rows():
    content = repacked(GOOD, sheet=sheet_xml(b"<row/>" * 5_000_000))
    assert "表格太长" in refusal(content) or "压缩得异常紧" in refusal(content)
    assert "空白行" in refusal(("姓名,层级\n赵一,县代表\n" + "\n" * 5_000_000).encode(), "代表.csv")


def test_formatted_blank_rows_down_to_the_last():
    content = repacked(
        GOOD,
        sheet=sheet_xml(
            b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row><row r="1048576"><c r="A1048576" s="1"/></row>'
        ),
    )
    assert "删除" in refusal(content)
    wide = repacked(GOOD, sheet=sheet_xml(b'<row r="1"><c r="XFD1"><v>1</v></c></row>'))
    assert "太宽" in refusal(wide)


def test_a_far_cell_hidden_from_the_scan_meets_the_readers_own_limit():
    """References in a way that no office program writes: the parser would want 500 GB for the rectangle."""
    cells = b'<row r="1"><c r="A1"><v>1</v></c></row><row r = "1048576"><c r = "XFD1048576"><v>1</v></c></row>'
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = refusal(repacked(GOOD, sheet=sheet_xml(cells)))
    assert "读不出来" in said
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_100_000


def test_too_many_rows(monkeypatch):
    monkeypatch.setattr(guard, "MOST_ROWS", 20)
    assert "分成几个文件" in refusal(deputies(*[(f"赵{'一' * n}", "县代表", "", "") for n in range(1, 40)]))


def test_merged_cells_below_the_headings_only():
    book = Workbook()
    sheet = book.active
    for row in (("代表名册",), DEPUTY_HEADINGS, ("赵一", "县代表", "", ""), ("钱二", "", "", "")):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    assert len(changes.read_upload(KINDS["deputies"], "代表.xlsx", saved(book)).rows) == 2
    sheet.merge_cells("B3:B4")
    assert "合并的单元格：B3:B4" in refusal(saved(book))


def test_formulas():
    assert "公式：C2" in refusal(deputies(("赵一", "县代表", "=13800000000+1111", "")))
    assert "公式：C2" in refusal("姓名,层级,电话\n赵一,县代表,=1+1\n".encode(), "代表.csv")


def test_hidden_sheets():
    book = Workbook()
    book.active.append(DEPUTY_HEADINGS)
    book.active.append(("赵一", "县代表", "", ""))
    other = book.create_sheet("底稿")
    other.append(("姓名", "层级"))
    other.sheet_state = "hidden"
    assert "隐藏的工作表“底稿”" in refusal(saved(book))


def test_two_sheets_that_fit():
    content = xlsx([DEPUTY_HEADINGS, ("赵一", "县代表", "", "")], 二月=[DEPUTY_HEADINGS, ("钱二", "县代表", "", "")])
    assert "只留要导入的那一张" in refusal(content)
    named = xlsx([DEPUTY_HEADINGS, ("赵一", "县代表", "", "")], 代表=[DEPUTY_HEADINGS, ("钱二", "县代表", "", "")])
    assert changes.read_upload(KINDS["deputies"], "代表.xlsx", named).rows[0][1][0] == "钱二"


def test_two_headings_alike():
    content = xlsx([("姓名", "层级", "代表姓名"), ("赵一", "县代表", "赵一")])
    assert "A 列“姓名”和 C 列“代表姓名”都是“姓名”" in refusal(content)


def test_missing_headings():
    assert "缺少：层级" in refusal(xlsx([("姓名", "电话"), ("赵一", "13800001111")]))
    assert "找不到标题行" in refusal(xlsx([("甲", "乙"), ("赵一", "13800001111")]))


def test_external_links_and_macros():
    assert "外部链接" in refusal(repacked(GOOD, {"xl/externalLinks/externalLink1.xml": b"<x/>"}))
    assert "宏" in refusal(repacked(GOOD, {"xl/vbaProject.bin": b"x"}))


def test_named_ranges_do_no_harm():
    book = Workbook()
    book.active.append(DEPUTY_HEADINGS)
    book.active.append(("赵一", "县代表", "", ""))
    book.defined_names["名单"] = DefinedName("名单", attr_text="Sheet!$A$1:$A$2")
    assert len(reading.read("代表.xlsx", saved(book))) == 1


def test_a_cell_that_no_page_could_show():
    assert "超过 4000 字" in refusal(deputies(("赵" * 5000, "县代表", "", "")))


def test_text_that_is_neither_utf8_nor_gbk():
    assert "认不出来" in refusal(b"\x81\xff\xff\xfe\x80,\x80\n1,2\n", "代表.csv")


def test_nothing_is_kept_of_a_file_that_was_refused(people, as_user):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("代表.xlsx", repacked(GOOD, {"xl/vbaProject.bin": b"x"}))
    answer = as_user(people.hub_staff).post("/imports/deputies/", {"file": file})
    assert answer.status_code == 200 and "文件里有宏" in answer.content.decode()
    assert not Import.objects.exists()
