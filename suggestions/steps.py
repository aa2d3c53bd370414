"""One step of a case: lock the row, check state and seat on the locked row, save what changed, append the event,
put the notices in the outbox. All in one transaction: either everything of a step happened or nothing did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from history import log
from suggestions import notices
from suggestions.attachments import discard
from suggestions.choices import LimitRule, State
from suggestions.errors import NotAllowed, Stale, WorkflowError, WrongState
from suggestions.limits import RUNNING, Limit, count
from suggestions.models import Attachment, Suggestion
from suggestions.transitions import TRANSITIONS, Voice, may

if TYPE_CHECKING:
    from accounts.models import User
    from stations.models import Rules

# The states on the way to the answer, whose limits are the offices' own.
TO_ANSWER = frozenset(
    {State.SUBMITTED, State.REGISTERED, State.ASSIGNED, State.HANDLING, State.REPORTED, State.HANDED_OVER}
)
# What an event records of a case before and after; never personal data.
TRACKED = ("state", "desk_id", "lead_id", "deputy_id", "due_on", "field", "kind", "result_kind", "satisfaction")


@dataclass
class Step:
    case: Suggestion
    action: str
    by: User | Voice
    at: dt.datetime
    note: str = ""
    after: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    files: list[Attachment] = field(default_factory=list)

    @property
    def today(self) -> dt.date:
        return timezone.localdate(self.at)

    @property
    def rules(self) -> Rules:
        return self.case.county.rules

    @property
    def user(self) -> User | None:
        return None if isinstance(self.by, Voice) else self.by

    def move(self, state: State, limit: Limit | None = None) -> None:
        """To ``state``, under ``limit`` (by default the clock that the state itself has)."""
        self.case.state = state
        self.case.state_since = self.at
        if limit is None and state in RUNNING:
            limit = count(RUNNING[state], self.rules, self.today)
        self.run(limit)

    def run(self, limit: Limit | None) -> None:
        """Let ``limit`` be the running clock; None stops it."""
        self.case.due_on = limit.due_on if limit else None
        self.case.due_rule = limit.rule if limit else ""
        self.case.due_from = limit.start if limit else None
        self.case.due_amount = limit.amount if limit else None

    def restart(self, rule: LimitRule) -> None:
        self.run(count(rule, self.rules, self.today))


_held: ContextVar[Suggestion | None] = ContextVar("held_case", default=None)


@contextmanager
def holding(case: Suggestion) -> Iterator[None]:
    """Steps inside go on with ``case`` itself instead of reading its row anew: half the cost of a step.

    For carrying one case through many steps in one transaction (replay, demo), which has locked the row or made it.
    When a step fails, ``case`` is half changed: that transaction is to be thrown away.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a case is held in the transaction that locked it")
    token = _held.set(case)
    try:
        yield
    finally:
        _held.reset(token)


def lock(suggestion_id: int) -> Suggestion:
    """The case with its row locked until the transaction ends."""
    held = _held.get()
    if held is not None and held.pk == suggestion_id:
        return held
    return (
        Suggestion.objects.select_for_update(of=("self",))
        .select_related("county__rules", "station__parent", "desk", "deputy", "lead__station")
        .get(pk=suggestion_id)
    )


def snapshot(case: Suggestion) -> dict[str, Any]:
    return {name: getattr(case, name) for name in TRACKED}


def seat_label(by: User | Voice, case: Suggestion) -> str:
    """In which seat somebody acted, in words, for the history."""
    if isinstance(by, Voice):
        return by.value
    seats = by.seats
    if case.lead_id in seats.department_ids and case.lead:
        return case.lead.name
    if seats.covers(case.desk):
        return next(own.name for own in seats.stations if own.covers(case.desk))
    if case.deputy_id in seats.deputy_ids:
        return "接待代表"
    return seats.label


def record(step: Step, before: dict[str, Any]) -> None:
    """Append the step's event and put its notices in the outbox; the case row is locked by the caller."""
    case = step.case
    after = snapshot(case)
    changed = {name for name in TRACKED if before.get(name) != after[name]}
    event = log.append(
        case.chain,
        action=step.action,
        actor=step.user,
        seat=seat_label(step.by, case),
        at=step.at,
        before={name: before.get(name) for name in changed} | step.before,
        after={name: after[name] for name in changed} | {"state": case.state} | step.after,
        note=step.note,
        head=(case.event_seq, case.event_hash),
    )
    case.event_seq, case.event_hash = event.seq, event.hash


@contextmanager
def files_follow(current: Step) -> Iterator[None]:
    """The disk has no roll-back: when the step fails, the files it stored go with it."""
    try:
        yield
    except BaseException:
        discard(current.files)
        raise


def ran_out(stored: dict[str, Any], now: Step) -> bool:
    """Whether the step ends a limit of the offices that had passed. A granted extension counts until its own end."""
    due_on = stored["due_on"]
    if due_on is None or stored["state"] not in TO_ANSWER or now.action == "decide_extension":
        return False
    moved = (stored["state"], due_on) != (now.case.state, now.case.due_on)
    return bool(moved and due_on < now.today)


@contextmanager
def step(
    suggestion_id: int,
    action: str,
    *,
    by: User | Voice,
    at: dt.datetime | None = None,
    version: int | None = None,
    note: str = "",
) -> Iterator[Step]:
    """Take ``action`` on a case. The block changes ``step.case``; leaving it saves, records and tells.

    ``version`` is the one the page showed: another one means somebody moved the case meanwhile.

    Raises:
        NotAllowed: the seat does not permit the action.
        Stale, WrongState: the case has moved on, or is not where the action starts.
        WorkflowError: what was entered does not fit.
    """
    row = TRANSITIONS[action]
    with transaction.atomic(savepoint=_held.get() is None):
        case = lock(suggestion_id)
        if not may(by, action, case):
            raise NotAllowed(f"您的身份不能“{row.label}”这件意见。")
        if version is not None and version != case.version:
            raise Stale(f"这件意见刚刚有了新的进展，现在是“{case.get_state_display()}”。请看过最新情况再办。")
        if case.state not in row.sources:
            raise WrongState(f"这件意见现在是“{case.get_state_display()}”，不能“{row.label}”。")
        if row.obstacle and (reason := row.obstacle(case)):
            raise WorkflowError(reason)
        current = Step(case=case, action=action, by=by, at=at or timezone.now(), note=note)
        if current.at < case.state_since:
            raise WorkflowError("办理时间不能早于上一步的时间。")
        if current.at > timezone.now() + dt.timedelta(minutes=5):
            raise WorkflowError("办理时间不能晚于现在。")
        stored = {item.attname: getattr(case, item.attname) for item in case._meta.concrete_fields}
        before = snapshot(case)
        with files_follow(current):
            yield current
            case.overran |= ran_out(stored, current)
            case.version += 1
            record(current, before)
            case.save(update_fields=[name for name, value in stored.items() if getattr(case, name) != value])
            notices.after(current)
