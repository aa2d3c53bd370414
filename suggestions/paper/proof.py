"""The fingerprint of a case's history, as it is printed on the whole file: what paper says can be held against it later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from history import log
from history.models import Event
from suggestions.models import Suggestion


@dataclass(frozen=True)
class Proof:
    """``count`` events, the last with hash ``digest``; ``faults`` says what does not fit, one sentence each."""

    count: int
    digest: str
    faults: list[str]

    @property
    def groups(self) -> list[str]:
        """The digest by eight, which an eye can compare."""
        return [self.digest[start : start + 8] for start in range(0, len(self.digest), 8)]


def proof_of(case: Suggestion, events: Sequence[Event]) -> Proof:
    """What ``manage.py verify_events`` says of this one case. ``events``: all of them, in order, read in the same
    transaction as ``case``."""
    faults = [f"第 {event.seq} 条：{what}" for event, what in log.broken_links(case.chain)]
    seq, digest = (events[-1].seq, events[-1].hash) if events else (0, "")
    if (seq, digest) != (case.event_seq, case.event_hash):
        faults.append(f"记录到第 {seq} 条，应有 {case.event_seq} 条")
    states = [event.after["state"] for event in events if event.after.get("state")]
    if not states or states[-1] != case.state:
        faults.append("现在的状态与最后一条记录不符")
    return Proof(len(events), digest, faults)
