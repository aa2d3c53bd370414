"""The roster as a table: deputies down, reception days across; for the page, the Excel ledger and the terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deputies.models import Deputy
from liaison.lib.xlsx import Column
from receptions.models import Duty, ReceptionDay
from receptions.rosters import Roster
from workdays.calendar import WEEKDAYS


@dataclass(frozen=True)
class Head:
    """A day at the top. ``missing``: how many deputies are still wanted."""

    day: ReceptionDay
    missing: int
    is_open: bool

    @property
    def weekday(self) -> str:
        return WEEKDAYS[self.day.date.weekday()]


@dataclass(frozen=True)
class Cell:
    """``mark``: on, new (proposed), gone (to be taken off), away (leave, or on duty elsewhere) or nothing."""

    mark: str = ""
    duty: Duty | None = None


@dataclass(frozen=True)
class Row:
    deputy: Deputy
    cells: list[Cell]
    total: int
    guest: bool = False


def heads(roster: Roster) -> list[Head]:
    slots = {slot.key: slot for slot in roster.slots}
    return [
        Head(
            day,
            max(0, slots[day.pk].need - len(roster.chosen[day.pk])) if slots[day.pk].open else 0,
            slots[day.pk].open,
        )
        for day in roster.days
    ]


def rows(roster: Roster) -> list[Row]:
    away = {one.key: one for one in roster.candidates}
    found = []
    people = [*roster.deputies.values(), *sorted(roster.guests.values(), key=lambda one: (one.pinyin, one.pk))]
    duties = {(duty.deputy_id, day.pk): duty for day in roster.days for duty in roster.duties[day.pk]}
    chosen = {day.pk: set(roster.chosen[day.pk]) for day in roster.days}
    for deputy in people:
        cells = []
        for day in roster.days:
            duty, then = duties.get((deputy.pk, day.pk)), deputy.pk in chosen[day.pk]
            mark = ("on" if then else "gone") if duty else "new" if then else ""
            if not mark and deputy.pk in away and not away[deputy.pk].can_serve(day.date):
                mark = "away"
            cells.append(Cell(mark, duty))
        total = sum(cell.mark in ("on", "new") for cell in cells)
        found.append(Row(deputy, cells, total, guest=deputy.pk in roster.guests))
    return found


def names(roster: Roster, day: ReceptionDay) -> list[str]:
    return [roster.name(pk) for pk in roster.chosen[day.pk]]


# --- as a ledger ----------------------------------------------------------------------------

WORDS = {"on": "值班", "new": "值班", "away": "不能到站", "gone": ""}


def columns(roster: Roster) -> list[Column]:
    days = [Column(f"{day.date:%Y-%m-%d}（{WEEKDAYS[day.date.weekday()]}）", 14) for day in roster.days]
    return [Column("代表", 12), Column("层级", 10), *days, Column("次数", 8, "int")]


def ledger_rows(roster: Roster) -> Iterator[list[Any]]:
    for row in rows(roster):
        marks = [WORDS.get(cell.mark, "") for cell in row.cells]
        yield [row.deputy.name, row.deputy.get_level_display(), *marks, row.total]
    on = [len(roster.chosen[day.pk]) for day in roster.days]
    yield ["值班代表", "", *("、".join(names(roster, day)) for day in roster.days), sum(on)]


def in_words(roster: Roster) -> str:
    """The fairness figures in one line."""
    figures = roster.proposed
    twice = f"，连续值班 {len(figures.running)} 处" if figures.running else "，无人连续值班"
    gap = f"，还缺 {sum(missing for _, missing in figures.gaps)} 人次" if figures.gaps else ""
    return (
        f"{figures.days} 个接待日，{len(figures.totals)} 名代表，排 {figures.filled} 人次{gap}；"
        f"每人 {figures.least}—{figures.most} 次，平均 {figures.mean:.2f} 次，相差 {figures.spread} 次{twice}"
    )


def period_words(start: dt.date, end: dt.date) -> str:
    return f"{start.year}年{start.month}月—{end.year}年{end.month}月"
