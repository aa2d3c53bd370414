"""Ledgers as .xlsx that somebody would hand on: title, filter and time, frozen header, typed cells, print set-up.

Written row by row in constant memory.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.http import FileResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 32767  # characters a cell can hold
NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")  # besides openpyxl's own list: one of these spoils a whole export
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


def write_ledger(
    stream: IO[bytes], *, title: str, subtitle: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]
) -> int:
    """Write the ledger to ``stream``; returns the number of rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(NOT_IN_TAB.sub("", safe_text(title))[:31].strip("' ") or "台账")
    _set_up(sheet, columns)
    sheet.append([_cell(sheet, title, font=Font(name="微软雅黑", bold=True, size=16))])
    sheet.append([_cell(sheet, subtitle, font=Font(name="微软雅黑", color="6B6459"))])
    header = [_cell(sheet, one.heading, font=HEADER_FONT, fill=HEADER_FILL, alignment=CENTER) for one in columns]
    sheet.append(header)
    styles = [_styled(sheet, column)._style for column in columns]
    count = 0
    for row in rows:
        sheet.append([_typed(sheet, value, style) for value, style in zip(row, styles, strict=True)])
        count += 1
    sheet.auto_filter.ref = f"A3:{get_column_letter(len(columns))}{max(count + 3, 4)}"
    book.save(stream)
    return count


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


def _cell(sheet: Worksheet, value: Any, **style: Any) -> WriteOnlyCell:
    cell = _text_or_value(sheet, value)
    for name, one in style.items():
        setattr(cell, name, one)
    return cell


def _styled(sheet: Worksheet, column: Column) -> WriteOnlyCell:
    """A cell that carries the column's style; its style is shared by all cells of the column, which saves most time."""
    cell = _cell(sheet, None, alignment=TOP, border=BORDER)
    if column.kind in FORMATS:
        cell.number_format = FORMATS[column.kind]
    return cell


def _typed(sheet: Worksheet, value: Any, style: Any) -> WriteOnlyCell:
    if isinstance(value, bool):
        value = "是" if value else "否"
    elif isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    cell = _text_or_value(sheet, value)
    cell._style = style
    return cell


def _text_or_value(sheet: Worksheet, value: Any) -> WriteOnlyCell:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value=value)
    cell = WriteOnlyCell(sheet, value=safe_text(value))
    cell.data_type = "s"  # a text that begins with = is still a text, never a formula
    return cell


def safe_text(text: str) -> str:
    """``text`` as a cell can hold it: no control characters, nothing that XML refuses, not too long."""
    return NOT_XML.sub("", ILLEGAL_CHARACTERS_RE.sub("", text))[:LONGEST]


def xlsx_response(
    filename: str, *, title: str, subtitle: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]
) -> tuple[FileResponse, int]:
    """A download of the ledger and the number of its rows. Large ones pass through a temporary file, not memory."""
    stream = tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115 - the response closes it
    count = write_ledger(stream, title=title, subtitle=subtitle, columns=columns, rows=rows)
    stream.seek(0)
    return FileResponse(stream, as_attachment=True, filename=filename, content_type=MEDIA_TYPE), count
