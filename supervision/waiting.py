"""What of inspections and their findings waits for somebody today, on 我的待办 (liaison/lib/panels.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, Count, F, Q, Value, When, Window
from django.urls import reverse

from liaison.lib.panels import Line, Panel
from suggestions.my_work import desks_of
from supervision.models import Answer, Finding, FindingState, InspectionState, Participant

if TYPE_CHECKING:
    from accounts.models import User
    from suggestions.faces import Faces

MOST = 20  # lines of a panel
S = FindingState
STEPS = {S.NOTED: ("交办", "send"), S.SENT: ("报告整改", "report"), S.REPORTED: ("登记复查", "check")}
TONES = {S.NOTED: "wait", S.SENT: "run", S.REPORTED: "wait"}


def findings(user: User, faces: Faces) -> list[Panel]:
    """To put right for a department, the overdue ones first; to send and to check again for whoever organised the
    inspection, to check for the leader of its group. One query."""
    seats = user.seats
    if not seats.any:
        return []
    own = Q(department__in=seats.department_ids)
    organised = Q(inspection__station__in=desks_of(seats)) | Q(
        inspection__station__isnull=True, county__in=seats.office_county_ids
    )
    leads = Q(inspection__group__leader__in=seats.deputy_ids)
    # A department never checks itself, whatever other seat its staff have; ``not own`` keeps what is with none.
    checks = Q(state=S.REPORTED) & (organised | leads) & ~Q(department__in=seats.department_ids)
    waits = (own & Q(state=S.SENT)) | checks | (organised & Q(state=S.NOTED))
    found = Finding.objects.filter(waits).annotate(total=Window(Count("pk")))
    first = Case(When(state=S.SENT, then=Value(0)), default=Value(1))
    rows = found.select_related("department", "inspection").order_by(first, F("due_on").asc(nulls_last=True), "pk")
    chosen = list(rows[:MOST])
    if not chosen:
        return []
    late = any(one.state == S.SENT and one.due_on and one.due_on < faces.today for one in chosen)
    url = f"{reverse('supervision:findings')}?year=&show=open"
    lines = [_finding(one, faces) for one in chosen]
    return [Panel("findings", "视察发现的问题", lines, chosen[0].total, url, "red" if late else "green")]


def _finding(one: Finding, faces: Faces) -> Line:
    state = FindingState(one.state)
    step, verb = STEPS[state]
    return Line(
        one.title,
        reverse("supervision:finding", args=[one.pk]),
        (one.place, *([one.department.name] if one.department else [])),
        due=faces.chip(one.county_id, one.due_on) if state == S.SENT else "",
        state=state.label,
        tone=TONES[state],
        step=step,
        step_url=reverse(f"supervision:{verb}_finding", args=[one.pk]),
    )


def invitations(user: User, faces: Faces) -> list[Panel]:
    """A deputy's, as long as the day is not over and no answer was given. One query."""
    mine = user.seats.deputy_ids
    if not mine:
        return []
    asked = Participant.objects.filter(
        deputy__in=mine,
        answer=Answer.ASKED,
        inspection__state=InspectionState.PLANNED,
        inspection__date__gte=faces.today,
    )
    rows = asked.select_related("inspection").order_by("inspection__date", "inspection__starts_at", "pk")
    lines = [_invitation(one) for one in rows[:MOST]]
    if not lines:
        return []
    return [Panel("inspections", "请您参加的视察", lines, len(lines), reverse("supervision:home"), "yellow")]


def _invitation(one: Participant) -> Line:
    inspection = one.inspection
    hour = f" {inspection.starts_at:%-H:%M}" if inspection.starts_at else ""
    return Line(
        inspection.title,
        reverse("supervision:inspection", args=[inspection.pk]),
        (f"{inspection.date:%-m月%-d日}{hour}", inspection.place),
        state=Answer(one.answer).label,
        tone="wait",
        step="答复",
        step_url=reverse("supervision:answer_inspection", args=[inspection.pk]),
    )
