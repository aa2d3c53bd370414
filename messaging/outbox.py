"""Write to the outbox, in the transaction of whatever is being told; sending is the tasks' business."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import transaction
from kombu.exceptions import OperationalError

from messaging.models import Channel, OutboxRow, RowState

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger("liaison.messaging")

_muted: ContextVar[bool] = ContextVar("outbox_muted", default=False)


@contextmanager
def muted() -> Iterator[None]:
    """Write nothing: for carrying in what happened long ago (replay, demo), which nobody is to be told now."""
    token = _muted.set(True)
    try:
        yield
    finally:
        _muted.reset(token)


def is_muted() -> bool:
    """Whether nobody is to be told: a caller need not look up whom."""
    return _muted.get()


def tell(
    *,
    key: str,
    people: Iterable[User],
    subject: str,
    body: str = "",
    link: str = "",
    relevance: str = "",
) -> int:
    """One row per (key, person, channel); telling the same again writes nothing. Returns the rows handed over.

    ``key`` names what happened (``case:17:assigned:3``). Whoever has an e-mail address gets a row for that as well.
    ``relevance`` is ``module.function:arguments``, asked again when the row is sent: what is no longer true is dropped.
    """
    if is_muted():
        return 0
    rows = []
    for person in {person.pk: person for person in people if person.is_active}.values():
        for channel in [Channel.IN_APP, *([Channel.EMAIL] if person.email else [])]:
            rows.append(
                OutboxRow(
                    key=key,
                    person=person,
                    channel=channel,
                    subject=subject[:120],
                    body=body,
                    link=link,
                    relevance=relevance,
                    # An in-app message has arrived as soon as it is committed: the row itself is what is read.
                    state=RowState.SENT if channel == Channel.IN_APP else RowState.WAITING,
                )
            )
    if rows:
        OutboxRow.objects.bulk_create(rows, ignore_conflicts=True)
        if any(row.state == RowState.WAITING for row in rows):
            transaction.on_commit(_wake_sender, robust=True)
    return len(rows)


def _wake_sender() -> None:
    """Ask the worker to send now. A dead broker only delays: the sweep finds the rows within a minute."""
    from messaging.tasks import sweep  # tasks import this room's models; nothing else needs them here

    try:
        sweep.delay()
    except (OperationalError, OSError):
        logger.warning("broker unreachable; the sweep will send later")
