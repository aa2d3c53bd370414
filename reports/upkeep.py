"""Keeping the figures of days and months: only those that were touched, and a proof that what is kept is what is.

Three rules make it right whoever writes meanwhile. Marks come with the change, in its transaction. Whoever keeps a day
reads its marks first, counts then, and removes exactly the marks that were read: a change that the count did not see
has a mark that stays. And only one keeps at a time, so that an older count never overwrites a newer one. A month is
kept together with any of its days; as long as one of them is marked, nobody reads it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max, Min, Q

from reports import counting
from reports.counting import Kept
from reports.models import DailyFigures, KeptKind, MonthlyFigures, TouchedDay
from reports.periods import end_of_month
from stations.models import County
from suggestions import figures
from suggestions.models import Suggestion

CHUNK = 62  # days kept in one transaction: two months
MARKS = 20_000  # marks read at once
LOCK = 4_108_221_031  # of who keeps


def _lock() -> None:
    """SQLite has one writer at a time as it is."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def touched(county_id: int, first: dt.date | None = None, last: dt.date | None = None) -> set[dt.date]:
    """The days of which kept figures may no longer be true, between ``first`` and ``last``."""
    marks = TouchedDay.objects.filter(county_id=county_id)
    if first:
        marks = marks.filter(day__gte=first)
    if last:
        marks = marks.filter(day__lte=last)
    return set(marks.order_by().values_list("day", flat=True).distinct())


def refresh(most: int | None = None) -> int:
    """Count the touched days anew, at most ``most`` of them; returns how many. A missed night is caught up, a run that
    dies leaves its marks."""
    done = 0
    while most is None or done < most:
        kept = _refresh_some()
        if not kept:
            break
        done += kept
    return done


@transaction.atomic
def _refresh_some() -> int:
    _lock()
    marks = list(TouchedDay.objects.order_by("county_id", "day")[:MARKS].values_list("pk", "county_id", "day"))
    days: dict[tuple[int, dt.date], list[int]] = defaultdict(list)
    for pk, county_id, day in marks:
        days[county_id, day].append(pk)
    if not marks:
        return 0
    county_id = marks[0][1]
    chosen = _in_whole_months([day for one, day in days if one == county_id])
    keep(county_id, set(chosen))
    read = [pk for day in chosen for pk in days[county_id, day]]
    for start in range(0, len(read), 500):
        TouchedDay.objects.filter(pk__in=read[start : start + 500]).delete()
    return len(chosen)


def _in_whole_months(days: list[dt.date]) -> list[dt.date]:
    """The first of ``days``, no month of them torn apart where it can be helped: each is counted as a whole."""
    chosen = days[:CHUNK]
    if len(days) > CHUNK and (days[CHUNK].year, days[CHUNK].month) == (chosen[-1].year, chosen[-1].month):
        torn = chosen[-1].replace(day=1)
        return [day for day in chosen if day < torn] or chosen
    return chosen


def keep(county_id: int, days: set[dt.date]) -> None:
    """Count ``days`` and their months, and put the figures in the place of those that were kept. The caller holds the
    lock."""
    months = {day.replace(day=1) for day in days}
    DailyFigures.objects.filter(county_id=county_id, day__in=days).delete()
    MonthlyFigures.objects.filter(county_id=county_id, month__in=months).delete()
    if County.objects.filter(pk=county_id).exists():
        found = _counted(county_id, months)
        DailyFigures.objects.bulk_create(_daily(county_id, found, days), batch_size=1000)
        MonthlyFigures.objects.bulk_create(_monthly(county_id, found, months), batch_size=1000)


def _counted(county_id: int, months: Iterable[dt.date]) -> Kept:
    whole = Q(pk__in=[])
    for month in months:
        whole |= counting.within(month, end_of_month(month))
    return counting.to_keep(counting.rows(Suggestion.objects.filter(whole, county_id=county_id)))


def _daily(county_id: int, found: Kept, days: Container[dt.date]) -> list[DailyFigures]:
    made = []
    for (day, (kind, key)), sums in sorted(found.days.items()):
        if day in days:
            tallied, parts = counting.split(sums)
            made.append(DailyFigures(county_id=county_id, kind=kind, key=key, day=day, parts=parts, **tallied))
    return made


def _monthly(county_id: int, found: Kept, months: Container[dt.date]) -> list[MonthlyFigures]:
    made = []
    for (month, (kind, key, of, share)), sums in sorted(found.months.items()):
        if month in months:
            tallied, parts = counting.split(sums)
            named = {"kind": kind, "key": key, "of": of, "share": share, "month": month}
            made.append(MonthlyFigures(county_id=county_id, parts=parts, **named, **tallied))
    return made


# --- the proof ------------------------------------------------------------------------------

Row = tuple[dt.date, str]  # the day, or the first of the month; what it is of
MONTHS = 2  # compared in one transaction


@dataclass(frozen=True)
class Difference:
    county: County
    day: dt.date
    what: str


def check(county: County, *, repair: bool = False) -> Iterator[Difference]:
    """Every day and month of ``county`` whose kept figures are not what a count from scratch gives, nor marked to be
    counted.

    Each portion is compared under the lock of who keeps; with ``repair`` what differs is kept anew at once.
    """
    for months in _portions(county):
        yield from _check_some(county, months, repair)


def _portions(county: County) -> Iterator[list[dt.date]]:
    cases = Suggestion.objects.filter(county=county).aggregate(first=Min("created_at"), last=Max("created_at"))
    days = DailyFigures.objects.filter(county=county).aggregate(first=Min("day"), last=Max("day"))
    months = MonthlyFigures.objects.filter(county=county).aggregate(first=Min("month"), last=Max("month"))
    edges = [counting.local_day(moment) for moment in cases.values() if moment]
    edges += [day for day in (*days.values(), *months.values()) if day]
    if not edges:
        return
    portion, month, end = [], min(edges).replace(day=1), max(edges)
    while month <= end:
        portion.append(month)
        month = end_of_month(month) + dt.timedelta(days=1)
        if len(portion) == MONTHS or month > end:
            yield portion
            portion = []


@transaction.atomic
def _check_some(county: County, months: list[dt.date], repair: bool) -> list[Difference]:
    _lock()
    first, last = months[0], end_of_month(months[-1])
    marked = touched(county.pk, first, last)
    is_so = _counted(county.pk, months)
    known = {first + dt.timedelta(days=number) for number in range((last - first).days + 1)} - marked
    published = figures.total(Suggestion.objects.filter(counting.came_in(known), county_id=county.pk))
    kept = _rows_of(
        DailyFigures.objects.filter(county=county, day__gte=first, day__lte=last),
        MonthlyFigures.objects.filter(county=county, month__in=months),
    )
    counted = _rows_of(_daily(county.pk, is_so, known), _monthly(county.pk, is_so, months))
    # What came meanwhile was perhaps counted, and not kept: it has its mark by now, and nobody else keeps.
    meanwhile = touched(county.pk, first, last)
    doubtful = meanwhile | {day.replace(day=1) for day in meanwhile}
    wrong = sorted(
        row
        for row in kept.keys() | counted.keys()
        if kept.get(row) != counted.get(row) and row[0] not in (doubtful if row[1].startswith(MONTH) else meanwhile)
    )
    found = [
        Difference(county, day, _said(what, kept.get((day, what)), counted.get((day, what)))) for day, what in wrong
    ]
    if meanwhile == marked:
        found += _against_the_board(county, first, published, counted)
    if repair and wrong:
        keep(county.pk, {day for day, _ in wrong})
    return found


MONTH = "month "


def _rows_of(days: Iterable[DailyFigures], months: Iterable[MonthlyFigures]) -> dict[Row, dict[str, int]]:
    found = {(row.day, f"{row.kind}:{row.key}"): _comparable(row) for row in days}
    return found | {
        (row.month, f"{MONTH}{row.kind}:{row.key} {row.of}:{row.share}".removesuffix(" :")): _comparable(row)
        for row in months
    }


def _comparable(row: DailyFigures | MonthlyFigures) -> dict[str, int]:
    return {**{name: getattr(row, name) for name in counting.TALLIED}, **row.parts}


def _said(what: str, kept: dict[str, int] | None, counted: dict[str, int] | None) -> str:
    if kept is None or counted is None:
        return f"{what} {'没有留存' if kept is None else '多出的留存'}"
    names = sorted(name for name in kept.keys() | counted.keys() if kept.get(name, 0) != counted.get(name, 0))
    return f"{what} " + "，".join(f"{name} 留存 {kept.get(name, 0)}、实际 {counted.get(name, 0)}" for name in names)


def _against_the_board(
    county: County, first: dt.date, published: figures.Tally, counted: dict[Row, dict[str, int]]
) -> Iterator[Difference]:
    """The count itself, held against the published figures, which the database counts by itself."""
    for name in ("received", "in_time", "answered", "solved", "votes", "content"):
        number = sum(one[name] for (_, what), one in counted.items() if what == f"{KeptKind.COUNTY.value}:")
        if number != getattr(published, name):
            yield Difference(county, first, f"起：{name} 逐件计 {number}，公开口径 {getattr(published, name)}")
