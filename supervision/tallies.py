"""Paper ballots: the tally typed in by one person of the county office, confirmed by another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.urls import reverse

from history.log import last_seq
from stations.staff import county_office
from supervision import rounds
from supervision.acts import tell
from supervision.models import Choice, Round, RoundState
from supervision.models.round import LEAST_VOTERS
from supervision.rounds import RoundError
from supervision.sealing import seal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from supervision.models import Subject

Counts = Mapping[str, int]
"""Choice → ballots."""


def type_tally(pk: int, *, by: User, issued: int, returned: int, valid: int, counts: Mapping[int, Counts]) -> Round:
    """``counts`` by subject id. Everything must add up before anybody confirms it."""
    with rounds.step(pk, "type_tally", by=by) as now:
        one = now.round
        subjects = list(one.subjects.select_related("department"))
        _check(one, issued, returned, valid)
        for subject in subjects:
            _put(subject, counts.get(subject.pk, {}), valid)
        one.issued, one.returned, one.valid = issued, returned, valid
        one.state, one.typed_by, one.reason = RoundState.TYPED, by, ""
        now.after = {"issued": issued, "returned": returned, "valid": valid}
        _tell(one, county_office(one.county_id), f"请复核计票：{one.title}", by=by)
    return one


def _check(one: Round, issued: int, returned: int, valid: int) -> None:
    if issued > one.present:
        raise RoundError({"issued": f"出席 {one.present} 人，发出票数不能多于出席人数。"})
    if returned > issued:
        raise RoundError({"returned": f"发出 {issued} 张，收回票数不能更多；多出来的，这次投票无效。"})
    if valid > returned:
        raise RoundError({"valid": f"收回 {returned} 张，有效票不能更多。"})
    if valid < LEAST_VOTERS:
        raise RoundError({"valid": f"有效票不到 {LEAST_VOTERS} 张，公布结果会看出谁投了什么。不测评了请作废。"})


def _put(subject: Subject, counts: Counts, valid: int) -> None:
    total = sum(counts.get(choice, 0) for choice in Choice.values)
    if total != valid:
        raise RoundError(f"{subject}：四项合计 {total} 张，应等于有效票 {valid} 张。")
    for choice in Choice.values:
        setattr(subject, choice, counts.get(choice, 0))
    subject.save(update_fields=list(Choice.values))


def confirm_tally(pk: int, *, by: User) -> Round:
    """By somebody else than who typed it; counted and sealed from now on."""
    with rounds.step(pk, "confirm_tally", by=by) as now:
        if now.round.typed_by_id == by.pk:
            raise PermissionDenied("计票由两个人把关：一人录入，另一名县级中心站工作人员对照原票复核。")
        seal(now, by=by)
    return now.round


def return_tally(pk: int, *, by: User, reason: str) -> Round:
    with rounds.step(pk, "return_tally", by=by) as now:
        if not reason.strip():
            raise RoundError({"reason": "请写明哪里不对。"})
        one = now.round
        one.state, one.reason, now.note = RoundState.DRAFT, reason.strip(), reason.strip()
        _tell(one, [one.typed_by], f"计票退回重录：{one.title}", reason.strip(), by=by)
    return one


def _tell(one: Round, people: Iterable[User | None], subject: str, body: str = "", *, by: User) -> None:
    tell(
        people,
        by=by,
        key=f"{one.chain}:{one.state}:{last_seq(one.chain)}",
        subject=subject,
        body=body,
        link=reverse("supervision:round", args=[one.pk]),
        relevance=f"supervision.tallies.still:{one.pk}:{one.state}",
    )


def still(pk: str, state: str) -> bool:
    """Asked when it is sent: whether the round stands as it was told."""
    return Round.objects.filter(pk=pk, state=state).exists()
