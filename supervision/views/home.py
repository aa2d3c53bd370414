"""专项监督 of a year: the groups, the projects, what was inspected and what is still to be put right."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import SignedInRequest
from stations.fields import Field
from supervision.models import (
    Answer,
    Finding,
    FindingState,
    Group,
    Inspection,
    InspectionState,
    Project,
)
from supervision.views.inspections import rows
from supervision.views.projects import asked_year, with_standing

SHOWN = 8  # rows of a part; the lists have all


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    user, year = request.user, asked_year(request)
    counties = user.seats.office_county_ids
    projects = with_standing(Project.objects.visible_to(user).filter(year=year))
    own = set(Group.objects.of_deputies(user).values_list("pk", flat=True))
    groups = _groups(user, own)
    context = {
        "year": year,
        # Who works for a station looks over all of them; to a deputy the own one matters, to a department none.
        "teams": [one for one in groups if one.pk in own or user.seats.stations],
        "others": [one for one in groups if not (one.pk in own or user.seats.stations)],
        "own": own,
        "projects": projects,
        "late": sum(bool(far.late) and one.stopped_on is None for one, far in projects),
        "may_found": bool(counties) and len(groups) < len(Field) * len(user.seats.county_ids),
        "may_arrange": bool(counties),
        "several": len(user.seats.county_ids) > 1,
        **_inspected(user, year),
        **_found(user, year),
    }
    return render(request, "supervision/home.html", context)


def _groups(user: User, own: set[int]) -> list[Any]:
    """One's own first, then in the order of the fields."""
    current = Q(members__until__isnull=True, members__isnull=False)
    found = (
        Group.objects.visible_to(user)
        .select_related("county", "leader")
        .annotate(
            people=Count("members", filter=current, distinct=True),
            helpers=Count("experts", filter=Q(experts__until__isnull=True), distinct=True),
        )
    )
    places = list(Field)
    return sorted(found, key=lambda one: (one.pk not in own, one.county_id, places.index(Field(one.field))))


def _inspected(user: User, year: int) -> dict[str, Any]:
    seen = Inspection.objects.visible_to(user).filter(date__year=year)
    asked = {"participants__deputy__in": user.seats.deputy_ids, "participants__answer": Answer.ASKED}
    planned = Inspection.objects.filter(state=InspectionState.PLANNED, date__gte=timezone.localdate())
    return {
        "invitations": rows(planned.filter(pk__in=planned.filter(**asked).values("pk"))).order_by("date", "pk"),
        "coming": rows(seen.filter(state=InspectionState.PLANNED)).order_by("date", "pk")[:SHOWN],
        "last": rows(seen.held()).order_by("-date", "-pk")[:SHOWN],
        "held": seen.held().count(),
    }


def _found(user: User, year: int) -> dict[str, Any]:
    found = Finding.objects.visible_to(user).filter(inspection__date__year=year)
    waiting = Finding.objects.visible_to(user).filter(state__in=_for(user)).select_related("department")
    return {
        "open": found.open().count(),
        "overdue": found.overdue().count(),
        "again": found.filter(previous__isnull=False).count(),
        "waiting": waiting.order_by("due_on", "pk")[:SHOWN],
    }


def _for(user: User) -> list[FindingState]:
    """The states in which a finding waits for somebody like this reader: to be sent, put right, or checked."""
    states = [FindingState.SENT] if user.seats.departments else []
    states += [FindingState.NOTED] if user.seats.stations else []
    return [*states, FindingState.REPORTED] if user.seats.stations or user.seats.deputies else states
