"""征询意见: what those who put a paper in say of its answer. The lead's word rates the case (not satisfied: handled once
more, Henan art 22); a co-signer's is kept beside the signature and shown to the office."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from messaging import outbox
from suggestions import notices, workflow
from suggestions.choices import Satisfaction, State
from suggestions.errors import NotAllowed, WorkflowError, WrongState
from suggestions.formal import locked, record, signers_of
from suggestions.models import Formal, FormalSigner

if TYPE_CHECKING:
    from accounts.models import User

ANSWERED = (State.REPLIED, State.CLOSED)


def asked(user: User, paper: Formal, signers: list[FormalSigner] | None = None) -> Formal | FormalSigner | None:
    """As whom ``user`` may say something of the answer now: as the lead (the paper), as a co-signer (the row), or not."""
    case = paper.case
    if case is None or case.state not in ANSWERED:
        return None
    own = user.seats.deputy_ids
    if paper.lead_id in own:
        return paper if case.state == State.REPLIED else None
    rows = signers if signers is not None else signers_of(paper)
    return next((one for one in rows if one.deputy_id in own and one.counts), None)


def stands(paper: Formal, signer: FormalSigner) -> bool:
    """Whether the co-signer's opinion is about the answer that stands, not one before a redo."""
    case = paper.case
    return bool(case and case.replied_at and signer.opined_at and signer.opined_at >= case.replied_at)


@transaction.atomic
def give(pk: int, *, by: User, satisfaction: str, opinion: str = "", at: dt.datetime | None = None) -> Formal:
    """The opinion of ``by``, the lead's or a co-signer's."""
    paper = locked(pk)
    role = asked(by, paper)
    if role is None:
        if paper.lead_id in by.seats.deputy_ids or paper.signers.filter(deputy__in=by.seats.deputy_ids).exists():
            raise WrongState("还没有答复，或者您的意见已经登记，现在不用填。")
        raise NotAllowed("征询意见由领衔和附议的代表填写。")
    if satisfaction not in Satisfaction.values:
        raise WorkflowError({"satisfaction": "请选择满意程度。"})
    if satisfaction == Satisfaction.NOT and not opinion.strip():
        raise WorkflowError({"opinion": "不满意请说明原因，便于重新办理。"})
    assert paper.case is not None
    if isinstance(role, Formal):
        workflow.rate(paper.case.pk, by=by, satisfaction=satisfaction, reason=opinion.strip(), replied=True, at=at)
    else:
        role.satisfaction, role.opinion, role.opined_at = satisfaction, opinion.strip(), at or timezone.now()
        role.save(update_fields=["satisfaction", "opinion", "opined_at"])
        _tell_office(paper, role, by)
    deputy = paper.lead_id if isinstance(role, Formal) else role.deputy_id
    after = {"deputy": deputy, "satisfaction": satisfaction}
    record(paper, "formal_opinion", by=by, after=after, note=opinion.strip(), at=at)
    return paper


def _tell_office(paper: Formal, signer: FormalSigner, by: User) -> None:
    """Only where somebody is not satisfied: the office talks with the deputy."""
    if signer.satisfaction != Satisfaction.NOT or signer.opined_at is None:
        return
    outbox.tell(
        key=f"{paper.chain}:opinion:{signer.pk}:{signer.opined_at.timestamp():.0f}",
        people=[person for person in notices.station_people(paper.station) if person != by],
        subject=f"附议代表对办理不满意：{paper.number}",
        body=f"{paper.title}\n{signer.deputy.name}：{signer.opinion}",
        link=reverse("suggestions:formal", args=[paper.pk]),
        scope=paper.station.path,
    )
