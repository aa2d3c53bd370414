"""When a promise is not kept in time, owner and office are told: on the first day after its day, and then once a week
as long as it is open. Driven by a task that scans the database; it may run twice, or a week late."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from consultations import telling
from consultations.models import OPEN_STATES, Promise

WEEK = 7  # days


def tell_overdue(today: dt.date | None = None) -> int:
    """Returns the outbox rows written. The key holds the running week, so a second run writes nothing, and a run after
    a pause tells of the week it is, not of those that were missed."""
    today = today or timezone.localdate()
    late = Promise.objects.overdue(today).filter(consultation__state__in=OPEN_STATES)
    rows = late.select_related("consultation__station", "department").order_by("pk")
    written = 0
    for promise in rows.iterator(chunk_size=500):
        days = (today - promise.due_on).days
        written += telling.tell_overdue(promise, days=days, week=(days - 1) // WEEK)
    return written
