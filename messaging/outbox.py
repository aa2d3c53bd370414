"""Write to the outbox, in the transaction of whatever is being told; sending is the tasks' business."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from kombu.exceptions import OperationalError

from messaging.models import Channel, OutboxRow, RowState

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger("liaison.messaging")

CHUNK = 1000  # rows written in one statement

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


@dataclass(frozen=True)
class Recipient:
    """Somebody, or a work group, to be told.

    ``key`` is "user:5", "deputy:7", "officer:3" or "group:2"; whoever has a log-in is a user, so that a person of two
    seats is told once. ``contact`` is the dotted path and the argument of the function that gives the address when the
    row is sent.
    """

    key: str
    name: str
    channels: tuple[str, ...]
    contact: str = ""
    person_id: int | None = None


@dataclass(frozen=True)
class Contact:
    """Where somebody is reached now; what is empty is not known."""

    email: str = ""
    phone: str = ""
    webhook: str = ""


@dataclass(frozen=True)
class Message:
    """What is told to some recipients.

    ``key`` names what happened (``case:17:assigned:3``). ``relevance`` is ``module.function:arguments``, asked again when
    the row is sent: what is no longer true is dropped. ``scope`` is the path of the station on whose behalf it is told.
    ``sms`` is {"template": name, "params": [texts]}; without it no SMS is written.
    """

    key: str
    recipients: Sequence[Recipient]
    subject: str
    body: str = ""
    link: str = ""
    relevance: str = ""
    scope: str = ""
    sms: dict[str, Any] | None = None


def recipient(key: str, name: str, *, user: User | None, phone: str = "", contact: str) -> Recipient:
    """Somebody with the channels that reach that person: in the application with an open log-in, e-mail and SMS where
    there is an address. ``key`` counts where there is no log-in."""
    user = user if user and user.is_active else None
    channels = [
        *([Channel.IN_APP] if user else []),
        *([Channel.EMAIL] if user and user.email else []),
        *([Channel.SMS] if phone or (user and user.phone) else []),
    ]
    return Recipient(f"user:{user.pk}" if user else key, name, tuple(channels), contact, user.pk if user else None)


def reached(user: User | None, phone: str = "") -> Contact:
    """The addresses of somebody with this log-in, if any, and the phone of the own record, which comes first."""
    user = user if user and user.is_active else None
    return Contact(email=user.email if user else "", phone=phone or (user.phone or "" if user else ""))


def user_recipient(user: User) -> Recipient:
    key = f"user:{user.pk}"
    return recipient(key, user.name, user=user, contact=f"accounts.reach.contact:{user.pk}")


def tell(*, people: Iterable[User], **message: Any) -> int:
    """Tell ``people`` in the application and, where they have an address, by e-mail. Returns the rows written.

    The rest is as in :class:`Message`; telling the same again writes nothing.
    """
    if is_muted():
        return 0
    recipients = [user_recipient(person) for person in people if person.is_active]
    return tell_all([Message(recipients=recipients, **message)])


def note_to(user: User, *, key: str, subject: str, body: str, link: str) -> None:
    """In the application alone: what somebody waits for who pressed a button."""
    if user.is_active:
        to = Recipient(f"user:{user.pk}", user.name, (Channel.IN_APP,), person_id=user.pk)
        tell_all([Message(key, [to], subject, body, link)])


def tell_all(messages: Iterable[Message]) -> int:
    """One row per (key, recipient, channel) that is not there yet; returns how many were written.

    Three statements a thousand rows, whatever the number of messages.
    """
    if is_muted():
        return 0
    written, waiting = 0, False
    rows = [row for message in messages for row in _rows(message)]
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        known = set(
            OutboxRow.objects.filter(key__in={row.key for row in chunk}).values_list("key", "recipient", "channel")
        )
        new = {(row.key, row.recipient, row.channel): row for row in chunk}
        new = {identity: row for identity, row in new.items() if identity not in known}
        # Another transaction may write the same at this moment: the constraint decides, nobody is told twice.
        OutboxRow.objects.bulk_create(new.values(), ignore_conflicts=True)
        written += len(new)
        waiting |= any(row.state == RowState.WAITING for row in new.values())
    if waiting:
        transaction.on_commit(wake_sender, robust=True)
    return written


def _rows(message: Message) -> Iterator[OutboxRow]:
    for recipient in message.recipients:
        for channel in recipient.channels:
            if channel == Channel.SMS and message.sms is None:
                continue
            yield OutboxRow(
                key=message.key,
                recipient=recipient.key,
                person_id=recipient.person_id,
                name=recipient.name[:60],
                channel=channel,
                contact=recipient.contact,
                scope=message.scope,
                subject=message.subject[:120],
                body=message.body,
                link=message.link,
                relevance=message.relevance,
                sms=message.sms if channel == Channel.SMS else None,
                # An in-app message has arrived as soon as it is committed: the row itself is what is read.
                state=RowState.SENT if channel == Channel.IN_APP else RowState.WAITING,
            )


def wake_sender() -> None:
    """Ask the worker to send now. A dead broker only delays: the sweep finds the rows within a minute."""
    from messaging.tasks import sweep  # tasks import this room's models; nothing else needs them here

    try:
        sweep.delay()
    except (OperationalError, OSError):
        logger.warning("broker unreachable; the sweep will send later")
