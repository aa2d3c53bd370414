"""How many meetings were held and who attended, for pages, statistics and reports. Only meetings whose sign-in is closed
count, and of those invited only who signed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import ExtractYear

from deputies.models import Deputy
from meetings.models import Attendee, AttendeeKind, AttendeeQuerySet, Meeting, MeetingQuerySet

PRESENT = Q(attendees__signed_in_at__isnull=False)
DEPUTIES = Count("attendees", filter=PRESENT & Q(attendees__kind=AttendeeKind.DEPUTY), distinct=True)
CITIZENS = Count("attendees", filter=PRESENT & Q(attendees__kind=AttendeeKind.CITIZEN), distinct=True)


@dataclass(frozen=True)
class Totals:
    """``deputies`` and ``citizens`` count attendances: somebody at two meetings counts twice (人次)."""

    meetings: int = 0
    deputies: int = 0
    citizens: int = 0


def totals(meetings: MeetingQuerySet) -> Totals:
    """Of those of ``meetings`` that were held."""
    numbers = meetings.held().aggregate(meetings_=Count("pk", distinct=True), deputies_=DEPUTIES, citizens_=CITIZENS)
    return Totals(numbers["meetings_"], numbers["deputies_"], numbers["citizens_"])


def between(county_ids: Iterable[int], since: dt.date, until: dt.date) -> Totals:
    """Both days included."""
    return totals(Meeting.objects.filter(county__in=county_ids, held_on__range=(since, until)))


def by_year(meetings: MeetingQuerySet) -> dict[int, Totals]:
    """Year → totals of its held meetings, the latest first."""
    rows = (
        meetings.held()
        .order_by()
        .annotate(year=ExtractYear("held_on"))
        .values("year")
        .annotate(meetings_=Count("pk", distinct=True), deputies_=DEPUTIES, citizens_=CITIZENS)
        .order_by("-year")
    )
    return {row["year"]: Totals(row["meetings_"], row["deputies_"], row["citizens_"]) for row in rows}


def of_deputies(deputy_ids: Iterable[int] | Any, since: dt.date, until: dt.date) -> dict[int, int]:
    """Deputy's pk → how many meetings the deputy attended; who attended none is left out."""
    rows = _attended(since, until).filter(deputy__in=deputy_ids).order_by().values_list("deputy")
    return {pk: times for pk, times in rows.annotate(times=Count("pk")) if pk is not None}


def attended_by(deputy: Deputy, since: dt.date, until: dt.date) -> MeetingQuerySet:
    return Meeting.objects.filter(pk__in=_attended(since, until).filter(deputy=deputy).values("meeting"))


def _attended(since: dt.date, until: dt.date) -> AttendeeQuerySet:
    found = Attendee.objects.deputies().present().filter(meeting__in=Meeting.objects.held())
    return found.filter(meeting__held_on__range=(since, until))
