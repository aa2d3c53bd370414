"""专项监督 of a year: the groups, the projects, what was inspected and what is still to be put right."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from stations.fields import Field
from supervision.models import Group, Project
from supervision.views.projects import asked_year, with_standing


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    seen = Group.objects.visible_to(request.user).select_related("county", "leader")
    current = Q(members__until__isnull=True, members__isnull=False)
    found = seen.annotate(
        people=Count("members", filter=current, distinct=True),
        helpers=Count("experts", filter=Q(experts__until__isnull=True), distinct=True),
    )
    own = set(Group.objects.of_deputies(request.user).values_list("pk", flat=True))
    places = list(Field)
    groups = sorted(found, key=lambda one: (one.pk not in own, one.county_id, places.index(Field(one.field))))
    counties = request.user.seats.office_county_ids
    year = asked_year(request)
    projects = with_standing(Project.objects.visible_to(request.user).filter(year=year))
    context = {
        "year": year,
        "projects": projects,
        "late": sum(bool(far.late) and one.stopped_on is None for one, far in projects),
        "teams": groups,
        "own": own,
        "may_found": bool(counties) and len(groups) < len(Field) * len(request.user.seats.county_ids),
        "may_arrange": bool(counties),
        "several": len(request.user.seats.county_ids) > 1,
    }
    return render(request, "supervision/home.html", context)
