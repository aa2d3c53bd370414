"""Files as people send them, made on the spot."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

DEPUTY_HEADINGS = ("姓名", "层级", "电话", "联络站")


def xlsx(rows: Sequence[Sequence[Any]], title: str = "Sheet1", **more: Sequence[Sequence[Any]]) -> bytes:
    """A workbook of one sheet, and of more by name."""
    book = Workbook()
    book.active.title = title
    for name, filled in {title: rows, **more}.items():
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        for row in filled:
            sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def deputies(*rows: Sequence[Any], headings: Sequence[str] = DEPUTY_HEADINGS) -> bytes:
    return xlsx([headings, *rows])
