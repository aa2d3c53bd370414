"""What the page of a paper shows beside its words: how far it has come, who has signed, what one may do now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from suggestions import formal, formal_signing
from suggestions.choices import State
from suggestions.models import Formal, FormalSigner, FormalState, SignerState
from suggestions.models.formal import UNFILED
from suggestions.standing import Stage, day

if TYPE_CHECKING:
    from accounts.models import User

TONES = {
    FormalState.DRAFT: "run",
    FormalState.SUBMITTED: "wait",
    FormalState.RETURNED: "bad",
    FormalState.FILED: "done",
    FormalState.WITHDRAWN: "end",
}
SIGNER_TONES = {
    SignerState.ASKED: "wait",
    SignerState.CONFIRMED: "done",
    SignerState.DECLINED: "end",
    SignerState.WITHDRAWN: "end",
}


@dataclass(frozen=True)
class Tally:
    """Signatures in numbers; ``needed`` with its source."""

    signed: int
    needed: int
    source: str
    waiting: int
    left: list[str]  # confirmed, but no longer in office

    @property
    def enough(self) -> bool:
        return self.signed >= self.needed


def tally(paper: Formal, signers: Iterable[FormalSigner]) -> Tally:
    rows = list(signers)
    left = [one.deputy.name for one in rows if one.state == SignerState.CONFIRMED and not one.counts]
    waiting = sum(one.state == SignerState.ASKED for one in rows)
    source = formal.SOURCES[paper.kind]  # type: ignore[index]
    return Tally(formal.signed(paper, rows), formal.needed(paper), source, waiting, left)


def road(paper: Formal) -> list[Stage]:
    """起草 → 附议 → 预审 → 立案 → 办理 → 答复 → 征询意见."""
    case = paper.case
    filed, answered = case is not None, case is not None and case.replied_at is not None
    closed = case is not None and case.state == State.CLOSED
    labels = ("征集附议", "预审", "立案" if paper.is_motion else "受理", "办理", "答复", "征询意见")
    # The index of the stop where it stands.
    at = {FormalState.DRAFT: 0, FormalState.RETURNED: 0, FormalState.SUBMITTED: 1, FormalState.WITHDRAWN: 0}
    stop = at.get(FormalState(paper.state), 6 if closed else 5 if answered else 3)
    texts = {
        2: day(timezone.localdate(paper.filed_at)) if paper.filed_at else "",
        3: case.get_state_display() if case and not answered else "",
        4: day(timezone.localdate(case.replied_at)) if case and case.replied_at else "",
    }
    stages = [Stage("起草", "done", day(timezone.localdate(paper.created_at)))]
    for index, label in enumerate(labels):
        text = texts.get(index, "")
        if index < stop:
            stages.append(Stage(label, "done", text if filed else ""))
        elif index == stop:
            stopped = paper.state == FormalState.WITHDRAWN
            stages.append(Stage(label, "stopped" if stopped else "now", text))
        else:
            stages.append(Stage(label, "next"))
    return stages


def buttons(user: User, paper: Formal, signers: Iterable[FormalSigner]) -> dict[str, Any]:
    """What ``user`` may do with it as it is now."""
    rows = list(signers)
    writes, checks = formal.may_write(user, paper), formal.may_check(user, paper)
    return {
        "may_edit": writes and paper.is_open,
        "may_submit": writes and paper.is_open,
        "may_withdraw": writes and paper.state in UNFILED,
        "may_ask": writes and paper.is_open,
        "may_remind": writes and paper.state in UNFILED and any(one.state == SignerState.ASKED for one in rows),
        "may_check": checks and paper.state == FormalState.SUBMITTED,
        "may_change_lead": writes and paper.state in UNFILED and any(one.counts for one in rows),
        "may_sign": paper.state in UNFILED,
        "enterable": {one.pk for one in rows if paper.state in UNFILED and formal_signing.may_enter(user, one)},
    }
