"""What supervision came to, in numbers, for statistics.

Inspections belong to the day on which they were held, findings to that of their inspection. A finding that was sent
counts as put right once it passed the check. *In time*: nothing was reported after its limit, and it is not overdue now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from supervision.models import (
    Finding,
    FindingQuerySet,
    FindingState,
    Inspection,
    InspectionQuerySet,
    Rectification,
    RectificationState,
    Round,
)
from supervision.models.finding import WITH_DEPARTMENT


@dataclass(frozen=True)
class Tally:
    """``deputies``, ``experts``: times somebody came. ``sent`` of ``found`` went to a department; of those ``put_right``
    passed, ``in_time`` kept to their limit so far, ``overdue`` are late now. ``came_back``: found again."""

    held: int = 0
    deputies: int = 0
    experts: int = 0
    found: int = 0
    sent: int = 0
    put_right: int = 0
    in_time: int = 0
    overdue: int = 0
    came_back: int = 0


@dataclass(frozen=True)
class Judged:
    """``rounds`` whose votes are counted; rectifications ``opened`` on these days, of which ``passed`` the vote again."""

    rounds: int
    opened: int
    passed: int


def judged(county_ids: Iterable[int], since: dt.date, until: dt.date) -> Judged:
    """Of satisfaction rounds, both days included. Two queries."""
    counties = list(county_ids)
    rounds = Round.objects.counted().filter(county__in=counties, held_on__range=(since, until)).count()
    under = Rectification.objects.filter(subject__round__county__in=counties, opened_on__range=(since, until))
    passed = Count("pk", filter=Q(state=RectificationState.PASSED))
    return Judged(rounds, **under.aggregate(opened=Count("pk"), passed=passed))


HELD = {
    "held": Count("pk", distinct=True),
    "deputies": Count("participants", filter=Q(participants__attended=True, participants__deputy__isnull=False)),
    "experts": Count("participants", filter=Q(participants__attended=True, participants__expert__isnull=False)),
}


def _found(today: dt.date) -> dict[str, Count]:
    sent, late = Q(state__in=WITH_DEPARTMENT), Q(state=FindingState.SENT, due_on__lt=today)
    return {
        "found": Count("pk"),
        "sent": Count("pk", filter=sent),
        "put_right": Count("pk", filter=Q(state=FindingState.CLOSED)),
        "in_time": Count("pk", filter=sent & Q(overran=False) & ~late),
        "overdue": Count("pk", filter=late),
        "came_back": Count("pk", filter=Q(previous__isnull=False)),
    }


def inspections_of(county_id: int, since: dt.date, until: dt.date) -> InspectionQuerySet:
    """Held from ``since`` to ``until``, both included."""
    return Inspection.objects.held().filter(county=county_id, date__gte=since, date__lte=until)


def findings_of(county_id: int, since: dt.date, until: dt.date) -> FindingQuerySet:
    """Of inspections of these days, without those that were dropped."""
    found = Finding.objects.filter(county=county_id, inspection__date__gte=since, inspection__date__lte=until)
    return found.exclude(state=FindingState.DROPPED)


def of_county(county_id: int, since: dt.date, until: dt.date, today: dt.date | None = None) -> Tally:
    """Two queries."""
    held: dict[str, Any] = inspections_of(county_id, since, until).aggregate(**HELD)
    found = findings_of(county_id, since, until).aggregate(**_found(today or timezone.localdate()))
    return Tally(**held, **found)


def by_group(county_id: int, since: dt.date, until: dt.date, today: dt.date | None = None) -> dict[int | None, Tally]:
    """Group's pk → what it came to; None: inspections of stations. Two queries."""
    return _merged(county_id, since, until, today, "group", "inspection__group")


def by_station(county_id: int, since: dt.date, until: dt.date, today: dt.date | None = None) -> dict[int | None, Tally]:
    """Station's pk → what its own inspections came to; None: inspections of groups. Two queries."""
    return _merged(county_id, since, until, today, "station", "inspection__station")


def by_department(county_id: int, since: dt.date, until: dt.date, today: dt.date | None = None) -> dict[int, Tally]:
    """Department's pk → what was sent to it. One query."""
    sent = findings_of(county_id, since, until).filter(state__in=WITH_DEPARTMENT).order_by()
    rows = sent.values("department").annotate(**_found(today or timezone.localdate()))
    return {row.pop("department"): Tally(**row) for row in rows}  # type: ignore[misc]


def _merged(
    county_id: int, since: dt.date, until: dt.date, today: dt.date | None, of_inspection: str, of_finding: str
) -> dict[int | None, Tally]:
    sums: dict[int | None, dict[str, int]] = {}
    for rows, key in (
        (inspections_of(county_id, since, until).order_by().values(of_inspection).annotate(**HELD), of_inspection),
        (
            findings_of(county_id, since, until)
            .order_by()
            .values(of_finding)
            .annotate(**_found(today or timezone.localdate())),
            of_finding,
        ),
    ):
        for row in rows:
            counts: dict[str, Any] = dict(row)
            sums.setdefault(counts.pop(key), {}).update(counts)
    return {pk: Tally(**counts) for pk, counts in sums.items()}
