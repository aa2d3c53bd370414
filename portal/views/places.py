"""Find the station of one's own area, and see what it is."""

from __future__ import annotations

from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from deputies.models import Deputy
from liaison.lib.text import clean
from noticeboard.models import Notice
from portal.keeping import public_page
from receptions.models import Duty
from stations.models import County, Kind, Station

MOST_FOUND = 50
MOST_DAYS = 3
MOST_NOTICES = 8  # the pinned ones first; the rest is one tap away


@public_page(stale=60)
def home(request: HttpRequest) -> HttpResponse:
    """Two choices, and the way to a station by tapping or by typing part of a place's name."""
    query = clean(request.GET.get("q", ""))[:30]
    stations = Station.objects.filter(is_active=True).select_related("parent", "county")
    found = list(stations.filter(Q(name__contains=query) | Q(address__contains=query))[:MOST_FOUND]) if query else []
    counties = County.objects.annotate(many=Count("stations")).filter(many__gt=0).order_by("code")
    county = counties.filter(code=request.GET.get("county", "")).first()
    if county is None and len(counties) == 1:
        county = counties[0]
    offices = stations.filter(county=county, kind__in=[Kind.HUB, Kind.TOWNSHIP, Kind.STUDIO]) if county else []
    context = {"query": query, "found": found, "counties": counties, "county": county, "offices": offices}
    return render(request, "portal/home.html", context)


@public_page(stale=60)
def station(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Station.objects.select_related("parent", "county"), pk=pk, is_active=True)
    deputies = Deputy.objects.serving().filter(home_station=one).select_related("constituency")
    children = one.children.filter(is_active=True).order_by("kind", "path")
    board = Notice.objects.public().filter(station=one).order_by("-pinned", "-released_at", "-pk")
    on_duty = Prefetch("duties", Duty.objects.select_related("deputy").order_by("deputy__pinyin"))
    context = {
        "station": one,
        "deputies": deputies,
        "children": children,
        "officers": one.officers.filter(is_active=True),
        "days": one.reception_days.upcoming().prefetch_related(on_duty)[:MOST_DAYS],
        "notices": board[:MOST_NOTICES],
        "public": True,
    }
    return render(request, "portal/station.html", context)
