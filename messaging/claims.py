"""Rows that are one worker's for a while: marked in one short transaction, so that two workers never send one twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from messaging import pace
from messaging.models import Channel, OutboxRow, RowState

BATCH = 50
# A worker that was killed holds its rows no longer than this. One that lives gives back what it has not begun after
# tasks.SLICE, so nobody sends a row that somebody else has taken over meanwhile.
CLAIM_EXPIRES = timedelta(minutes=5)


def claim(channel: str) -> list[OutboxRow]:
    """The next due rows of ``channel``, at most ``BATCH``, now this worker's."""
    now = timezone.now()
    with transaction.atomic():
        if channel == Channel.WECOM:
            pace.one_at_a_time(channel)
        due = Q(state=RowState.WAITING, next_try_at__lte=now) | Q(
            state=RowState.SENDING, claimed_at__lt=now - CLAIM_EXPIRES
        )
        open_rows = OutboxRow.objects.select_for_update(skip_locked=True, of=("self",)).filter(due, channel=channel)
        rows = list(open_rows.order_by("id")[:BATCH])
        if channel == Channel.WECOM:
            rows = pace.within(rows, now, CLAIM_EXPIRES)
        OutboxRow.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=RowState.SENDING, claimed_at=now, attempts=F("attempts") + 1
        )
    for row in rows:
        row.state, row.claimed_at = RowState.SENDING, now
        row.attempts += 1
    return rows


def give_back(rows: Iterable[OutboxRow]) -> None:
    """Claimed and not begun: as if they had never been claimed."""
    for row in rows:
        _held(row).update(state=RowState.WAITING, claimed_at=None, attempts=F("attempts") - 1)


def finish(row: OutboxRow, **fields: object) -> None:
    """Say what became of a claimed row; nothing where the claim ran out and somebody else holds it."""
    _held(row).update(**{"claimed_at": timezone.now(), **fields})


def _held(row: OutboxRow) -> QuerySet[OutboxRow]:
    return OutboxRow.objects.filter(pk=row.pk, state=RowState.SENDING, claimed_at=row.claimed_at)
