"""Secret ballot by one-time codes.

Nothing stored joins a code to a member, nor to what was voted with it: codes are printed once and kept as keyed digests
without order or time; a vote is no row of its own but one more in the counts of every subject, so that there is nothing
to line up with the codes, not even the order in which a database lays rows down; no event, message, session or log line
is written while votes are cast. Closing marks all codes as spent at once, so that who did not vote is forgotten too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from liaison.lib.encryption import blind_index, blind_indexes
from liaison.lib.querycodes import new_code, normalise
from supervision import rounds
from supervision.models import BallotCode, Choice, Round, RoundState
from supervision.models.round import LEAST_VOTERS
from supervision.rounds import RoundError
from supervision.sealing import seal

if TYPE_CHECKING:
    from accounts.models import User

LONGEST = 40  # characters that are looked at as a code


class BallotError(ValidationError):
    """Why no vote is taken, in words."""


class UnknownCode(BallotError):
    """A wrong guess, to be counted against whoever guesses."""


def _purpose(code: str) -> str:
    return f"ballot:{normalise(code[:LONGEST])}"


# --- the office ---------------------------------------------------------------------------


def issue(pk: int, *, by: User) -> list[str]:
    """As many codes as members are present, in the clear this once; those made before are void. In no order but chance."""
    with rounds.step(pk, "issue", by=by) as now:
        one = now.round
        again = one.codes.exists()
        one.codes.all().delete()
        codes: set[str] = set()
        while len(codes) < one.present:
            codes.add(new_code())
        BallotCode.objects.bulk_create(
            sorted(
                (BallotCode(digest=blind_index(_purpose(code)), round=one) for code in codes),
                key=lambda row: row.digest,
            )
        )
        now.after = {"codes": one.present, "again": again}
    return sorted(codes)


def open_round(pk: int, *, by: User) -> Round:
    with rounds.step(pk, "open", by=by) as now:
        one = now.round
        if one.codes.count() != one.present:
            raise RoundError("请先生成并打印投票码，再开始投票。")
        one.state, one.opened_at = RoundState.OPEN, timezone.now()
    return one


def close(pk: int, *, by: User) -> Round:
    """Counts once and seals. No vote can come in between: each holds the round's row while it is cast."""
    with rounds.step(pk, "close", by=by) as now:
        one = now.round
        one.issued = one.codes.count()
        one.returned = one.valid = one.codes.filter(used=True).count()
        if one.valid < LEAST_VOTERS:
            raise RoundError(
                f"只有 {one.valid} 人投票，不到 {LEAST_VOTERS} 人，公布结果会看出谁投了什么。不测评了请作废。"
            )
        # Both tables are written anew as a whole: nothing of the order in which rows were touched is left.
        one.codes.update(used=True)
        one.subjects.update(**{choice: F(choice) for choice in Choice.values})
        seal(now, by=by)
    return one


def cast_so_far(one: Round) -> int:
    """How many have voted: that, and nothing else, is shown before the close."""
    return one.codes.filter(used=True).count()


# --- the voter ----------------------------------------------------------------------------


def _row(code: str) -> BallotCode:
    row = BallotCode.objects.filter(digest__in=blind_indexes(_purpose(code))).first() if normalise(code) else None
    if row is None:
        raise UnknownCode("没有这个投票码，请对照票签再输一次。")
    return row


def _check(one: Round, code: BallotCode) -> None:
    if one.state == RoundState.DRAFT:
        raise BallotError("投票还没有开始，请等主持人宣布开始后再投。")
    if one.state != RoundState.OPEN:
        raise BallotError("这次投票已经结束，不能再投。")
    if code.used:
        raise BallotError("这个投票码已经投过票，一个码只能投一次。刚才看到过“已投票”的，您的票已经计入，不用再投。")


def find(code: str) -> Round:
    """The round whose ballot ``code`` opens; :class:`BallotError` says why it opens none."""
    row = _row(code)
    one = Round.objects.select_related("county").get(pk=row.round_id)
    _check(one, row)
    return one


@transaction.atomic
def cast(code: str, choices: Mapping[int, str]) -> None:
    """One vote: a choice for every subject (by id). Of two at the same moment with one code the second is told so.

    Every subject's row is written by every vote, whatever was chosen: which rows changed tells nothing.
    """
    one = rounds.lock(_row(code).round_id)
    row = _row(code)  # as it is now that the round is held
    _check(one, row)
    subjects = list(one.subjects.all())
    if set(choices) != {subject.pk for subject in subjects} or not set(choices.values()) <= set(Choice.values):
        raise BallotError("每个测评对象都要选一项，请检查后再投。")
    row.used = True
    row.save(update_fields=["used"])
    for subject in subjects:
        one.subjects.filter(pk=subject.pk).update(**{choices[subject.pk]: F(choices[subject.pk]) + 1})
