"""Append to a chain, and prove that a chain is whole."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from history.models import Event

if TYPE_CHECKING:
    from accounts.models import User

GENESIS = "0" * 64


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _hash(event: Event) -> str:
    at = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    return _digest(
        event.previous_hash,
        event.chain,
        str(event.seq),
        at,
        event.action,
        str(event.actor_id or ""),
        event.seat,
        event.address or "",
        _canonical(event.before),
        _canonical(event.after),
        event.note_digest,
    )


@dataclass(frozen=True)
class Entry:
    """What :func:`append_all` appends; without an actor it is the system's own act."""

    chain: str
    action: str
    after: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    actor: User | None = None
    seat: str = ""
    at: datetime | None = None


@transaction.atomic(savepoint=False)
def append(
    chain: str,
    *,
    action: str,
    actor: User | None = None,
    seat: str = "",
    at: datetime | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
    address: str | None = None,
    head: tuple[int, str] | None = None,
) -> Event:
    """Append one event to ``chain`` and return it.

    Runs in the caller's transaction: if the event cannot be written, nothing that it tells of has happened.
    Appends to one chain are serialised: on PostgreSQL by an advisory lock that ends with the transaction, on SQLite
    by its single writer. A caller who holds the chain's owner locked and keeps its last (seq, hash) passes them as ``head``.
    ``before`` and ``after`` hold names of states, stations and dates, never personal data.
    """
    event = _event(
        chain,
        head=_lock_head(chain) if head is None else head,
        action=action,
        actor=actor,
        seat=seat,
        at=at,
        before=before,
        after=after,
        note=note,
        address=address,
    )
    event.save(force_insert=True)
    return event


@transaction.atomic(savepoint=False)
def append_all(entries: Iterable[Entry], *, at: datetime | None = None) -> int:
    """Append one event to each of many chains in three statements; as :func:`append` otherwise. Returns how many.
    Several of one chain come in the order of ``entries``; ``at`` is that of those which say no other."""
    chosen = list(entries)
    heads = _lock_heads({entry.chain for entry in chosen})
    events = []
    for entry in chosen:
        head = heads.get(entry.chain, (0, GENESIS))
        what: dict[str, Any] = {"before": entry.before, "after": entry.after, "note": entry.note}
        who: dict[str, Any] = {"actor": entry.actor, "seat": entry.seat}
        event = _event(entry.chain, head=head, action=entry.action, at=entry.at or at, **who, **what)
        heads[entry.chain] = (event.seq, event.hash)
        events.append(event)
    Event.objects.bulk_create(events, batch_size=1000)
    return len(events)


def _event(
    chain: str,
    *,
    head: tuple[int, str],
    action: str,
    actor: User | None = None,
    seat: str = "",
    at: datetime | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
    address: str | None = None,
) -> Event:
    last_seq, previous_hash = head
    salt = secrets.token_hex(16)
    event = Event(
        chain=chain,
        seq=last_seq + 1,
        at=at or timezone.now(),
        action=action,
        actor=actor,
        seat=seat[:80],
        address=address,
        # Through JSON once, so that what is hashed now is what the database gives back later.
        before=json.loads(_canonical(before or {})),
        after=json.loads(_canonical(after or {})),
        note=note,
        note_salt=salt,
        note_digest=_digest(salt, note),
        previous_hash=previous_hash or GENESIS,
    )
    event.hash = _hash(event)
    return event


def _lock_head(chain: str) -> tuple[int, str]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [chain])
    last = Event.objects.filter(chain=chain).order_by("-seq").values_list("seq", "hash").first()
    return last or (0, GENESIS)


def _lock_heads(chains: set[str]) -> dict[str, tuple[int, str]]:
    """The last (seq, hash) of each chain that has one; locked in one order, so that two of these never wait in a ring."""
    if not chains:
        return {}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(lock) FROM"
                " (SELECT hashtextextended(chain, 0) AS lock FROM unnest(%s) AS chain ORDER BY 1) AS locks",
                [sorted(chains)],
            )
    later = Event.objects.filter(chain=models.OuterRef("chain"), seq__gt=models.OuterRef("seq"))
    last = Event.objects.filter(~models.Exists(later), chain__in=chains).values_list("chain", "seq", "hash")
    return {chain: (seq, hash_) for chain, seq, hash_ in last}


def erase_notes(chain: str) -> int:
    """Blank the free text of every event in ``chain``; its digest stays, so the chain still verifies."""
    return models.QuerySet(Event).filter(chain=chain).exclude(note="").update(note="", note_erased=True)


def broken_links(chain: str | None = None) -> Iterator[tuple[Event, str]]:
    """Every event that does not fit its chain, with what is wrong, in plain words.

    A removed tail cannot be seen from the chain alone; the caller compares with what the last event should say
    (``suggestions`` does: the state of a case equals its last event's).
    """
    events = Event.objects.order_by("chain", "seq")
    if chain is not None:
        events = events.filter(chain=chain)
    current, seq, previous_hash = "", 0, GENESIS
    for event in events.iterator(chunk_size=2000):
        if event.chain != current:
            current, seq, previous_hash = event.chain, 0, GENESIS
        if event.seq != seq + 1:
            yield event, f"序号应为 {seq + 1}"
        if event.previous_hash != previous_hash:
            yield event, "与上一条接不上"
        if event.hash != _hash(event):
            yield event, "内容被改动"
        if not event.note_erased and event.note_digest != _digest(event.note_salt, event.note):
            yield event, "说明被改动"
        seq, previous_hash = event.seq, event.hash


def last_seq(chain: str) -> int:
    """The number of the last event of ``chain``; 0 where nothing has happened yet."""
    return Event.objects.filter(chain=chain).order_by("-seq").values_list("seq", flat=True).first() or 0
