"""The page of one case: what it is, where it stands, what one may do now, and all that has happened."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_client_ip_address
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from liaison.lib.panels import panels
from stations.models import Rules
from suggestions import limits, publicity
from suggestions.choices import END_STATES
from suggestions.erasure import erase_voter, may_erase
from suggestions.errors import WorkflowError
from suggestions.looks import may_see_contact, note_look
from suggestions.models import Assignment, AssignmentState, Extension, ExtensionState, Suggestion
from suggestions.models.public_result import LIVE
from suggestions.paper.forms import menu_of
from suggestions.standing import road, waiting_for
from suggestions.timeline import entries, events_of
from suggestions.transitions import AT_ONCE, Transition, open_to


def _case(request: SignedInRequest, pk: int) -> Suggestion:
    seen = Suggestion.objects.visible_to(request.user).for_page()
    rows = Assignment.objects.select_related("department", "taken_by").prefetch_related("extensions__decided_by")
    seen = seen.select_related("station__parent", "merged_into")
    return get_object_or_404(seen.prefetch_related("voters", Prefetch("assignments", rows)), pk=pk)


@require_safe
def case(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show(request, _case(request, pk))


@require_POST
@never_cache
def contact(request: SignedInRequest, pk: int) -> HttpResponse:
    """Names and numbers in full. Each look is kept in the history of the case."""
    found = _case(request, pk)
    if not may_see_contact(request.user, found):
        raise PermissionDenied("您的身份不能查看来访人的联系方式。")
    note_look(pk, "view_contact", by=request.user, address=get_client_ip_address(request))
    if request.htmx:
        return render(request, "suggestions/voters.html", {"case": found, "revealed": True, "can_reveal": True})
    return _show(request, found, revealed=True)


@require_POST
def erase(request: SignedInRequest, pk: int) -> HttpResponse:
    """Personal data of one voter, removed on that person's request (个人信息保护法 art 47)."""
    found = _case(request, pk)
    if not may_erase(request.user, found):
        raise PermissionDenied("只有乡镇（街道）和县级办公室可以删除来访人的个人信息。")
    voter = next((one for one in found.voters.all() if str(one.pk) == request.POST.get("voter")), None)
    try:
        if voter is None:
            raise WorkflowError("请选择要删除哪一位来访人的个人信息。")
        erase_voter(voter.pk, by=request.user)
        messages.success(request, "这位来访人的姓名、电话、住址和经过里的说明文字已经删除，不能恢复。")
    except WorkflowError as error:
        messages.error(request, error.message)
    return redirect("suggestions:case", pk)


@require_safe
def limit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Why each limit ends on its day, day by day: the running one, and those of the departments beside it."""
    found = _case(request, pk)
    running = limits.of_case(found) if found.is_open else None
    extensions = Extension.objects.filter(assignment__suggestion=found, state=ExtensionState.GRANTED)
    context = {
        "case": found,
        "days": limits.explain(running) if running else [],
        "unit": limits.unit_of(found.due_rule),
        "source": _source(found.due_rule),
        "departments": _of_departments(found, running),
        "extensions": extensions.select_related("decided_by"),
        **_clock(found),
    }
    return render(request, "suggestions/limit.html", context)


def _source(rule: str) -> str:
    """Where the county's number behind ``rule`` comes from; empty for a date that somebody set."""
    field = Rules._meta.get_field(rule) if hasattr(Rules, rule or " ") else None
    return str(getattr(field, "help_text", ""))


def _of_departments(found: Suggestion, running: limits.Limit | None) -> list[dict[str, Any]]:
    """The limits of departments that still have something to do, without the one that is running anyway."""
    waiting = (AssignmentState.SENT, AssignmentState.TAKEN)
    rows = [row for row in found.assignments.all() if running and row.is_current and row.state in waiting]
    shown = [(row, limits.of_assignment(row)) for row in rows]
    return [
        {"row": row, "limit": limit, "days": limits.explain(limit), "source": _source(limit.rule)}
        for row, limit in shown
        if limit != running
    ]


def _show(request: SignedInRequest, found: Suggestion, *, revealed: bool = False) -> HttpResponse:
    events = events_of(found)
    history = entries(events)
    steps = open_to(request.user, found)
    rows = found.assignments.all()
    others = panels("case", request.user, found)  # of rooms above this one: whistles, consultations
    context = {
        "case": found,
        "road": road(found, events),
        "waiting": waiting_for(found),
        "history": [entry for entry in history if not entry.is_look][::-1],
        # Who looked at what concerns those who answer for the case.
        "looks": [entry for entry in history if entry.is_look][::-1] if request.user.seats.covers(found.desk) else [],
        "current": [row for row in rows if row.is_current],
        "former": [row for row in rows if not row.is_current],
        "attachments": found.attachments.select_related("uploaded_by"),
        "ratings": found.ratings.select_related("called_by"),
        "merged": found.merged.visible_to(request.user).order_by("pk"),
        "revealed": revealed,
        "can_erase": found.state in END_STATES and may_erase(request.user, found),
        "can_reveal": may_see_contact(request.user, found),
        **_release(request, found),
        "can_print_receipt": found.registered_by_id == request.user.pk or request.user.seats.covers(found.station),
        "papers": menu_of(request.user, found),
        "may_consent": any(step.action == "consent" for step in steps),
        "panels": [panel for panel in others if panel.lines],
        "begin": [action for panel in others for action in panel.actions],
        **_buttons(steps),
        **_clock(found),
    }
    return render(request, "suggestions/case.html", context)


def _release(request: SignedInRequest, found: Suggestion) -> dict[str, Any]:
    """The way to the results board, for who may take it."""
    if found.state not in publicity.ANSWERED or not publicity.may_write(request.user, found):
        return {}
    return {"may_publish": True, "release": found.public_results.filter(state__in=LIVE).first()}


def _buttons(steps: list[Transition]) -> dict[str, Any]:
    """The step that is expected next, big; the others behind one press."""
    main = [step for step in steps if step.main]
    return {"main_steps": main, "more_steps": [step for step in steps if not step.main], "at_once": AT_ONCE}


def _clock(found: Suggestion) -> dict[str, Any]:
    today = timezone.localdate()
    return {"today": today, "warn_from": limits.warning_date(today, found.county.rules)}
