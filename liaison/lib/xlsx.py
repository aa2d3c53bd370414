"""Ledgers as .xlsx that somebody would hand on: title, filter and time, frozen header, typed cells, print set-up.

Written row by row in constant memory.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.http import FileResponse
from django.utils import timezone
from lxml.etree import Element, SubElement
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 8 * 1024 * 1024  # bytes of a file before it goes to disk
BLOCK = 256 * 1024  # bytes that are packed at a time
LONGEST = 32767  # characters a cell can hold
NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")  # besides openpyxl's own list: one of these spoils a whole export
LINE, MOST_LINES = 17, 12  # points of a line, and how many lines of a text are shown unasked
ONE_LINE = 10 * LONGEST  # the width of what runs on over its neighbours
NOT_IN_TAB = re.compile(r"[\[\]:*?/\\]")
FORMATS = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "int": "0", "percent": "0.0%"}
HEADER_FONT = Font(name="微软雅黑", bold=True, color="FFFFFF")
HEADER_FILL = PatternFill("solid", start_color="9E1B21")
THIN = Side(style="thin", color="D0CCC4")
BORDER = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
TOP, CENTER = (
    Alignment(vertical="top", wrap_text=True),
    Alignment(horizontal="center", vertical="center", wrap_text=True),
)


@dataclass(frozen=True)
class Column:
    """``kind``: text, date, datetime, int or percent. ``width`` counts half-width characters."""

    heading: str
    width: int = 14
    kind: str = "text"


@dataclass
class Sheet:
    """One matter, one sheet. ``title`` is its first row and, as far as Excel takes it, its tab; ``tab`` where that
    should be shorter. ``count`` is the number of rows once they are written."""

    title: str
    subtitle: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    tab: str = ""
    count: int = 0


def temporary() -> IO[bytes]:
    """A file without a name, below ``TEMP_DIR``: the system's own folder may lie in memory."""
    return tempfile.TemporaryFile(buffering=BLOCK, dir=settings.TEMP_DIR)


def spooled() -> IO[bytes]:
    """The same, once it is too large for memory."""
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(settings.TEMP_DIR))


def write_ledger(
    stream: IO[bytes], *, title: str, subtitle: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]
) -> int:
    """Write the ledger to ``stream``; returns the number of rows."""
    return write_sheets(stream, [Sheet(title, subtitle, columns, rows)])


def write_sheets(stream: IO[bytes], sheets: Iterable[Sheet]) -> int:
    """Write one sheet after the other; returns the number of rows in all. ``ValueError`` where there is no sheet."""
    book = Workbook(write_only=True)
    count = 0
    try:
        for one in sheets:
            sheet = _RowSheet(book, _tab(one))
            book._add_sheet(sheet)
            _write(sheet, one)
            count += one.count
        if not book.worksheets:
            raise ValueError("a workbook has at least one sheet")
        with _Archive(stream, "w", ZIP_DEFLATED) as archive:
            ExcelWriter(book, archive).save()
    finally:
        for left in book.worksheets:  # also those that somebody stopped half-way
            with suppress(OSError, ValueError):
                if not left.closed:
                    left.close()
            left._writer.cleanup()
    return count


class _Archive(ZipFile):
    def write(self, filename: Any, arcname: Any = None, *args: Any, **kwargs: Any) -> None:
        """A sheet comes as an open file (:class:`_RowWriter`), not by name."""
        entry = ZipInfo(arcname, time.localtime()[:6])
        entry.compress_type, entry.external_attr, entry.file_size = self.compression, 0o600 << 16, filename.tell()
        filename.seek(0)
        with self.open(entry, "w") as sheet:
            shutil.copyfileobj(filename, sheet, BLOCK)


def _tab(sheet: Sheet) -> str:
    return NOT_IN_TAB.sub("", safe_text(sheet.tab or sheet.title))[:31].strip("' ") or "台账"


class _RowSheet(WriteOnlyWorksheet):
    """Takes whole rows that are built here: openpyxl opens three contexts a cell, which costs more than twice the time
    for the same file."""

    def __init__(self, book: Workbook, title: str) -> None:
        super().__init__(book, title)
        self._writer = _RowWriter(self)

    def begin(self) -> None:
        """What stands before the rows (panes, widths) is set by now."""
        self._writer.write_top()

    def _values_to_row(self, values: Sequence[Any], row_idx: int) -> Sequence[Any]:
        return values


class _RowWriter(WorksheetWriter):
    """Writes to a file without a name: whoever is stopped half-way, killed even, leaves nothing behind. openpyxl's own has
    a name in the system's temporary folder until the process ends in good order."""

    def __init__(self, sheet: Worksheet) -> None:
        super().__init__(sheet, out=temporary())

    def cleanup(self) -> None:
        self.out.close()

    def write_row(self, xf: Any, row: Sequence[Any], row_idx: int) -> None:
        xf.write(row[0])


def _write(sheet: _RowSheet, of: Sheet) -> None:
    _set_up(sheet, of.columns)
    sheet.begin()
    title = _style(sheet, font=Font(name="微软雅黑", bold=True, size=16))
    subtitle = _style(sheet, font=Font(name="微软雅黑", color="6B6459"))
    header = _style(sheet, font=HEADER_FONT, fill=HEADER_FILL, alignment=CENTER)
    places = [
        (get_column_letter(number), _column_style(sheet, column), column.width)
        for number, column in enumerate(of.columns, 1)
    ]
    sheet.append([_row(1, [of.title], [("A", title, ONE_LINE)])])
    sheet.append([_row(2, [of.subtitle], [("A", subtitle, ONE_LINE)])])
    headings = [one.heading for one in of.columns]
    sheet.append([_row(3, headings, [(letter, header, width) for letter, _, width in places])])
    for number, values in enumerate(of.rows, 4):
        sheet.append([_row(number, values, places)])
        of.count += 1
    sheet.auto_filter.ref = f"A3:{get_column_letter(len(of.columns))}{max(of.count + 3, 4)}"
    sheet.close()


def _set_up(sheet: Worksheet, columns: Sequence[Column]) -> None:
    sheet.freeze_panes = "A4"
    for index, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:3"
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"


def _style(sheet: Worksheet, **style: Any) -> str:
    """The number of a style in the workbook; all cells of a column share one."""
    cell = WriteOnlyCell(sheet)
    for name, one in style.items():
        setattr(cell, name, one)
    return str(cell.style_id)


def _column_style(sheet: Worksheet, column: Column) -> str:
    style: dict[str, Any] = {"alignment": TOP, "border": BORDER}
    if column.kind in FORMATS:
        style["number_format"] = FORMATS[column.kind]
    return _style(sheet, **style)


def _row(number: int, values: Sequence[Any], places: Sequence[tuple[str, str, int]]) -> Any:
    """The row as an element; ``places`` says letter, style and width of each column. As high as its longest text: Excel
    finds that out by itself, LibreOffice and WPS do not."""
    name, lines = str(number), 1
    row = Element("row", r=name)
    for value, (letter, style, width) in zip(values, places, strict=True):
        if type(value) is not str:
            value = _number(value)
            if type(value) is not str:
                cell = SubElement(row, "c", r=letter + name, s=style)
                if value is not None:
                    SubElement(cell, "v").text = repr(value)
                continue
        elif not value.isprintable() or len(value) > LONGEST:
            value = safe_text(value)
        if not value:
            SubElement(row, "c", r=letter + name, s=style)
            continue
        # Never a formula: a text that begins with = is a text.
        cell = SubElement(row, "c", r=letter + name, s=style, t="inlineStr")
        text = SubElement(SubElement(cell, "is"), "t")
        if value[0].isspace() or value[-1].isspace():
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        text.text = value
        if 2 * len(value) > width or "\n" in value:
            lines = max(lines, _lines(value, width))
    if lines > 1:
        row.set("ht", str(LINE * min(lines, MOST_LINES)))
        row.set("customHeight", "1")
    return row


def _lines(text: str, width: int) -> int:
    """How many lines ``text`` takes in a column of so many half-width characters."""
    if text.isascii() and len(text) <= width:
        return 1
    return sum(max(1, -(-len(line.encode("gb18030", "replace")) // width)) for line in text.split("\n"))


def _number(value: Any) -> str | int | float | None:
    """What is not a plain string, as a cell holds it: dates and times as Excel counts them."""
    if value is None or type(value) is int:
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        return _counted(value.replace(tzinfo=None, microsecond=0))
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return _counted(value)
    if isinstance(value, int | float | Decimal):
        return float(value) if isinstance(value, float | Decimal) else int(value)
    if isinstance(value, str):  # a label that is translated late, a SafeString
        return safe_text(str(value))
    raise ValueError(f"no cell holds {value!r}")


@lru_cache(maxsize=4096)  # an export holds few days many times
def _counted(value: Any) -> int | float:
    return to_excel(value)


def safe_text(text: str) -> str:
    """``text`` as a cell can hold it: no control characters, nothing that XML refuses, not too long."""
    return NOT_XML.sub("", ILLEGAL_CHARACTERS_RE.sub("", text))[:LONGEST]


def xlsx_response(
    filename: str, *, title: str, subtitle: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]
) -> tuple[FileResponse, int]:
    """A download of the ledger and the number of its rows. Large ones pass through a temporary file, not memory."""
    stream = spooled()
    count = write_ledger(stream, title=title, subtitle=subtitle, columns=columns, rows=rows)
    stream.seek(0)
    return FileResponse(stream, as_attachment=True, filename=filename, content_type=MEDIA_TYPE), count
