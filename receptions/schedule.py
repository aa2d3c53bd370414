"""The rule of a station's reception days, and the theme of a day: own, or as at the station above.

The days that a rule makes are in ``planning.py``; what an office does with one day in ``days.py``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from receptions.models import QuarterTheme, ReceptionDay, ReceptionRule
from stations.models import PATH_STEP, Kind, Station
from workdays.calendar import Move

HOLDS = (Kind.HUB, Kind.TOWNSHIP)  # the kinds of stations that hold reception days unless their own rule says otherwise
MANY = 400  # paths named one by one in a query; beyond, the rules of whole counties are read


@dataclass(frozen=True)
class Rule:
    """A station's rule with nothing left open. ``day`` is of the month; ``notice_days`` and ``again_days`` are calendar
    days before the reception day, ``min_duties`` a year, ``on_duty`` deputies a day."""

    holds: bool
    day: int
    move: str
    starts_at: dt.time
    ends_at: dt.time
    notice_days: int
    again_days: int
    on_duty: int
    min_duties: int


DEFAULTS = Rule(
    holds=True,
    day=25,
    move=Move.AFTER_FIRST,
    starts_at=dt.time(9),
    ends_at=dt.time(11, 30),
    notice_days=5,
    again_days=2,
    on_duty=2,
    min_duties=2,
)
# What goes down the tree: each of these together or not at all. Hours come in pairs, so that nobody's 14:00 meets the
# 11:30 of the station above. Whether a station holds days is said for that station alone.
INHERITED: tuple[tuple[str, ...], ...] = (
    ("day",),
    ("move",),
    ("starts_at", "ends_at"),
    ("notice_days",),
    ("again_days",),
    ("on_duty",),
    ("min_duties",),
)


@dataclass(frozen=True)
class Sourced:
    """A rule, and for each of its fields the station it comes from; None: the default."""

    rule: Rule
    sources: dict[str, int | None]


def line(path: str) -> list[str]:
    """The paths from a station itself up to its hub."""
    return [path[:end] for end in range(len(path), 0, -PATH_STEP)]


def rule_for(station: Station) -> Rule:
    return sourced_rule(station).rule


def rules_for(stations: Iterable[Station]) -> dict[int, Rule]:
    """The rule of each station by its pk: one query, however many stations."""
    chosen = list(stations)
    rows = _rows(chosen)
    return {station.pk: _resolve(station, rows).rule for station in chosen}


def sourced_rule(station: Station) -> Sourced:
    return _resolve(station, _rows([station]))


def _rows(stations: list[Station]) -> dict[str, ReceptionRule]:
    """The rules of ``stations`` and of those above them, by path."""
    rows = ReceptionRule.objects.select_related("station").only(
        "station__path", *(field.name for field in ReceptionRule._meta.fields)
    )
    paths = {path for station in stations for path in line(station.path)}
    if len(paths) > MANY:
        rows = rows.filter(station__county__in={station.county_id for station in stations})
    else:
        rows = rows.filter(station__path__in=paths)
    return {row.station.path: row for row in rows}


def _resolve(station: Station, rows: dict[str, ReceptionRule]) -> Sourced:
    above = [rows[path] for path in line(station.path) if path in rows]
    own = rows.get(station.path)
    told = own is not None and own.holds is not None
    values: dict[str, Any] = {"holds": own.holds if own and told else station.kind in HOLDS}
    sources: dict[str, int | None] = {"holds": station.pk if told else None}
    for group in INHERITED:
        row = next((row for row in above if all(getattr(row, name) not in (None, "") for name in group)), None)
        for name in group:
            sources[name] = row.station_id if row else None
            if row:
                values[name] = getattr(row, name)
    return Sourced(replace(DEFAULTS, **values), sources)


def theme_of(day: ReceptionDay) -> str:
    """The day's own theme, else that of its quarter at its station or at the nearest one above; empty where none is."""
    return themes_of([day])[day.pk]


def themes_of(days: Iterable[ReceptionDay]) -> dict[int, str]:
    """The theme of each day (with ``station`` loaded) by its pk: one query at most."""
    chosen = list(days)
    open_days = [day for day in chosen if not day.theme]
    found = _quarter_themes(open_days) if open_days else {}
    return {day.pk: day.theme or next(_inherited(day, found), "") for day in chosen}


def quarter(date: dt.date) -> int:
    return (date.month + 2) // 3


def _quarter_themes(days: list[ReceptionDay]) -> dict[tuple[str, int, int], str]:
    rows = QuarterTheme.objects.filter(
        station__county__in={day.county_id for day in days}, year__in={day.date.year for day in days}
    ).exclude(theme="")
    columns = rows.order_by().values_list("station__path", "year", "quarter", "theme")
    return {(path, year, number): theme for path, year, number, theme in columns}


def _inherited(day: ReceptionDay, found: dict[tuple[str, int, int], str]) -> Iterator[str]:
    for path in line(day.station.path):
        if theme := found.get((path, day.date.year, quarter(day.date))):
            yield theme
