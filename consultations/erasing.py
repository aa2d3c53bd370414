"""What this room holds about a case, for when a voter of the case asks to be forgotten (suggestions/erasure.py)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from django.db.models import Model

from consultations.models import Call, Consultation, Progress, Promise, StepRelease, Whistle
from noticeboard.models import Notice
from suggestions.models import Suggestion


def about_case(case: Suggestion) -> Iterator[Model]:
    """Locked, the whole before its parts. What was released of a consultation is among it."""
    own = {"consultation__cases": case}
    notices = StepRelease.objects.filter(**own).values("notice")
    rows = (
        Whistle.objects.filter(case=case),
        Call.objects.filter(whistle__case=case),
        Consultation.objects.filter(cases=case),
        Promise.objects.filter(**own),
        Progress.objects.filter(promise__consultation__cases=case),
        Notice.objects.filter(pk__in=notices),
    )
    return chain.from_iterable(found.select_for_update(of=("self",)).order_by("pk") for found in rows)
