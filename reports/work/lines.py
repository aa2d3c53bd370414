"""One number of the overview, of now and of the year before, as a row of a table."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse

from reports.periods import Period
from reports.tables import Cell, Table, change
from suggestions.figures import Rate

Row = tuple[Cell, ...]
HEADS = ("本期", "上年同期", "增减")


def line(
    label: str,
    now: int | None,
    before: int | None = None,
    *,
    url: str = "",
    links: tuple[str, str] = ("", ""),
    rates: tuple[Rate, Rate] | None = None,
) -> Row:
    """``before`` is None where the number is how things stand today, of which nobody kept last year's. ``url`` is the list
    of what is counted; ``links`` where the list of each of the two has an address of its own."""
    first, second = rates or (None, None)
    here, there = url or links[0], url or links[1]
    older = Cell(text="—") if before is None else Cell(before, url=there, rate=second)
    return Cell(text=label), Cell(now, url=here, rate=first), older, change(now, before)


def section(name: str, title: str, rows: Sequence[Row], note: str = "") -> Table:
    return Table(name, title, "项目", HEADS, rows, note)


def address(name: str, *arguments: object, **asked: object) -> str:
    url = reverse(name, args=arguments)
    return f"{url}?{urlencode(asked)}" if asked else url


EVERY = "all"  # a period's preset: everything there ever was, which lists show without a year


def by_year(name: str, period: Period, **asked: object) -> tuple[str, str]:
    """The list ``name`` of the year, and of the year before: none where that was counted to the same day only, which a
    list of a whole year does not show."""
    year = period.last.year
    whole = (period.last.month, period.last.day) == (12, 31)
    now = "" if period.preset == EVERY else year
    return address(name, **asked, year=now), address(name, **asked, year=year - 1) if whole else ""


def span(period: Period) -> dict[str, str]:
    return {"since": period.first.isoformat(), "until": period.last.isoformat()}
