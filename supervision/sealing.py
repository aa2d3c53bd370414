"""The result of a round, counted once and sealed: a digest over everything that was counted, kept with the round and in
its chain of events. Who changes a number afterwards changes neither of the two."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING

from django.utils import timezone

from history.models import Event
from stations.models import Rules
from supervision.models import Choice, Round, RoundState

if TYPE_CHECKING:
    from accounts.models import User
    from supervision.rounds import Step


def seal_of(one: Round) -> str:
    """SHA-256, 64 hex digits."""
    assert one.counted_at is not None
    subjects = one.subjects.values_list("department_id", "matter", *Choice.values).order_by("position", "pk")
    told = {
        "round": one.pk,
        "county": one.county_id,
        "year": one.year,
        "kind": one.kind,
        "way": one.way,
        "held_on": one.held_on.isoformat(),
        "numbers": [one.members, one.present, one.issued, one.returned, one.valid, one.pass_rate],
        "counted_at": one.counted_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "subjects": [list(row) for row in subjects],
    }
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def seal(now: Step, *, by: User) -> None:
    """The county's line of today belongs to the result: a later rule changes no result of the past."""
    one = now.round
    rules = Rules.objects.filter(county=one.county_id).first() or Rules()
    one.state, one.pass_rate = RoundState.SEALED, rules.pass_rate
    one.counted_at, one.counted_by, one.reason = timezone.now(), by, ""
    one.seal = seal_of(one)
    now.after = {"seal": one.seal, "issued": one.issued, "returned": one.returned, "valid": one.valid}


def is_intact(one: Round) -> bool:
    """Whether the counted numbers are still those that were sealed, by the round's own word and by its history's."""
    sealed = Event.objects.filter(chain=one.chain, action__in=("round_close", "round_confirm_tally")).order_by("-seq")
    event = sealed.first()
    return event is not None and event.after.get("seal") == one.seal == seal_of(one)
