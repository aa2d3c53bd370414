"""The figures that are published: how many matters came in, and how many were answered in time, solved, and to the
voters' satisfaction, each with the numbers behind it. One definition for the public pages and for statistics.

========== ===============================================================================================
received    came in (登记日期 in the period); a message that its voter took back does not count
due         an answer was owed by now: answered, or a limit has passed without one
in_time     of these, answered without any step towards the answer having been taken after its limit; a
            granted extension counts until its own end
answered    the voter has the answer, with its kind of result
solved      of these, the kind is 已解决 (河南省代表建议办理办法 art 19, grade A)
votes       answered cases that were rated; the last rating counts
content     of these, 满意 or 基本满意
========== ===============================================================================================

A rate is no number where fewer than :data:`FEW` cases stand behind it.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import JSONObject
from django.utils import timezone

from stations.models import PATH_STEP, Station
from suggestions.choices import ResultKind, Satisfaction, State
from suggestions.models import Suggestion, SuggestionQuerySet
from suggestions.steps import TO_ANSWER

FEW = 10
MONTHS = 12


@dataclass(frozen=True)
class Rate:
    """``part`` of ``whole`` cases."""

    part: int
    whole: int

    @property
    def is_small(self) -> bool:
        return self.whole < FEW

    @property
    def percent(self) -> str:
        """ "92.5%"; empty where too few cases stand behind it. Never rounded up to 100, or down to 0, by a rest."""
        if self.is_small:
            return ""
        tenths = round(self.part * 1000 / self.whole)
        if 0 < self.part < self.whole:
            tenths = min(max(tenths, 1), 999)
        return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths / 10:.1f}%"


@dataclass(frozen=True)
class Tally:
    received: int = 0
    due: int = 0
    in_time: int = 0
    answered: int = 0
    solved: int = 0
    votes: int = 0
    content: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Tally)))

    @property
    def response(self) -> Rate:
        return Rate(self.in_time, self.due)

    @property
    def solution(self) -> Rate:
        return Rate(self.solved, self.answered)

    @property
    def satisfaction(self) -> Rate:
        return Rate(self.content, self.votes)


@dataclass(frozen=True)
class Period:
    """Whole months, by the day a case came in."""

    first: dt.date
    months: int

    @property
    def starts(self) -> list[dt.date]:
        return [_month(self.first, number) for number in range(self.months)]

    @property
    def end(self) -> dt.date:
        """The first day after it."""
        return _month(self.first, self.months)

    @property
    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """Its first moment, and the first one after it."""
        return _midnight(self.first), _midnight(self.end)


def year(number: int) -> Period:
    return Period(dt.date(number, 1, 1), MONTHS)


def last_months(today: dt.date | None = None, months: int = MONTHS) -> Period:
    """The running month and the ones before it."""
    return Period(_month((today or timezone.localdate()).replace(day=1), 1 - months), months)


def _month(first: dt.date, number: int) -> dt.date:
    months = first.year * 12 + first.month - 1 + number
    return dt.date(months // 12, months % 12 + 1, 1)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def of_county(county_id: int, period: Period) -> SuggestionQuerySet:
    return came_in(county_id, *period.span)


def of_station(station: Station, period: Period) -> SuggestionQuerySet:
    """What came in at ``station`` and below it."""
    subtree = Station.objects.within(station).values("pk")
    return of_county(station.county_id, period).filter(station_id__in=subtree)


def came_in(county_id: Any, since: dt.datetime, until: dt.datetime) -> SuggestionQuerySet:
    """From ``since`` on and before ``until``; the county may be one of an outer query."""
    return Suggestion.objects.filter(created_at__gte=since, created_at__lt=until, county_id=county_id)


def total(cases: SuggestionQuerySet, today: dt.date | None = None) -> Tally:
    return Tally(**cases.order_by().aggregate(**_counts(today)))


def in_json(cases: SuggestionQuerySet, today: dt.date | None = None) -> QuerySet[Any, Any]:
    """What :func:`total` counts as one JSON object in one row, to be a part of another query; no row for no case."""
    return cases.order_by().values("county_id").annotate(json=JSONObject(**_counts(today))).values("json")


def by_field(cases: SuggestionQuerySet, today: dt.date | None = None) -> dict[str, Tally]:
    return grouped(cases, "field", today)


def by_station(
    cases: SuggestionQuerySet, stations: Iterable[Station], today: dt.date | None = None
) -> dict[int, Tally]:
    """For each of ``stations`` what came in there; for all but a hub also what came in below it. Those without a case
    are there with nothing."""
    counted = grouped(cases.annotate(path=F("station__path")), "path", today)
    found = {}
    for station in stations:
        deep = len(station.path) > PATH_STEP
        own = [
            tally for path, tally in counted.items() if path == station.path or (deep and path.startswith(station.path))
        ]
        found[station.pk] = sum(own, Tally())
    return found


def by_month(cases: SuggestionQuerySet, period: Period, today: dt.date | None = None) -> dict[dt.date, Tally]:
    """Newest last, months without a case included."""
    edges = [*period.starts, period.end]
    # Ranges, not a function of the date, which SQLite would have to ask Python for, row by row.
    when = [
        When(created_at__gte=_midnight(start), created_at__lt=_midnight(end), then=Value(number))
        for number, (start, end) in enumerate(itertools.pairwise(edges))
    ]
    numbered = cases.annotate(month_number=Case(*when, default=Value(-1), output_field=IntegerField()))
    counted = grouped(numbered, "month_number", today)
    return {start: counted.get(number, Tally()) for number, start in enumerate(period.starts)}


def years_of(county_id: int) -> list[int]:
    """From this year back to the first case, the newest first."""
    first = (
        Suggestion.objects.filter(county_id=county_id).order_by("created_at").values_list("created_at", flat=True)[:1]
    )
    this = timezone.localdate().year
    since = next((timezone.localtime(moment).year for moment in first), this)
    return list(range(this, min(since, this) - 1, -1))


def grouped(cases: SuggestionQuerySet, key: str, today: dt.date | None = None) -> dict[Any, Tally]:
    """What :func:`total` counts for each value of the column ``key``."""
    rows: Sequence[Mapping[str, Any]] = list(cases.order_by().values(key).annotate(**_counts(today)))
    return {row[key]: Tally(**{name: row[name] for name in row if name != key}) for row in rows}


def conditions(today: dt.date | None = None) -> dict[str, Q]:
    """What each number of a :class:`Tally` counts, and the parts of "received" and "due" beside it; the ledger shows
    the cases of a number by the same condition."""
    today = today or timezone.localdate()
    answered, withdrawn = Q(replied_at__isnull=False), Q(state=State.WITHDRAWN)
    late = Q(replied_at__isnull=True, state__in=sorted(TO_ANSWER), due_on__lt=today)
    return {
        "received": ~withdrawn,
        "due": answered | late,
        "in_time": answered & Q(overran=False),
        "answered": answered,
        "solved": answered & Q(result_kind=ResultKind.SOLVED),
        "votes": answered & ~Q(satisfaction=""),
        "content": answered & Q(satisfaction__in=[Satisfaction.SATISFIED, Satisfaction.BASICALLY]),
        "late": late,
        "replied": answered & ~withdrawn,
        "waiting": ~answered & ~withdrawn,
    }


def _counts(today: dt.date | None) -> dict[str, Count]:
    known = conditions(today)
    return {one.name: Count("pk", filter=known[one.name]) for one in fields(Tally)}
