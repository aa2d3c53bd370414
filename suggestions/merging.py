"""A department is merged into another (``liaison.lib.handovers``): the open cases it has a hand in go over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from liaison.lib.handovers import Matter
from suggestions import workflow
from suggestions.models import Assignment, AssignmentRole, AssignmentState, Suggestion, SuggestionQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from stations.models import Department


def led(department: Department) -> SuggestionQuerySet:
    return Suggestion.objects.open().filter(lead=department)


def helped(department: Department) -> SuggestionQuerySet:
    """Where its opinion as a co-handler is still to come; one that is given is past."""
    unfinished = {"state__in": (AssignmentState.SENT, AssignmentState.TAKEN), "role": AssignmentRole.CO}
    rows = Assignment.objects.filter(department=department, is_current=True, **unfinished)
    return Suggestion.objects.open().filter(pk__in=rows.values("suggestion")).exclude(lead=department)


def open_with(old: Department) -> list[Matter]:
    return [
        Matter("主办的意见", led(old).count(), "件", "办理时限和延期不变"),
        Matter("协办的意见", helped(old).count(), "件", "接替单位已在办同一件的，不重复交办"),
    ]


def take_over(old: Department, new: Department, *, by: User) -> None:
    cases = Suggestion.objects.filter(Q(pk__in=led(old).values("pk")) | Q(pk__in=helped(old).values("pk")))
    for pk in list(cases.order_by("pk").values_list("pk", flat=True)):
        workflow.transfer(pk, department=old, to=new, by=by)
