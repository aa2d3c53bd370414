"""What deputies did in the rooms of consultations, supervision and draft laws, and in their own papers, for the duty record: each the rows
of all ``deputies`` (their keys, or a query of them) from one day to another, both included."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Q, QuerySet

from consultations.models import HELD_STATES, Party
from legislation.models import Opinion, OpinionQuerySet
from reports import counting
from suggestions.models import Formal, FormalQuerySet, FormalSigner, SignerState
from supervision.models import Inspection, Participant


def inspected(deputies: Any, first: dt.date, last: dt.date) -> QuerySet[Participant, Participant]:
    """Inspections that were held and to which the deputy came."""
    held = Inspection.objects.held().filter(date__range=(first, last))
    return Participant.objects.filter(deputy__in=deputies, attended=True, inspection__in=held)


def consulted(deputies: Any, first: dt.date, last: dt.date) -> QuerySet[Party, Party]:
    """Consultations that took place, and for which the deputy signed in."""
    on = {"consultation__date__range": (first, last), "consultation__state__in": HELD_STATES}
    return Party.objects.filter(deputy__in=deputies, signed_in_at__isnull=False, **on)


def led(deputies: Any, first: dt.date, last: dt.date) -> FormalQuerySet:
    """代表建议 and 议案 filed in these days with the deputy in the lead."""
    return Formal.objects.filed().filter(counting.within(first, last, "filed_at"), lead__in=deputies)


def signed(deputies: Any, first: dt.date, last: dt.date) -> QuerySet[FormalSigner, FormalSigner]:
    """The same with the deputy's signature under another's."""
    filed = Formal.objects.filed().filter(counting.within(first, last, "filed_at"))
    confirmed = Q(deputy__in=deputies, state=SignerState.CONFIRMED, formal__in=filed)
    return FormalSigner.objects.filter(confirmed).exclude(formal__lead=F("deputy"))


def opined(deputies: Any, first: dt.date, last: dt.date) -> OpinionQuerySet:
    """Opinions on draft laws."""
    return Opinion.objects.counted().filter(counting.within(first, last, "given_at"), deputy__in=deputies)
