"""Send what the outbox holds. Every task here may run twice, or a day late, without harm."""

from __future__ import annotations

import logging
from datetime import timedelta
from email.errors import HeaderParseError
from smtplib import SMTPException
from typing import Any
from urllib.parse import urljoin

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from messaging.models import Channel, OutboxRow, RowState
from messaging.outbox import Contact

logger = logging.getLogger("liaison.messaging")

BATCH = 200
CLAIM_EXPIRES = timedelta(minutes=10)  # a worker that was killed holds its rows no longer than this
BACK_OFF = (1, 5, 30, 120, 720)  # minutes; after the last the row is failed and shown to the office


@shared_task
def sweep() -> int:
    """Claim due rows and send them; returns how many were sent."""
    sent = 0
    while rows := _claim():
        for row in rows:
            sent += _send(row)
    return sent


def _claim() -> list[OutboxRow]:
    """Rows that are now this worker's: marked in one short transaction, so that two workers never send one twice."""
    now = timezone.now()
    with transaction.atomic():
        due = Q(state=RowState.WAITING, next_try_at__lte=now) | Q(
            state=RowState.SENDING, claimed_at__lt=now - CLAIM_EXPIRES
        )
        rows = list(
            OutboxRow.objects.select_for_update(skip_locked=True, of=("self",)).filter(due).order_by("id")[:BATCH]
        )
        OutboxRow.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=RowState.SENDING, claimed_at=now, attempts=F("attempts") + 1
        )
    for row in rows:
        row.attempts += 1
    return rows


def _send(row: OutboxRow) -> bool:
    contact = _contact(row) if _still_matters(row) else None
    if contact is None:
        _finish(row, state=RowState.DROPPED)
        return False
    if row.channel == Channel.EMAIL and not settings.EMAIL_HOST:
        _finish(row, state=RowState.FAILED, error="没有配置邮件服务器（EMAIL_HOST）。")
        return False
    try:
        _send_mail(row, contact.email)
    except (SMTPException, OSError, HeaderParseError) as error:
        _try_later(row, str(error))
        return False
    _finish(row, state=RowState.SENT, sent_at=timezone.now())
    return True


def _still_matters(row: OutboxRow) -> bool:
    return not row.relevance or bool(_ask(row.relevance))


def _contact(row: OutboxRow) -> Contact | None:
    """Where the recipient is reached now; None where nobody is there any more."""
    found: Contact | None = _ask(row.contact)
    return found


def _ask(question: str) -> Any:
    """The answer of ``module.function:argument:argument``."""
    path, _, arguments = question.partition(":")
    return import_string(path)(*arguments.split(":"))


def _send_mail(row: OutboxRow, address: str) -> None:
    body = row.body + (f"\n\n{urljoin(settings.SITE_URL, row.link)}" if row.link else "")
    EmailMessage(subject=row.subject, body=body, to=[address]).send()


def _finish(row: OutboxRow, **fields: object) -> None:
    OutboxRow.objects.filter(pk=row.pk, state=RowState.SENDING).update(**fields)


def _try_later(row: OutboxRow, error: str) -> None:
    logger.warning("outbox row %s: %s", row.pk, error)
    if row.attempts > len(BACK_OFF):
        _finish(row, state=RowState.FAILED, error=error[:300])
        return
    wait = timedelta(minutes=BACK_OFF[row.attempts - 1])
    _finish(row, state=RowState.WAITING, error=error[:300], next_try_at=timezone.now() + wait)
