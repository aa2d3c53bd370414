"""From an uploaded file to the rows of one sheet, as text, with the numbers people see beside them."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imports import guard, old_books
from imports.guard import SAVE_AS, Refused, letter
from liaison.lib.text import clean

READER = Path(__file__).with_name("reader.py")
SECONDS = 40  # for the reader's process
MOST_CELL = 4000  # characters
KEPT_TEXT = re.compile(r'^="([^"]*)"$')  # how some systems keep the zeros of ="00123"
OUR_SHEETS = {"填写说明", "选项"}  # of our templates, beside the one to fill in
RANGE = re.compile(r"([A-Z]+)(\d+):([A-Z]+)(\d+)")


@dataclass
class Sheet:
    """``rows``: (number as people see it, cells). Rows without a word are left out, numbers are kept."""

    name: str
    rows: list[tuple[int, list[str]]]
    merged: list[tuple[int, int, str]] = field(default_factory=list)  # first row, last row, as people write it
    formulas: list[str] = field(default_factory=list)


def read(name: str, content: bytes) -> list[Sheet]:
    """The sheets of the file that people see and that hold something. :class:`Refused` with the reason otherwise."""
    kind = guard.recognise(name, content)
    if kind == "csv":
        return [_csv(content)]
    scanned = guard.scan_workbook(content) if kind == "xlsx" else old_books.scan(content)
    sheets = []
    for found in _in_own_process(content):
        rows = _numbered(found["rows"])
        if not rows or found["name"] in OUR_SHEETS:
            continue
        if found["hidden"]:
            raise Refused(
                f"工作簿里有隐藏的工作表“{clean(found['name'])}”。"
                "请右键工作表标签 → 取消隐藏，看过以后删掉它，再另存上传。"
            )
        seen = scanned.get(found["name"], guard.Scanned())
        sheets.append(Sheet(found["name"], rows, _merged(seen.merged, found["merged"]), seen.formulas))
    if not sheets:
        raise Refused("表格里没有内容。请按模板填写后再上传。")
    return sheets


def _in_own_process(content: bytes) -> list[dict[str, Any]]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(READER)], input=content, capture_output=True, timeout=SECONDS, check=False
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        answer = None
    if answer is None:
        raise Refused(f"文件读不出来：可能已经损坏，或者表格范围大得不正常。{SAVE_AS}")
    if answer.get("password"):
        raise Refused("文件设了打开密码。请去掉密码另存后再上传。")
    sheets: list[dict[str, Any]] = answer["sheets"]
    return sheets


def _numbered(rows: list[list[str]]) -> list[tuple[int, list[str]]]:
    found = [(number, cells) for number, cells in enumerate(rows, 1) if any(map(str.strip, cells))]
    _check_extent(found)
    return found


def _check_extent(rows: list[tuple[int, list[str]]]) -> None:
    if len(rows) > guard.MOST_ROWS + 10:  # title and header
        raise Refused(f"表格有 {len(rows):,} 行，每次最多导入 {guard.MOST_ROWS:,} 行。请分成几个文件，一个一个地上传。")
    for number, cells in rows:
        if len(cells) > guard.MOST_COLUMNS:
            raise Refused(f"第 {number} 行有 {len(cells)} 列，最多 {guard.MOST_COLUMNS} 列。请删除右边多余的列再上传。")
        if max(map(len, cells)) > MOST_CELL:
            raise Refused(f"第 {number} 行有一格超过 {MOST_CELL} 字，放不下。请缩短后再上传。")


def _merged(ranges: list[str], pairs: list[Any]) -> list[tuple[int, int, str]]:
    found = []
    for text in ranges:
        if match := RANGE.fullmatch(text):
            found.append((int(match[2]), int(match[4]), text))
    if not ranges:
        for (top, left), (bottom, right) in pairs:
            found.append((top + 1, bottom + 1, f"{letter(left)}{top + 1}:{letter(right)}{bottom + 1}"))
    return found


# --- csv --------------------------------------------------------------------------------------


def decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it (Excel's “Unicode 文本”), else what Chinese Windows writes."""
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(f"文件里的文字认不出来（不是 UTF-8，也不是 GBK 编码）。{SAVE_AS}")


def _csv(content: bytes) -> Sheet:
    text = decoded(content)
    if text.count("\n") > 2 * guard.MOST_ROWS:
        raise Refused(
            f"文件有 {text.count(chr(10)):,} 行（包括空白行），每次最多导入 {guard.MOST_ROWS:,} 行。"
            "请删除空白行，或者分成几个文件。"
        )
    head = text[:4000]
    delimiter = max(",\t;，", key=head.count)
    rows = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            while cells and not cells[-1].strip():
                cells.pop()
            if cells:
                rows.append(
                    (number, [KEPT_TEXT.sub(r"\1", cell) for cell in cells] if '="' in "".join(cells) else cells)
                )
    except csv.Error as error:
        raise Refused(f"CSV 文件的格式有问题，可能缺一个引号。{SAVE_AS}") from error
    if not rows:
        raise Refused("表格里没有内容。请按模板填写后再上传。")
    _check_extent(rows)
    formulas = [
        f"{letter(index)}{number}"
        for number, cells in rows
        for index, cell in enumerate(cells)
        if cell[:1] == "=" and len(cell) > 1
    ]
    return Sheet("CSV", rows, formulas=formulas[: guard.MOST_NAMED])
