"""Keeping the daily figures: only the days that were touched, and a proof that what is kept is what is.

Three rules make it right whoever writes meanwhile. Marks come with the change, in its transaction. Whoever keeps a day
reads its marks first, counts then, and removes exactly the marks that were read: a change that the count did not see
has a mark that stays. And only one keeps at a time, so that an older count never overwrites a newer one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max, Min

from reports import counting
from reports.models import DailyFigures, TouchedDay
from stations.models import County
from suggestions import figures
from suggestions.models import Suggestion

CHUNK = 60  # days kept in one transaction
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
    chosen = [one for one in days if one[0] == marks[0][1]][:CHUNK] if marks else []
    if not chosen:
        return 0
    keep(chosen[0][0], {day for _, day in chosen})
    read = [pk for one in chosen for pk in days[one]]
    for start in range(0, len(read), 500):
        TouchedDay.objects.filter(pk__in=read[start : start + 500]).delete()
    return len(chosen)


def keep(county_id: int, days: set[dt.date]) -> None:
    """Count ``days`` and put the figures in the place of those that were kept. The caller holds the lock."""
    DailyFigures.objects.filter(county_id=county_id, day__in=days).delete()
    if County.objects.filter(pk=county_id).exists():
        DailyFigures.objects.bulk_create(_counted(county_id, days), batch_size=1000)


def _counted(county_id: int, days: Iterable[dt.date]) -> list[DailyFigures]:
    cases = Suggestion.objects.filter(counting.came_in(days), county_id=county_id)
    found = counting.by_day_and_key(counting.rows(cases))
    made = []
    for (day, kind, key), sums in sorted(found.items()):
        tallied, parts = counting.split(sums)
        made.append(DailyFigures(county_id=county_id, kind=kind, key=key, day=day, parts=parts, **tallied))
    return made


# --- the proof ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    county: County
    day: dt.date
    what: str


def check(county: County, *, repair: bool = False) -> Iterator[Difference]:
    """Every day of ``county`` whose kept figures are not what a count from scratch gives, nor marked to be counted.

    Each portion of days is compared under the lock of who keeps; with ``repair`` what differs is kept anew at once.
    """
    for first, last in _portions(county):
        yield from _check_some(county, first, last, repair)


def _portions(county: County) -> Iterator[tuple[dt.date, dt.date]]:
    cases = Suggestion.objects.filter(county=county).aggregate(first=Min("created_at"), last=Max("created_at"))
    kept = DailyFigures.objects.filter(county=county).aggregate(first=Min("day"), last=Max("day"))
    edges = [counting.local_day(moment) for moment in cases.values() if moment]
    edges += [day for day in kept.values() if day]
    if not edges:
        return
    day, end = min(edges), max(edges)
    while day <= end:
        last = min(day + dt.timedelta(days=CHUNK - 1), end)
        yield day, last
        day = last + dt.timedelta(days=1)


@transaction.atomic
def _check_some(county: County, first: dt.date, last: dt.date, repair: bool) -> list[Difference]:
    _lock()
    span = {first + dt.timedelta(days=number) for number in range((last - first).days + 1)}
    days = span - touched(county.pk, first, last)
    is_so = {(row.day, row.kind, row.key): _comparable(row) for row in _counted(county.pk, days)}
    kept = {
        (row.day, row.kind, row.key): _comparable(row)
        for row in DailyFigures.objects.filter(county=county, day__in=days)
    }
    published = figures.total(Suggestion.objects.filter(counting.came_in(days), county_id=county.pk))
    # What came meanwhile was perhaps counted, and not kept: it has its mark by now, and nobody else keeps.
    meanwhile = touched(county.pk, first, last) & days
    wrong = sorted(
        key for key in is_so.keys() | kept.keys() if is_so.get(key) != kept.get(key) and key[0] not in meanwhile
    )
    found = [
        Difference(county, day, _said(kind, key, kept.get((day, kind, key)), is_so.get((day, kind, key))))
        for day, kind, key in wrong
    ]
    if not meanwhile:
        found += _against_the_board(county, first, published, is_so)
    if repair and wrong:
        keep(county.pk, {day for day, _, _ in wrong})
    return found


def _comparable(row: DailyFigures) -> dict[str, int]:
    return {**{name: getattr(row, name) for name in counting.TALLIED}, **row.parts}


def _said(kind: str, key: str, kept: dict[str, int] | None, counted: dict[str, int] | None) -> str:
    if kept is None or counted is None:
        return f"{kind}:{key} {'没有留存' if kept is None else '多出的留存'}"
    names = sorted(name for name in kept.keys() | counted.keys() if kept.get(name, 0) != counted.get(name, 0))
    return f"{kind}:{key} " + "，".join(
        f"{name} 留存 {kept.get(name, 0)}、实际 {counted.get(name, 0)}" for name in names
    )


def _against_the_board(
    county: County, first: dt.date, published: figures.Tally, is_so: dict[tuple[dt.date, str, str], dict[str, int]]
) -> Iterator[Difference]:
    """The count itself, held against the published figures, which the database counts by itself."""
    for name in ("received", "in_time", "answered", "solved", "votes", "content"):
        number = sum(one[name] for (_, kind, _), one in is_so.items() if kind == "county")
        if number != getattr(published, name):
            yield Difference(county, first, f"起：{name} 逐件计 {number}，公开口径 {getattr(published, name)}")
