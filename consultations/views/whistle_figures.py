"""吹哨报到统计: how departments answer, and what they think of the whistles."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from consultations import whistle_figures
from consultations.models import Ground
from suggestions.figures import FEW


@require_safe
def figures(request: SignedInRequest) -> HttpResponse:
    """Stations see their whistles, departments their own figures, the county office everything."""
    seats = request.user.seats
    if not (seats.stations or seats.departments):
        raise PermissionDenied("吹哨报到统计由站点和承办单位的工作人员查看。")
    seen, now = whistle_figures.of(request.user), timezone.now()
    years = whistle_figures.years(seen)
    asked = request.GET.get("year", "")
    every = "year" in request.GET and not asked  # ?year= is every year, as in the lists
    year = next((one for one in years if str(one) == asked), years[0])
    calls = seen if every else whistle_figures.in_year(seen, year)
    grounds = whistle_figures.by_ground(calls)
    context = {
        "year": None if every else year,
        "years": years,
        "total": whistle_figures.total(calls, now),
        "whistles": sum(grounds.values()),
        "grounds": [(one.label, grounds.get(one, 0)) for one in Ground],
        "departments": whistle_figures.by_department(calls, now),
        "stations": whistle_figures.by_station(calls, now),
        "few": FEW,
    }
    return render(request, "consultations/whistle_figures.html", context)
