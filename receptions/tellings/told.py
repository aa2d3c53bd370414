"""What was told of a day so far: the keys of the outbox, and what somebody was told last."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from messaging.models import OutboxRow, RowState
from receptions.models import ReceptionDay

ON = ("on_duty", "arranged")  # said to whoever is to come


def key_of(day: ReceptionDay, suffix: str = "") -> str:
    """What the outbox knows a telling by: of this revision of the day, and once more for each ``suffix``."""
    return f"{day.chain}:r{day.revision}" + (f":{suffix}" if suffix else "")


def keys_of(day: ReceptionDay) -> list[str]:
    """Every key that something about ``day`` may have been told by."""
    by_revision = [
        f"{day.chain}:r{revision}{suffix}"
        for revision in range(1, day.revision + 1)
        for suffix in ("", ":again", ":nobody")
    ]
    rounds = range(1, day.told_round + 1)
    by_round = [f"{day.chain}:{word}{number}" for number in rounds for word in ("on", "off", "untold")]
    return by_revision + by_round


@dataclass
class Last:
    """What somebody was told last. ``heard`` is False where nothing of it was sent because it was no longer true."""

    what: str
    revision: int
    key: str
    at: dt.datetime
    heard: bool = False


@dataclass
class Told:
    """By contact ("deputies.reach.contact:7") what was told last; ``used`` are the (key, recipient) there are."""

    last: dict[str, Last] = field(default_factory=dict)
    used: set[tuple[str, str]] = field(default_factory=set)


def told_before(days: Iterable[ReceptionDay]) -> dict[int, Told]:
    """One query, however many days."""
    found: dict[int, Told] = defaultdict(Told)
    of_key = {key: day.pk for day in days if day.told_at for key in keys_of(day)}
    rows = OutboxRow.objects.filter(key__in=of_key) if of_key else OutboxRow.objects.none()
    for row in rows.only("key", "recipient", "contact", "relevance", "created_at", "state").order_by("id"):
        told = found[of_key[row.key]]
        told.used.add((row.key, row.recipient))
        question, _, arguments = row.relevance.partition(":")
        what = question.rpartition(".")[2]
        if what not in (*ON, "off_duty", "cancelled"):
            continue
        last = told.last.get(row.contact)
        if last is None or last.key != row.key:
            last = told.last[row.contact] = Last(what, int(arguments.split(":")[1]), row.key, row.created_at)
        last.heard |= row.state != RowState.DROPPED
    return found
