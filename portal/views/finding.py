"""The first page, and the way to one's station: county → township → village by tapping, or by typing any part."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from liaison.lib.text import clean
from portal.keeping import public_page
from stations.finding import find as find_stations
from stations.models import County, Kind, Station

MOST_FOUND = 30
LONGEST_QUERY = 40


@public_page(stale=60)
def home(request: HttpRequest) -> HttpResponse:
    """Two choices, and the way to a station."""
    counties = list(_counties())
    context = {"counties": counties, "townships": _townships(counties[0]) if len(counties) == 1 else ()}
    return render(request, "portal/home.html", context)


@public_page(stale=60)
def find(request: HttpRequest) -> HttpResponse:
    """``?q=`` what was typed, else ``?county=`` a code: its townships, else the counties there are."""
    query = clean(request.GET.get("q", ""))[:LONGEST_QUERY]
    if query:
        found = find_stations(query, most=MOST_FOUND + 1)
        context = {"found": found[:MOST_FOUND], "more": len(found) > MOST_FOUND}
    else:
        context = _county(request.GET.get("county", ""))
    return render(request, "portal/find.html", {"query": query, **context})


def _county(code: str) -> dict[str, object]:
    counties = list(_counties())
    county = next((one for one in counties if one.code == code or len(counties) == 1), None)
    if county is None:
        return {"counties": counties}
    others = Station.objects.filter(county=county, is_active=True, kind__in=(Kind.HUB, Kind.STUDIO))
    return {
        "counties": counties if len(counties) > 1 else [],
        "county": county,
        "townships": _townships(county),
        "others": others.filter(parent_kind__in=("", Kind.HUB)),
    }


@public_page(stale=60)
def villages(request: HttpRequest, pk: int) -> HttpResponse:
    """The township's own station, then its villages."""
    rows = Station.objects.filter(kind=Kind.TOWNSHIP, is_active=True).select_related("county")
    township = get_object_or_404(rows, pk=pk)
    below = list(township.children.filter(is_active=True).order_by("path"))
    context = {
        "township": township,
        "points": [one for one in below if one.kind == Kind.POINT],
        "studios": [one for one in below if one.kind == Kind.STUDIO],
    }
    return render(request, "portal/villages.html", context)


def _counties() -> QuerySet[County]:
    return County.objects.filter(stations__kind=Kind.HUB, stations__is_active=True).order_by("code")


def _townships(county: County) -> QuerySet[Station]:
    return Station.objects.filter(county=county, kind=Kind.TOWNSHIP, is_active=True).order_by("path")
