"""An old .xls is refused for the same as an .xlsx: its reader would give the values and say nothing."""

import struct
from pathlib import Path

import pytest

from imports import old_books
from tests.imports.old_files import book, formula, record, text, xls
from tests.imports.test_bad_files import refusal

HEADINGS = [text(0, column, words) for column, words in enumerate(("姓名", "层级", "电话", "联络站"))]
ROW = [text(1, 0, "赵一"), text(1, 1, "县代表")]
OTHER_FILE = "\x01\x02tmp\x03other.xls"


def supbook(words: str) -> bytes:
    return record(0x01AE, struct.pack("<HH", 1, len(words)) + b"\0" + words.encode("latin-1"))


def test_a_book_of_values_is_read():
    assert old_books.scan((Path(__file__).parent / "old.xls").read_bytes())["Sheet"].formulas == []
    assert "没有要导入的行" in refusal(xls(book("名册", *HEADINGS)), "代表.xls")


def test_formulas_are_named():
    content = xls(book("名册", *HEADINGS, *ROW, formula(1, 2, 13800001111.0)))
    assert old_books.scan(content)["名册"].formulas == ["C2"]
    assert "公式：C2" in refusal(content, "代表.xls")


@pytest.mark.parametrize("links", [supbook(OTHER_FILE), supbook("Excel\x03报价".encode().decode("latin-1"))])
def test_links_elsewhere(links):
    assert "外部链接" in refusal(xls(book("名册", *HEADINGS, *ROW, links=links)), "代表.xls")


def test_what_a_book_says_of_itself_is_no_link():
    own = record(0x01AE, struct.pack("<HH", 1, 0x0401)) + record(0x01AE, struct.pack("<HH", 1, 0x3A01))
    assert old_books.scan(xls(book("名册", *HEADINGS, *ROW, links=own)))["名册"].formulas == []


def test_links_of_excel_5():
    def old(first):
        return record(0x0809, struct.pack("<HHHH", 0x0500, 5, 0, 0)) + record(0x0017, bytes([6, first]) + b"other")

    assert old_books.scan(xls(old(3), "Book")) == {}
    assert "外部链接" in refusal(xls(old(1), "Book"), "代表.xls")


def test_a_password_is_left_to_the_reader():
    content = xls(record(0x0809, b"\0\x06\5\0" + b"\0" * 12) + record(0x002F, b"x" * 6) + record(0x01AE, b"y" * 9))
    assert old_books.scan(content) == {}


def test_a_file_system_in_a_circle_or_cut_off_is_broken():
    good = xls(book("名册", *HEADINGS, *ROW))
    circle = bytearray(good)
    struct.pack_into("<I", circle, 512 + 4 * 4, 2)  # sector 4 → 2
    more_tables = bytearray(good)
    struct.pack_into("<I", more_tables, 68, 2)  # the list of tables goes on in the stream
    for content in (bytes(circle), bytes(more_tables), good[:2000], good[:600]):
        assert "损坏" in refusal(content, "代表.xls") or "不是 Excel 表格" in refusal(content, "代表.xls")


def test_any_byte_may_be_wrong():
    good = xls(book("名册", *HEADINGS, *ROW, formula(1, 2, 1.0)))
    for place in [*range(0, 1700, 7)]:
        spoilt = bytearray(good)
        spoilt[place] ^= 0xFF
        try:
            old_books.scan(bytes(spoilt))
        except old_books.Refused as refused:
            assert "损坏" in str(refused) or "链接" in str(refused)
