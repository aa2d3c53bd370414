"""From who is no longer there to a successor: a department that is merged, a deputy who leaves. The state and its clock
stay. No row of the table of transitions: nobody does this to one case, it follows from what happened to the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from deputies.access import may_edit
from suggestions.choices import OPEN_STATES
from suggestions.errors import NotAllowed, WrongState
from suggestions.models import Assignment, AssignmentRole, AssignmentState, Suggestion
from suggestions.steps import Step, lock, record, snapshot

if TYPE_CHECKING:
    from accounts.models import User
    from deputies.models import Deputy
    from stations.models import Department

UNFINISHED = (AssignmentState.SENT, AssignmentState.TAKEN)


def transfer(pk: int, *, department: Department, to: Department, by: User) -> Suggestion:
    """What ``department`` has in hand of the case is ``to``'s from now on, with limit, extensions and what was written in
    this round. Earlier rounds stay."""
    with _moving(pk, "transfer", by) as now:
        if not by.seats.covers(department.station) or department.station_id != to.station_id:
            raise NotAllowed("承办单位由所属站点和上级站的工作人员合并。")
        _hand_over(now, department, to)
        if now.case.lead_id == department.pk:
            now.case.lead = to
        now.after |= {"from_department": department.name, "to_department": to.name}
    return now.case


def _hand_over(now: Step, department: Department, to: Department) -> None:
    """The row goes over. Where both have one, one is left: the lead's, or that of who is already there."""
    rows = Assignment.objects.select_for_update(of=("self",)).filter(suggestion=now.case, is_current=True)
    by_department = {row.department_id: row for row in rows.filter(department__in=(department, to))}
    own, theirs = by_department.get(department.pk), by_department.get(to.pk)
    if own is None:
        return
    if theirs is not None and own.role == AssignmentRole.CO:
        _end(own)
        return
    if theirs is not None:
        _end(theirs)
    own.department = to
    own.save(update_fields=["department"])


def _end(row: Assignment) -> None:
    row.is_current = False
    if row.state in UNFINISHED:
        row.state = AssignmentState.ENDED
    row.save(update_fields=["is_current", "state"])


def transfer_deputy(pk: int, *, to: Deputy, by: User) -> Suggestion:
    """The receiving deputy leaves; ``to`` answers the voter from now on."""
    with _moving(pk, "transfer_deputy", by) as now:
        old = now.case.deputy
        if old is None or not may_edit(by, old):
            raise NotAllowed("代表资料由所在联络站和上级站的工作人员维护。")
        now.case.deputy = to
        now.after["from_deputy"] = old.name
    return now.case


@contextmanager
def _moving(pk: int, action: str, by: User) -> Iterator[Step]:
    with transaction.atomic():
        case = lock(pk)
        if case.state not in OPEN_STATES:
            raise WrongState(f"{case.number}现在是“{case.get_state_display()}”，不用再转。")
        before = snapshot(case)
        now = Step(case=case, action=action, by=by, at=timezone.now())
        yield now
        case.version += 1
        record(now, before)
        case.save(update_fields=["lead", "deputy", "version", "event_seq", "event_hash"])
