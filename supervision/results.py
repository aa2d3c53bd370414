"""What a counted round shows, and to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deputies.models import CommitteeMember
from history.models import Event
from supervision import rounds
from supervision.models import Choice, Rectification, RectificationState, Round, Subject
from supervision.models.rectification import ENDED

if TYPE_CHECKING:
    from accounts.models import User

ACTIONS = {
    "create": "建立测评",
    "edit": "修改",
    "issue": "生成投票码",
    "open": "开始投票",
    "close": "结束投票，计票封存",
    "type_tally": "录入计票结果",
    "confirm_tally": "复核计票，封存",
    "return_tally": "退回重录",
    "publish": "公布结果",
    "void": "作废",
}


def sees_all(user: User, one: Round) -> bool:
    """The county office, and the committee's members; a department sees its own."""
    if rounds.may_manage(user, one.county_id):
        return True
    seats = CommitteeMember.objects.filter(deputy__in=user.seats.deputy_ids, until__isnull=True)
    return seats.filter(deputy__county=one.county_id).exists()


def seen_by(user: User, one: Round) -> list[Subject]:
    found = one.subjects.select_related("department", "project", "rectification").order_by("position", "pk")
    if not sees_all(user, one):
        found = found.filter(department__in=user.seats.department_ids)
    return list(found)


@dataclass(frozen=True)
class Bar:
    """``parts``: per choice that somebody made its value, label, ballots and share in per cent."""

    subject: Subject
    parts: list[tuple[str, str, int, str]]
    percent: str
    reaches: bool


def percent_words(content: int, votes: int) -> str:
    """One decimal, cut and not rounded: 79.96 % must not read as 80 %."""
    return f"{content * 1000 // votes / 10:g}%" if votes else "—"


def bars(one: Round, subjects: Iterable[Subject]) -> list[Bar]:
    return [_bar(subject, one.pass_rate) for subject in subjects]


def _bar(subject: Subject, pass_rate: int | None) -> Bar:
    votes = subject.votes
    parts = [
        (choice.value, choice.label, count, f"{count * 100 / votes:.3f}")
        for choice in Choice
        if (count := subject.counts[choice])
    ]
    return Bar(subject, parts, percent_words(subject.content, votes), pass_rate is None or subject.reaches(pass_rate))


@dataclass(frozen=True)
class Row:
    """A round of the list with what of it is under the line, as far as the reader sees."""

    round: Round
    subjects: list[Subject]
    under: list[Subject]


def with_lowest(found: Sequence[Round], user: User) -> list[Row]:
    office = user.seats.office_county_ids
    sitting = CommitteeMember.objects.filter(deputy__in=user.seats.deputy_ids, until__isnull=True)
    whole = {*office, *sitting.values_list("deputy__county", flat=True)}
    by_round: dict[int, list[Subject]] = {one.pk: [] for one in found}
    counties = {one.pk: one.county_id for one in found}
    for subject in Subject.objects.filter(round__in=found).select_related("department").order_by("position", "pk"):
        if counties[subject.round_id] in whole or subject.department_id in user.seats.department_ids:
            by_round[subject.round_id].append(subject)
    return [Row(one, by_round[one.pk], _under(one, by_round[one.pk])) for one in found]


def _under(one: Round, subjects: list[Subject]) -> list[Subject]:
    line = one.pass_rate
    return [subject for subject in subjects if line is not None and one.is_counted and not subject.reaches(line)]


def history(one: Round) -> list[tuple[Event, str]]:
    """The newest first."""
    events = Event.objects.filter(chain=one.chain).select_related("actor").order_by("-seq")
    return [(event, ACTIONS.get(event.action.removeprefix("round_"), event.action)) for event in events]


ROAD = ("书面说明", "整改", "认定", "复评")


def road(one: Rectification) -> list[tuple[str, str]]:
    """The way of a rectification: each step with "done", "now" or ""; after the re-vote how it ended."""
    state = RectificationState(one.state)
    if state in ENDED:
        return [*((label, "done") for label in ROAD), (state.label, "now")]
    here = list(RectificationState).index(state)
    return [(label, "done" if at < here else "now" if at == here else "") for at, label in enumerate(ROAD)]
