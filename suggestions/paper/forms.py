"""Which paper forms a case has now, for which seat: the menu of its page and the check of each view read this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from suggestions.choices import Kind, Satisfaction
from suggestions.models import Assignment, AssignmentRole, AssignmentState, Rating, Suggestion
from suggestions.transitions import intake_office

if TYPE_CHECKING:
    from accounts.models import User

FORMAL = (Kind.SUGGESTION, Kind.MOTION)  # what deputies raise in their own name
SATISFACTIONS = (Satisfaction.SATISFIED, Satisfaction.BASICALLY, Satisfaction.NOT)


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    label: str
    url: str


def may_print_orders(user: User, case: Suggestion) -> bool:
    """交办单 passes between the offices and the departments; deputies have no part in it."""
    seats = user.seats
    own = {row.department_id for row in case.assignments.all()} & seats.department_ids
    return bool(own) or seats.covers(case.desk) or seats.covers(case.station)


def letters_of(case: Suggestion) -> list[Assignment]:
    """The assignments that ended with a result: each round has its own 答复函."""
    rows = case.assignments.all()
    return [row for row in rows if row.role == AssignmentRole.LEAD and row.state == AssignmentState.REPORTED]


def copies_of(case: Suggestion, row: Assignment) -> list[str]:
    """Who else gets the letter: the office that assigned the case, and the one where it came in."""
    names = [row.department.station.name, intake_office(case).name]
    return list(dict.fromkeys(names))


def is_answered(case: Suggestion) -> bool:
    """There is an answer that somebody can be asked about."""
    return bool(case.reply or letters_of(case))


def rating_now(case: Suggestion) -> Rating | None:
    """What was said of the answer that stands; None as long as nobody has said anything, after a redo as well."""
    last = case.ratings.order_by("pk").last()
    if last is None or (case.replied_at is not None and last.rated_at < case.replied_at):
        return None
    return last


def menu_of(user: User, case: Suggestion) -> list[Entry]:
    """The forms of ``case`` that ``user`` can print now. ``case.assignments`` is read with the departments."""
    entries = []
    if case.kind in FORMAL:
        entries.append(Entry(f"{case.get_kind_display()}专用纸", reverse("suggestions:motion_sheet", args=[case.pk])))
    if may_print_orders(user, case):
        entries += [_of_row("交办单", "assignment_order", row) for row in case.assignments.all() if row.is_current]
    entries += [_of_row("答复函", "reply_letter", row) for row in letters_of(case)]
    if is_answered(case):
        entries.append(Entry("征询意见表", reverse("suggestions:opinion_form", args=[case.pk])))
    return [*entries, Entry("办理全卷", reverse("suggestions:case_file", args=[case.pk]))]


def _of_row(label: str, name: str, row: Assignment) -> Entry:
    turn = f"，第 {row.round} 次" if row.round > 1 else ""
    url = reverse(f"suggestions:{name}", args=[row.suggestion_id, row.pk])
    return Entry(f"{label}（{row.department.name}{turn}）", url)
