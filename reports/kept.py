"""Reading what is kept: which days of a period are told by whole months, which by the day, and which have to be counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum

from reports import counting, upkeep
from reports.counting import Sums
from reports.models import DailyFigures, KeptKind, MonthlyFigures
from reports.periods import Period, end_of_month
from reports.scopes import COUNTY, FIELD, STATION, Scope
from suggestions.figures import Tally

Whose = tuple[str, str]  # KeptKind, key
ONE = dt.timedelta(days=1)
BY_MONTH = 92  # days; a shorter period is drawn in days or weeks, for which months are of no use


@dataclass(frozen=True)
class Told:
    """``months`` are whole ones of the period without a touched day; ``spans`` are all other days, touched ones too."""

    period: Period
    months: frozenset[dt.date]
    spans: tuple[tuple[dt.date, dt.date], ...]
    touched: frozenset[dt.date]

    def by_month(self, day: dt.date) -> bool:
        return day.replace(day=1) in self.months

    @property
    def not_by_month(self) -> Q:
        """The condition on cases that came in on the days of ``spans``."""
        return _any(counting.within(first, last) for first, last in self.spans)


def _any(conditions: Iterable[Q]) -> Q:
    found = Q(pk__in=[])
    for one in conditions:
        found |= one
    return found


def tell(county_id: int, periods: Sequence[Period]) -> list[Told]:
    """Asks for the marks, before anything kept is read: a day that is kept anew meanwhile is counted once more, which
    gives the same; the other way round a change could be missed."""
    return [_tell(one, upkeep.touched(county_id, one.first, one.last)) for one in periods]


def _tell(period: Period, touched: set[dt.date]) -> Told:
    marked = {day.replace(day=1) for day in touched}
    months: set[dt.date] = set()
    spans: list[tuple[dt.date, dt.date]] = []
    day = period.first
    while day <= period.last:
        last = min(end_of_month(day), period.last)
        if day.day == 1 and last == end_of_month(day) and day not in marked and period.days > BY_MONTH:
            months.add(day)
        elif spans and spans[-1][1] == day - ONE:
            spans[-1] = spans[-1][0], last
        else:
            spans.append((day, last))
        day = last + ONE
    return Told(period, frozenset(months), tuple(spans), frozenset(touched))


def sums(scope: Scope, told: Sequence[Told]) -> dict[dt.date, Sums]:
    """Of the scope, by day; a month that is told as a whole stands at its first day."""
    if scope.kept is None:
        came = _any(counting.within(one.period.first, one.period.last) for one in told)
        return counting.by_day(counting.rows(scope.cases.filter(came)))
    kind, key = scope.kept
    whose = {"county_id": scope.county.pk, "kind": kind, "key": key}
    touched = {day for one in told for day in one.touched}
    spans = _any(Q(day__gte=first, day__lte=last) for one in told for first, last in one.spans)
    daily = DailyFigures.objects.filter(spans, **whose).values("day", "parts", *counting.TALLIED)
    found = {row["day"]: counting.as_sums(row) for row in daily if row["day"] not in touched}
    if months := {month for one in told for month in one.months}:
        monthly = MonthlyFigures.objects.filter(of="", month__in=months, **whose)
        found |= {row["month"]: counting.as_sums(row) for row in monthly.values("month", "parts", *counting.TALLIED)}
    if touched:
        found |= counting.by_day(counting.rows(scope.cases.filter(counting.came_in(touched))))
    return found


def groups(scope: Scope, told: Told) -> dict[Whose, Tally]:
    """What is kept of the parts of a scope, without what is owed by now: of a county all days but the touched ones, of a
    station below the hub and of a field the months; see :func:`untold`."""
    if scope.kind == COUNTY:
        found = _of_county(scope, told)
    elif has_shares(scope) and told.months:
        kind, key = scope.kept or ("", "")
        rows = MonthlyFigures.objects.filter(county_id=scope.county.pk, kind=kind, key=key, month__in=told.months)
        found = _tallies(rows.exclude(of=""), "of", "share")
    else:
        found = {}
    return found


def has_shares(scope: Scope) -> bool:
    return scope.kept is not None and scope.kind in (STATION, FIELD)


def is_told(scope: Scope, told: Told, day: dt.date) -> bool:
    """Whether :func:`groups` tells of that day."""
    if scope.kind == COUNTY:
        return day not in told.touched
    return has_shares(scope) and told.by_month(day)


def untold(scope: Scope, told: Told) -> Q:
    """The condition on the scope's cases that :func:`groups` does not tell of."""
    if scope.kind == COUNTY:
        return counting.came_in(told.touched)
    return told.not_by_month if has_shares(scope) else counting.within(told.period.first, told.period.last)


def _of_county(scope: Scope, told: Told) -> dict[Whose, Tally]:
    spans = _any(Q(day__gte=first, day__lte=last) for first, last in told.spans)
    days = DailyFigures.objects.filter(spans, county_id=scope.county.pk).exclude(kind=KeptKind.COUNTY)
    found = _tallies(days.exclude(day__in=told.touched), "kind", "key") if told.spans else {}
    if told.months:
        months = MonthlyFigures.objects.filter(county_id=scope.county.pk, of="", month__in=told.months)
        for whose, tally in _tallies(months.exclude(kind=KeptKind.COUNTY), "kind", "key").items():
            found[whose] = found.get(whose, Tally()) + tally
    return found


def of_departments(county_id: int, pks: Iterable[int], told: Told) -> dict[int, Tally]:
    """What whole departments led in the months."""
    rows = MonthlyFigures.objects.filter(
        county_id=county_id, kind=KeptKind.DEPARTMENT, key__in=[str(pk) for pk in pks], of="", month__in=told.months
    )
    return {int(key): tally for (_, key), tally in _tallies(rows, "kind", "key").items()}


def _tallies(rows: Any, kind: str, key: str) -> dict[Whose, Tally]:
    columns = {name: Sum(name) for name in counting.TALLIED}
    return {(row[kind], row[key]): tally(row, 0) for row in rows.order_by().values(kind, key).annotate(**columns)}


def tally(sums: Mapping[str, Any], late: int) -> Tally:
    """``late``: how many owe an answer today without having given one."""
    answered = sums.get("answered", 0)
    return Tally(
        received=sums.get("received", 0),
        due=answered + late,
        in_time=sums.get("in_time", 0),
        answered=answered,
        solved=sums.get("solved", 0),
        votes=sums.get("votes", 0),
        content=sums.get("content", 0),
    )
