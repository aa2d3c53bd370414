"""The reception days of a scope: how many were due and held, who came, who was on duty and there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from receptions.models import DayState, Duty, ReceptionDay, ReceptionDayQuerySet
from reports.periods import Period
from reports.scopes import COUNTY, DEPUTY, STATION, Scope
from stations.models import Station
from suggestions.figures import Rate

HELD = (DayState.OPEN, DayState.CLOSED)


@dataclass(frozen=True)
class Receptions:
    """``due``: reception days up to today that were not cancelled; ``held``: of these opened. ``on_duty`` and
    ``signed_in`` are duties on held days. Of a deputy: the days on duty, visitors of those with the deputy there."""

    due: int = 0
    held: int = 0
    cancelled: int = 0
    visitors: int = 0
    on_duty: int = 0
    signed_in: int = 0

    @property
    def attendance(self) -> Rate:
        return Rate(self.signed_in, self.on_duty)


@dataclass(frozen=True)
class Mark:
    """One date of the calendar: how many days were held, are still to come or were missed, cancelled; and visitors."""

    held: int = 0
    open: int = 0
    cancelled: int = 0
    visitors: int = 0


@dataclass(frozen=True)
class Received:
    spans: list[Receptions]
    marks: dict[dt.date, Mark]


def days_of(scope: Scope) -> ReceptionDayQuerySet:
    """The reception days of the scope; of departments and fields there are none."""
    days = ReceptionDay.objects.filter(county_id=scope.county.pk)
    if scope.kind == COUNTY:
        return days
    if scope.kind == STATION and scope.station:
        return days.filter(station_id__in=Station.objects.within(scope.station).values("pk"))
    if scope.kind == DEPUTY and scope.deputy:
        return days.filter(pk__in=Duty.objects.filter(deputy=scope.deputy).values("day_id"))
    return days.none()


def of(scope: Scope, periods: Sequence[Period], year: int, today: dt.date) -> Received | None:
    """The numbers of each of ``periods``, and the dates of ``year``; None for a scope without reception days."""
    if not scope.has_receptions:
        return None
    first = min(dt.date(year, 1, 1), *(one.first for one in periods))
    last = max(dt.date(year, 12, 31), *(one.last for one in periods))
    mine = Q(duties__deputy=scope.deputy) if scope.deputy else Q()
    days = (
        days_of(scope)
        .filter(date__gte=first, date__lte=last)
        .order_by("date")
        .annotate(
            placed=Count("duties", filter=mine),
            present=Count("duties", filter=mine & Q(duties__signed_in_at__isnull=False)),
        )
        .values_list("date", "state", "visitors", "placed", "present", named=True)
    )
    rows = list(days)
    return Received([_span(rows, one, today, scope) for one in periods], _marks(rows, year, scope))


def _span(rows: Sequence[Any], period: Period, today: dt.date, scope: Scope) -> Receptions:
    inside = [row for row in rows if period.first <= row.date <= period.last]
    held = [row for row in inside if row.state in HELD]
    there = [row for row in held if row.present] if scope.kind == DEPUTY else held
    return Receptions(
        due=sum(row.state != DayState.CANCELLED and (row.date <= today or row.state in HELD) for row in inside),
        held=len(held),
        cancelled=sum(row.state == DayState.CANCELLED for row in inside),
        visitors=sum(row.visitors for row in there),
        on_duty=sum(row.placed for row in held),
        signed_in=sum(row.present for row in held),
    )


def _marks(rows: Sequence[Any], year: int, scope: Scope) -> dict[dt.date, Mark]:
    marks: dict[dt.date, Mark] = {}
    for row in rows:
        date, state, visitors, _, present = row
        if date.year == year:
            mark = marks.get(date, Mark())
            held, cancelled = state in HELD, state == DayState.CANCELLED
            marks[date] = Mark(
                mark.held + held,
                mark.open + (not held and not cancelled),
                mark.cancelled + cancelled,
                mark.visitors + (visitors if held and (present or scope.kind != DEPUTY) else 0),
            )
    return marks
