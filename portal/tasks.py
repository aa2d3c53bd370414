"""The clock of the public side. Every task may run twice, or a day late, without harm."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from portal import drafts, freshness
from portal.models import WechatDialogue, WechatMessage, WechatPerson
from portal.wechat import pictures
from portal.wechat.dialogue import EXPIRES

REMEMBERED = timedelta(days=365)  # how long the village of somebody who writes no more is known


@shared_task
def fetch_wechat_pictures() -> int:
    return pictures.fetch_due()


@shared_task
def forget_wechat() -> None:
    """Dialogues and answers a day after the last word, people a year after."""
    now = timezone.now()
    WechatDialogue.objects.filter(changed_at__lt=now - EXPIRES).delete()
    WechatMessage.objects.filter(received_at__lt=now - EXPIRES).delete()
    WechatPerson.objects.filter(seen_at__lt=now - REMEMBERED).delete()


@shared_task
def prune_changes() -> int:
    return freshness.prune()


@shared_task
def erase_drafts() -> int:
    """Messages that nobody sent, a day after the last change."""
    return drafts.erase_expired()
