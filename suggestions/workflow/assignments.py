"""The rows of 交办 behind the actions: one per department and round, begun and ended here."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Case, Value, When

from stations.models import Department
from suggestions.choices import LimitRule, State
from suggestions.limits import Limit, count, take
from suggestions.models import Assignment, AssignmentRole, AssignmentState, Suggestion
from suggestions.steps import Step


def lead_of(case: Suggestion) -> Assignment:
    """The row of the department that is responsible in this round."""
    return Assignment.objects.get(suggestion=case, is_current=True, role=AssignmentRole.LEAD)


def begin(now: Step, lead: Department, co: Sequence[Department], limit: Limit, instruction: str) -> None:
    """A new round under ``limit``; co-handlers have two months (Henan art 18), never longer than the lead."""
    co_due = min(count(LimitRule.CO_HANDLER, now.rules, now.today).due_on, limit.due_on)
    if now.case.lead_id:  # without a lead nothing is assigned
        end_all(now.case)
    Assignment.objects.bulk_create(
        Assignment(
            suggestion=now.case,
            department=department,
            role=role,
            round=now.case.redo_count + 1,
            instruction=instruction,
            assigned_by=now.user,
            assigned_at=now.at,
            due_on=due,
            due_rule=rule,
            due_amount=amount,
        )
        for department, role, due, rule, amount in [
            (lead, AssignmentRole.LEAD, limit.due_on, limit.rule, limit.amount),
            *((one, AssignmentRole.CO, co_due, LimitRule.CO_HANDLER, None) for one in co),
        ]
    )
    now.case.lead = lead
    now.after["co"] = [department.name for department in co]
    now.after["handle_by"] = limit.due_on
    now.move(State.ASSIGNED, take(now.rules, now.today, limit.due_on))


def end_all(case: Suggestion) -> None:
    """Nothing is assigned any longer; what was not finished shows as called back."""
    unfinished = When(state__in=(AssignmentState.SENT, AssignmentState.TAKEN), then=Value(AssignmentState.ENDED))
    current = Assignment.objects.filter(suggestion=case, is_current=True)
    current.update(state=Case(unfinished, default="state"), is_current=False)
