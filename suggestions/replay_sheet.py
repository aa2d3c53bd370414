"""The sheet of messages that a replay reads: rows as they are, and what of a row can be carried or why not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone
from openpyxl.utils.datetime import from_excel
from python_calamine import CalamineError, CalamineWorkbook

from liaison.lib.text import clean

HEADINGS = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")
TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]*(\d{1,2})[:：](\d{1,2})(?:[:：](\d{1,2}))?(?:\.\d+)?)?"
)
EARLIEST = 2000  # a year before it is a slip of the pen
LONGEST, LONGEST_TITLE, LONGEST_TOKEN, LONGEST_NAME = 8000, 80, 30, 40


class ReplayError(Exception):
    """The file or the county does not allow a replay at all."""


class RowRefused(Exception):
    """One row cannot be carried; the others go on."""


@dataclass(frozen=True)
class Message:
    row: int  # as the sheet shows it
    token: str
    user: str
    title: str
    content: str
    asked_at: dt.datetime
    answer: str
    answered_at: dt.datetime


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(row number as the sheet shows it, heading → value) of the first sheet; empty rows are passed over.

    Raises:
        ReplayError: no Excel file, or not the columns that are needed.
    """
    try:
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise ReplayError(f"打不开 {path.name}，请确认是 Excel 文件：{error}") from None
    headings = [clean(str(cell)) for cell in rows[0]] if rows else []
    if missing := [one for one in HEADINGS if one not in headings]:
        raise ReplayError(f"缺少列：{'、'.join(missing)}。")
    for number, row in enumerate(rows[1:], start=2):
        if any(str(cell).strip() for cell in row):
            yield number, dict(zip(headings, row, strict=False))


def read_message(number: int, row: dict[str, Any]) -> Message:
    """Raises :class:`RowRefused` with the reason in words."""
    token = clean(str(row["留言编号"])).removesuffix(".0")
    user = clean(str(row["留言用户"])).removesuffix(".0")[:LONGEST_NAME]
    title, content, answer = (tidy(row[name]) for name in ("留言主题", "留言详情", "答复意见"))
    if not token:
        raise RowRefused("没有留言编号")
    if len(token) > LONGEST_TOKEN:
        raise RowRefused(f"留言编号超过 {LONGEST_TOKEN} 个字")
    if not title or not content:
        raise RowRefused("留言主题或留言详情是空的")
    if not answer:
        raise RowRefused("没有答复意见")
    title = title.replace("\n", " ")
    if len(title) > LONGEST_TITLE:  # nothing is lost: the whole title opens the content
        content = f"{title}\n{content}"
        title = title[: LONGEST_TITLE - 1] + "…"
    for name, text in (("留言详情", content), ("答复意见", answer)):
        if len(text) > LONGEST:
            raise RowRefused(f"{name}有 {len(text)} 字，超过 {LONGEST} 字")
    asked_at, answered_at = (read_time(row[name], name) for name in ("留言时间", "答复时间"))
    if answered_at <= asked_at:
        raise RowRefused("答复时间早于留言时间")
    if answered_at > timezone.now():
        raise RowRefused("答复时间在将来")
    return Message(number, token, user, title, content, asked_at, answer, answered_at)


def tidy(value: Any) -> str:
    """What a web page left of a text (``\\n\\t\\t``, blank lines, non-breaking blanks) made into plain paragraphs."""
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in clean(str(value)).split("\n"))
    return "\n".join(line for line in lines if line)


def read_time(value: Any, name: str) -> dt.datetime:
    """``2019/4/25 9:32:09``, ``2019年4月25日``, a date cell, or a date cell that lost its format (a number of days)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = _from_days(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    if not isinstance(value, dt.datetime):
        value = _from_text(value)
    if value is None or value.year < EARLIEST:
        raise RowRefused(f"{name}不是可用的日期")
    return timezone.make_aware(value)


def _from_days(days: float) -> dt.datetime | None:
    try:
        found = from_excel(days)
    except (OverflowError, ValueError):
        return None
    return found if isinstance(found, dt.datetime) else None


def _from_text(value: Any) -> dt.datetime | None:
    match = TIME.fullmatch(clean(str(value)))
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        return dt.datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None
