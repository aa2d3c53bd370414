"""A WeCom robot takes 20 messages a minute. Who may send is decided from the outbox rows themselves when they are
claimed, so it holds across workers and restarts; what is over waits and does not fail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from messaging.models import Channel, OutboxRow, RowState

PER_MINUTE = 20
WINDOW = timedelta(minutes=1)
SOON = timedelta(seconds=10)


def one_at_a_time(channel: str) -> None:
    """Until the transaction ends nobody else claims rows of ``channel``: two who count at once would both find room.

    SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"outbox:{channel}"])


def within(rows: Sequence[OutboxRow], now: datetime, expires: timedelta) -> list[OutboxRow]:
    """Those of ``rows`` that their robots may take now; all others that are due at these robots wait for a place.

    A place is taken from the claim until a minute after the attempt ended (``claimed_at`` then says when), so no minute
    holds more than 20 however slow a worker is between the two.
    """
    places: dict[str, list[datetime]] = defaultdict(list)
    recent = Q(claimed_at__gt=now - WINDOW) | Q(state=RowState.SENDING, claimed_at__gt=now - expires)
    at_these = OutboxRow.objects.filter(channel=Channel.WECOM, recipient__in=[row.recipient for row in rows])
    for recipient, at in at_these.filter(recent).values_list("recipient", "claimed_at"):
        if at is not None:
            places[recipient].append(at)
    allowed, full = [], set()
    for row in rows:
        if len(places[row.recipient]) < PER_MINUTE:
            places[row.recipient].append(now)
            allowed.append(row)
        else:
            full.add(row.recipient)
    due = at_these.filter(state=RowState.WAITING, next_try_at__lte=now).exclude(pk__in=[row.pk for row in allowed])
    for recipient in sorted(full):
        free_at = max(min(places[recipient]) + WINDOW, now + SOON)
        due.filter(recipient=recipient).update(next_try_at=free_at)
    return allowed
