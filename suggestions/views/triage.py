"""研判: what came in at one's desks and nobody has sorted yet, one case at a time, the next one key away."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from suggestions import forms
from suggestions.choices import State
from suggestions.limits import warning_date
from suggestions.looks import may_see_contact
from suggestions.models import Suggestion, SuggestionQuerySet
from suggestions.my_work import desks_of
from suggestions.similar import similar_to
from suggestions.transitions import open_to
from suggestions.triage import suggest_field

UNTRIAGED = (State.SUBMITTED, State.REGISTERED)
FORMS: dict[str, tuple[type[forms.ActionForm], str]] = {
    "assign": (forms.AssignForm, "a"),
    "accept": (forms.AcceptForm, "y"),
    "refuse": (forms.RefuseForm, "r"),
    "classify": (forms.ClassifyForm, "c"),
    "escalate": (forms.EscalateForm, "e"),
    "delegate": (forms.DelegateForm, "d"),
    "answer": (forms.AnswerForm, "s"),
}
"""The steps that have their form on the page, in its order, and their keys; merging has its place beside the text."""
STAYS = ("accept", "classify")  # after these the same case is still to be sorted
Place = tuple[dt.date, int]  # limit and id: the order of the queue


@require_safe
def triage(request: SignedInRequest) -> HttpResponse:
    if not request.user.seats.stations:
        raise PermissionDenied("研判由站点工作人员办理。")
    queue = [(due_on or dt.date.max, pk) for due_on, pk in untriaged(request).values_list("due_on", "pk")]
    if not queue:
        return render(request, "suggestions/triage_done.html")
    at = _asked(request, queue)
    place = queue[at]
    shown = Suggestion.objects.select_related("station__parent", "desk__parent", "deputy")
    case = shown.prefetch_related("voters").get(pk=place[1])
    case.county = next(county for county in request.user.seats.counties if county.pk == case.county_id)
    context = {
        "case": case,
        "panels": _panels(request, case, place),
        "similar": similar_to(case, request.user),
        "number": at + 1,
        "total": len(queue),
        "following": queue[at + 1][1] if at + 1 < len(queue) else None,
        "preceding": queue[at - 1][1] if at else None,
        "attachments": case.attachments.select_related("uploaded_by"),
        "can_reveal": may_see_contact(request.user, case),
        "version": case.version,
        "next": _here(after=place),
        "today": timezone.localdate(),
        "warn_from": warning_date(timezone.localdate(), case.county.rules),
    }
    return render(request, "suggestions/triage.html", context)


def untriaged(request: SignedInRequest) -> SuggestionQuerySet:
    """What waits at the desks that this person answers for, the most urgent first."""
    here = Suggestion.objects.filter(desk_id__in=desks_of(request.user.seats), state__in=UNTRIAGED)
    return here.order_by("due_on", "pk")


def _asked(request: SignedInRequest, queue: list[Place]) -> int:
    """Where in ``queue`` the case stands that is asked for; the first after the place where the last one stood; the
    first of all."""
    asked = request.GET.get("case", "")
    if asked:
        for index, (_, pk) in enumerate(queue):
            if str(pk) == asked:
                return index
        messages.info(request, "那一件已经研判过了，下面是下一件。")
    place = _place(request.GET.get("after", ""))
    index = bisect_right(queue, place) if place else 0
    if index < len(queue):
        return index
    messages.info(request, "后面没有了，回到最急的一件。")
    return 0


def _place(text: str) -> Place | None:
    """``2026-11-23.17``: where a case stood in the queue, which it may have left since."""
    due_on, _, pk = text.partition(".")
    try:
        return dt.date.fromisoformat(due_on), int(pk[:18])
    except ValueError:
        return None


def _here(**query: Any) -> str:
    words = {key: f"{value[0]}.{value[1]}" if key == "after" else value for key, value in query.items()}
    return f"{reverse('suggestions:triage')}?{urlencode(words)}"


def _panels(request: SignedInRequest, case: Suggestion, place: Place) -> list[dict[str, Any]]:
    """The forms of the steps that are open, each with its own ids, and where to go after it."""
    field = case.field or suggest_field(case.title, case.content)
    steps = {step.action: step for step in open_to(request.user, case)}
    found = []
    for action, (form_class, key) in FORMS.items():
        if action in steps:
            form = form_class(
                case=case, user=request.user, auto_id=f"{action}_%s", initial={"field": field} if field else {}
            )
            there = _here(case=case.pk) if action in STAYS else _here(after=place)
            found.append({"step": steps[action], "key": key, "form": form, "next": there})
    return found
