"""Send what the outbox holds. Every task here may run twice, or a day late, without harm."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone
from django.utils.module_loading import import_string

from messaging import outbox
from messaging.claims import claim, finish, give_back
from messaging.models import Channel, OutboxRow, RowState
from messaging.outbox import Contact
from messaging.senders import email, sms, wecom
from messaging.senders.errors import Never, NotSent, TryLater

logger = logging.getLogger("liaison.messaging")

SENDERS: dict[str, Callable[[OutboxRow, Contact], None]] = {
    Channel.EMAIL: email.send,
    Channel.SMS: sms.send,
    Channel.WECOM: wecom.send,
}
# Seconds that one sweep gives to a channel. Whoever waits behind one that hangs waits no longer than this and the
# time of one attempt; what is left over is for the next sweep, which is asked for at once.
SLICE = 20.0
BACK_OFF = (1, 5, 30, 120, 720)  # minutes; after the last the row is failed and shown to the office
PATIENCE = timedelta(days=1)  # how long "not so fast" of the other side is no attempt


@shared_task
def sweep() -> int:
    """Claim due rows channel by channel and send them; returns how many were sent."""
    sent, left = 0, False
    for channel in SENDERS:
        count, all_done = _sweep_channel(channel)
        sent += count
        left |= not all_done
    if left:
        outbox.wake_sender()
    return sent


def _sweep_channel(channel: str) -> tuple[int, bool]:
    """Send the channel's due rows for ``SLICE`` seconds at most: how many were sent, and whether all were tried."""
    sent, ends = 0, time.monotonic() + SLICE
    while rows := claim(channel):
        for number, row in enumerate(rows):
            # The first is sent in any case, or a channel would stand still on a slow machine.
            if number and time.monotonic() >= ends:
                give_back(rows[number:])
                return sent, False
            sent += _send(row)
        if time.monotonic() >= ends:
            return sent, False
    return sent, True


def _send(row: OutboxRow) -> bool:
    try:
        if not _still_matters(row):
            finish(row, state=RowState.DROPPED, error="事情已有变化，不用再发。", claimed_at=None)
            return False
        contact: Contact | None = ask(row.contact)
        if contact is None:
            finish(row, state=RowState.DROPPED, error="收件人已停用或不在任，不用再发。", claimed_at=None)
            return False
        SENDERS[row.channel](row, contact)
    except NotSent as error:
        _not_sent(row, error)
        return False
    except Exception as error:  # one row must not keep the others from being sent
        _log_fault(row, error)
        _not_sent(row, TryLater("发送程序出错，请告诉系统管理员。"))
        return False
    finish(row, state=RowState.SENT, sent_at=timezone.now(), error="")
    return True


def _still_matters(row: OutboxRow) -> bool:
    return not row.relevance or bool(ask(row.relevance))


def ask(question: str) -> Any:
    """The answer of ``module.function:argument:argument``."""
    path, _, arguments = question.partition(":")
    return import_string(path)(*arguments.split(":"))


def _not_sent(row: OutboxRow, error: NotSent) -> None:
    logger.warning("outbox row %s (%s): %s", row.pk, row.channel, error.reason)
    now = timezone.now()
    wait = error.wait if isinstance(error, TryLater) else None
    if wait is not None and now - row.created_at < PATIENCE:
        finish(row, state=RowState.WAITING, error=error.reason, next_try_at=now + wait, attempts=row.attempts - 1)
    elif isinstance(error, Never) or row.attempts > len(BACK_OFF):
        finish(row, state=RowState.FAILED, error=error.reason[:300])
    else:
        later = now + (wait or timedelta(minutes=BACK_OFF[row.attempts - 1]))
        finish(row, state=RowState.WAITING, error=error.reason[:300], next_try_at=later)


def _log_fault(row: OutboxRow, error: Exception) -> None:
    """Where it happened, without the error's own text, which may hold an address or a key."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    logger.error("outbox row %s: %s in %s:%s", row.pk, type(error).__name__, frame.filename, frame.lineno)
