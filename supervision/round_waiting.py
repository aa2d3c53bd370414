"""What of satisfaction rounds waits for somebody today, on 我的待办 (liaison/lib/panels.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from liaison.lib.panels import Line, Panel
from supervision.models import Rectification, RectificationState, Round, RoundState
from supervision.models.rectification import WITH_DEPARTMENT, of_departments

if TYPE_CHECKING:
    from accounts.models import User
    from suggestions.faces import Faces

MOST = 20  # lines of a panel
STEPS = {
    RectificationState.ASKED: ("提交书面说明", "explain"),
    RectificationState.WORKING: ("报告整改", "report_result"),
}
OFFICE_STEPS = {RectificationState.REPORTED: "认定整改", RectificationState.ACCEPTED: "发起复评"}
ROUND_STEPS = {RoundState.TYPED: "复核计票", RoundState.SEALED: "公布结果"}


def for_user(user: User, faces: Faces) -> list[Panel]:
    """One query where nothing waits, however many seats: what the office has to do about a rectification is asked for
    only where one of its rounds has one."""
    counties = user.seats.office_county_ids
    found = list(_rounds(user)) if counties else []
    asked = bool(user.seats.departments) or any(one.has_rectification for one in found)
    panels = _rectifications(user, faces) if asked else []
    lines = [_round(one) for one in found if one.state in ROUND_STEPS and not one.is_own_tally][:MOST]
    if lines:
        url = reverse("supervision:rounds")
        panels.append(Panel("rounds", "满意度测评", lines, len(lines), url, "yellow"))
    return panels


def _rectifications(user: User, faces: Faces) -> list[Panel]:
    """The department's while it is its turn, the county office's once it is reported."""
    seats = user.seats
    mine = Q(state__in=WITH_DEPARTMENT) & of_departments(seats.department_ids)
    office = Q(state__in=OFFICE_STEPS, subject__round__county__in=seats.office_county_ids)
    rows = Rectification.objects.filter(mine | office).select_related("subject__round", "subject__department")
    chosen = list(rows.order_by("rectify_due", "pk")[:MOST])
    late = any(one.due_on and one.due_on < faces.today for one in chosen)
    lines = [_line(one, user, faces) for one in chosen]
    url = reverse("supervision:rounds")
    return [Panel("rectifications", "满意度测评整改", lines, len(lines), url, "red" if late else "green")]


def _line(one: Rectification, user: User, faces: Faces) -> Line:
    state, subject = RectificationState(one.state), one.subject
    url = reverse("supervision:rectification", args=[one.pk])
    mine = state in STEPS and one.department_id in user.seats.department_ids
    step, verb = STEPS[state] if mine else (OFFICE_STEPS.get(state, ""), "")
    return Line(
        f"{subject}整改",
        url,
        (subject.round.title, state.label),
        due=faces.chip(subject.round.county_id, one.due_on),
        step=step,
        step_url=reverse(f"supervision:{verb}", args=[one.pk]) if verb else url,
    )


def _rounds(user: User) -> QuerySet[Any]:
    """Of the county office: a tally that a colleague typed and a second person is to check, a sealed result that is not
    published, and published ones whose rectification waits for the office."""
    reported = Rectification.objects.filter(subject__round=OuterRef("pk"), state__in=OFFICE_STEPS)
    found = Round.objects.filter(county__in=user.seats.office_county_ids)
    found = found.annotate(
        has_rectification=Exists(reported),
        is_own_tally=Q(state=RoundState.TYPED, typed_by=user),
    )
    return found.filter(Q(state__in=ROUND_STEPS) | Q(has_rectification=True)).order_by("held_on", "pk")


def _round(one: Round) -> Line:
    state, url = RoundState(one.state), reverse("supervision:round", args=[one.pk])
    day = f"{one.held_on:%-m月%-d日}测评"
    return Line(one.title, url, (day,), state=state.label, tone="wait", step=ROUND_STEPS[state], step_url=url)
