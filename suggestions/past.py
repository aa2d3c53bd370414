"""历史件: cases that were settled before this system came, stored as they ended, many at once.

They go through no step: what happened is not known step by step. Each begins its chain with one event that says it was
taken in, when and by whom; ``Suggestion.old_number`` marks it for good.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from history import log
from history.models import Event
from liaison.lib.querycodes import new_code
from stations.models import County, Department
from suggestions.choices import LimitRule, Satisfaction, State
from suggestions.models import Assignment, AssignmentRole, AssignmentState, Rating, Suggestion, Voter
from suggestions.numbering import lock_series

if TYPE_CHECKING:
    from accounts.models import User

NOON = dt.time(12)  # of a day that only its date is known of
UNKNOWN_REASON = "历史件，没有记录理由。"
CHUNK = 500  # rows of a statement
PORTION = 5000  # cases between two notes of progress


@dataclass
class PastCase:
    """``case`` without number, times and history; days as far as they are known."""

    case: Suggestion
    voters: Sequence[dict[str, str]] = ()  # each: name, phone, address
    lead: Department | None = None
    co: Sequence[Department] = ()
    assigned_on: dt.date | None = None
    due_on: dt.date | None = None
    replied_on: dt.date | None = None
    closed_on: dt.date | None = None


def moment(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, NOON))


def store(
    chosen: Sequence[PastCase],
    *,
    county: County,
    by: User,
    what: dict[str, Any],
    told: Callable[[int], None] = lambda done: None,
) -> dict[type, list[Any]]:
    """Number and store them with everything that belongs to them; returns the rows by model, cases first. ``what`` goes
    into each first event; ``told`` hears how many are stored. The caller holds the transaction."""
    _number(chosen, county)
    now = timezone.now()
    stored: dict[type, list[Any]] = defaultdict(list)
    for start in range(0, len(chosen), PORTION):
        told(start)
        for model, rows in _store(chosen[start : start + PORTION], by, what, now).items():
            stored[model] += rows
    return stored


def _store(some: Sequence[PastCase], by: User, what: dict[str, Any], now: dt.datetime) -> dict[type, list[Any]]:
    for past in some:
        _settle(past, by)
    cases = [past.case for past in some]
    Suggestion.objects.bulk_create(cases, batch_size=CHUNK)
    rows: dict[Any, list[Any]] = {
        Voter: [_voter(past, voter) for past in some for voter in past.voters if any(voter.values())],
        Assignment: [row for past in some for row in _assignments(past, by)],
        Rating: [_rating(past) for past in some if past.case.satisfaction],
    }
    for model, made in rows.items():
        model.objects.bulk_create(made, batch_size=CHUNK)
    seat = (by.seats.labels or [""])[0]
    log.append_all(
        (
            log.Entry(case.chain, "import_past", after={"state": case.state, **what}, actor=by, seat=seat)
            for case in cases
        ),
        at=now,
    )
    _keep_heads(cases)
    return {Suggestion: cases, **rows}


def take_back(pks: Sequence[int], *, by: User) -> None:
    """The last event of each chain; the rows are the caller's to delete."""
    seat = (by.seats.labels or [""])[0]
    log.append_all(log.Entry(f"case:{pk}", "undo_past", actor=by, seat=seat) for pk in pks)


def _number(chosen: Sequence[PastCase], county: County) -> None:
    """In the order of the table, in the series of the year in which the matter was told."""
    for year in sorted({past.case.happened_on.year for past in chosen}):
        series = lock_series(county, year)
        for past in chosen:
            if past.case.happened_on.year == year:
                series.last += 1
                past.case.year, past.case.seq, past.case.number = year, series.last, str(series)
        series.save(update_fields=["last"])


def _settle(past: PastCase, by: User) -> None:
    case = past.case
    case.created_at = moment(case.happened_on)
    ended = past.closed_on or past.replied_on or case.happened_on
    case.state_since = moment(ended)
    case.closed_at = moment(ended) if case.state == State.CLOSED else None
    case.replied_at = moment(past.replied_on) if past.replied_on else None
    case.reported_at = case.replied_at if past.lead else None
    case.lead = past.lead
    case.registered_by = by
    case.query_code = new_code()
    case.old_number = case.old_number or ""
    case.version = 1
    case.search = case.search_text()


def _voter(past: PastCase, voter: dict[str, str]) -> Voter:
    row = Voter(suggestion=past.case, **voter)
    row.index_phone()
    return row


def _assignments(past: PastCase, by: User) -> Iterator[Assignment]:
    case = past.case
    finished = past.replied_on or past.closed_on or case.happened_on
    parts = [(AssignmentRole.LEAD, past.lead)] if past.lead else []
    for role, department in [*parts, *((AssignmentRole.CO, one) for one in past.co)]:
        is_lead = role == AssignmentRole.LEAD
        yield Assignment(
            suggestion=case,
            department=department,
            role=role,
            state=AssignmentState.REPORTED,
            assigned_by=by,
            assigned_at=moment(past.assigned_on or case.happened_on),
            # Where the limit of then is not known, who answered is not called late.
            due_on=past.due_on or finished,
            due_rule=LimitRule.BY_HAND,
            result_kind=case.result_kind if is_lead else "",
            text=case.result if is_lead else "",
            finished_at=moment(finished),
        )


def _rating(past: PastCase) -> Rating:
    case = past.case
    return Rating(
        suggestion=case,
        satisfaction=case.satisfaction,
        reason=UNKNOWN_REASON if case.satisfaction == Satisfaction.NOT else "",
        rated_at=case.state_since,
    )


def _keep_heads(cases: Sequence[Suggestion]) -> None:
    for start in range(0, len(cases), CHUNK):
        some = {case.chain: case for case in cases[start : start + CHUNK]}
        for chain, seq, digest in (
            Event.objects.filter(chain__in=some).order_by("seq").values_list("chain", "seq", "hash")
        ):
            some[chain].event_seq, some[chain].event_hash = seq, digest
        Suggestion.objects.bulk_update(some.values(), ["event_seq", "event_hash"], batch_size=100)
