"""How departments answer whistles, each rate with its numbers. One definition for the page and the export.

========== ===================================================================================================
called      calls of whistles that were blown in the period; those agreed to be needless (退哨) count here alone
due         somebody came, or the limit has passed without anybody (also where the station then gave up)
in_time     of these, checked in within the limit
rated       worked off and rated by the station
solved      of these, 已解决
content     of these, 满意 or 基本满意
judged      the department has said what it thinks of the whistle
justified   of these, 吹得准
========== ===================================================================================================

A rate is no number where fewer than ``suggestions.figures.FEW`` calls stand behind it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone

from consultations.models import Call, CallQuerySet, CallState, Justified, Solved
from consultations.models.whistle import IN_TIME
from stations.models import Department, Station
from suggestions import figures
from suggestions.choices import Satisfaction
from suggestions.figures import Rate


@dataclass(frozen=True)
class Tally:
    called: int = 0
    due: int = 0
    in_time: int = 0
    rated: int = 0
    solved: int = 0
    content: int = 0
    judged: int = 0
    justified: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Tally)))

    @property
    def response(self) -> Rate:
        return Rate(self.in_time, self.due)

    @property
    def solution(self) -> Rate:
        return Rate(self.solved, self.rated)

    @property
    def satisfaction(self) -> Rate:
        return Rate(self.content, self.rated)

    @property
    def justification(self) -> Rate:
        return Rate(self.justified, self.judged)


def conditions(now: dt.datetime) -> dict[str, Q]:
    """What each number counts."""
    missed = Q(state=CallState.CALLED, due_at__lt=now) | Q(state=CallState.WITHDRAWN, since__gt=F("due_at"))
    rated, judged = Q(rated_at__isnull=False), Q(judged_at__isnull=False)
    return {
        "called": Q(),
        "due": Q(came_at__isnull=False) | missed,
        "in_time": IN_TIME,
        "rated": rated,
        "solved": rated & Q(solved=Solved.YES),
        "content": rated & Q(content__in=[Satisfaction.SATISFIED, Satisfaction.BASICALLY]),
        "judged": judged,
        "justified": judged & Q(justified=Justified.YES),
    }


def _counts(now: dt.datetime | None) -> dict[str, Count]:
    known = conditions(now or timezone.now())
    return {one.name: Count("pk", filter=known[one.name] or None) for one in fields(Tally)}


def in_year(calls: CallQuerySet, year: int) -> CallQuerySet:
    """Of whistles that were blown in ``year``."""
    since, until = figures.year(year).span
    return calls.filter(whistle__blown_at__gte=since, whistle__blown_at__lt=until)


def years(calls: CallQuerySet) -> list[int]:
    """From this year back to the first whistle."""
    this = timezone.localdate().year
    first = calls.order_by("whistle__blown_at").values_list("whistle__blown_at", flat=True).first()
    return list(range(this, min(timezone.localtime(first).year if first else this, this) - 1, -1))


def total(calls: CallQuerySet, now: dt.datetime | None = None) -> Tally:
    return Tally(**calls.order_by().aggregate(**_counts(now)))


def by_department(calls: CallQuerySet, now: dt.datetime | None = None) -> list[tuple[Department, Tally]]:
    """Those that were called, in the order of the tree: no ranking."""
    counted = _grouped(calls, "department", now)
    found = Department.objects.filter(pk__in=counted).select_related("station").order_by("station__path", "name")
    return [(one, counted[one.pk]) for one in found]


def by_station(calls: CallQuerySet, now: dt.datetime | None = None) -> list[tuple[Station, Tally]]:
    """Those that whistled, in the order of the tree."""
    counted = _grouped(calls, "whistle__station", now)
    return [(one, counted[one.pk]) for one in Station.objects.filter(pk__in=counted).order_by("path")]


def by_ground(calls: CallQuerySet) -> dict[str, int]:
    """Whistles, not calls."""
    counted = calls.order_by().values("whistle__ground").annotate(count=Count("whistle", distinct=True))
    return dict(counted.values_list("whistle__ground", "count"))


def _grouped(calls: CallQuerySet, key: str, now: dt.datetime | None) -> dict[int, Tally]:
    rows: Iterable[dict[str, Any]] = calls.order_by().values(key).annotate(**_counts(now))
    return {row[key]: Tally(**{name: row[name] for name in row if name != key}) for row in rows}


def of(user: Any) -> CallQuerySet:
    """What ``user``'s figures are made of: what that person sees."""
    return Call.objects.visible_to(user)
