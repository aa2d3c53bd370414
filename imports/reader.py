"""Read a workbook with calamine in a process of its own: ``python -I reader.py < book.xlsx`` writes JSON.

Whatever a made-up file does to the parser, it does to this process, which has a fixed share of memory and time. It knows
nothing of Django. Each cell comes as text: whole numbers without a point (13800001234.0 is a phone), dates as
``2024-05-01``; a number with a fraction carries a mark, because 1968.1 as a number may have been typed as 1968.10.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import resource
import sys
from typing import Any

MOST_MEMORY = 1024 * 1024 * 1024  # bytes of address space
MOST_SECONDS = 30
FRACTION = "\u2063"  # invisible; whatever cleans text takes it away


def as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return f"{value!r}{FRACTION}"
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M") if value.hour or value.minute else value.strftime("%Y-%m-%d")
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    return str(value)


def rows_of(sheet: Any) -> list[list[str]]:
    """From the first row and column of the sheet on, whatever begins where."""
    rows = []
    for row in sheet.iter_rows():
        cells = [value if type(value) is str else as_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        rows.append(cells)
    return rows


def read(content: bytes) -> dict[str, Any]:
    from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError:
        return {"password": True}
    sheets = []
    for about in book.sheets_metadata:
        if "WorkSheet" not in str(about.typ):
            continue
        sheet = book.get_sheet_by_name(about.name)
        sheets.append(
            {
                "name": about.name,
                "hidden": about.visible != SheetVisibleEnum.Visible,
                "merged": sheet.merged_cell_ranges or [],
                "rows": rows_of(sheet),
            }
        )
    return {"sheets": sheets}


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    found = read(sys.stdin.buffer.read())
    json.dump(found, sys.stdout, ensure_ascii=True, separators=(",", ":"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
