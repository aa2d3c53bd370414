"""Put scheduled notices on the board. May run twice, or late, without harm: the public goes by the time itself."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from noticeboard.changes import locked, settle
from noticeboard.models import Notice, NoticeState


@shared_task
def release_due() -> int:
    """How many scheduled notices were found due and marked as released."""
    due = Notice.objects.filter(state=NoticeState.SCHEDULED, release_at__lte=timezone.now())
    return sum(_release(pk) for pk in due.order_by("release_at").values_list("pk", flat=True))


def _release(pk: int) -> bool:
    with transaction.atomic():
        return settle(locked(pk))
