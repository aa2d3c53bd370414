"""办理结果: what staff released, the figures with the numbers behind them, and the words that say what they mean."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from liaison.lib.paging import paginate
from liaison.lib.text import clean
from portal.keeping import public_page
from stations.models import County, Kind, Station
from suggestions import figures
from suggestions.choices import Field
from suggestions.models import PublicResult, PublicResultQuerySet

ORDER = ("-released_at", "-id")
PAGE = 20


@public_page(stale=60)
def county_results(request: HttpRequest, code: str) -> HttpResponse:
    county = get_object_or_404(County, code=code)
    rows = PublicResult.objects.public().filter(county=county)
    return _list(request, rows, {"county": county, "county_wide": True})


@public_page(stale=60)
def station_results(request: HttpRequest, pk: int) -> HttpResponse:
    station = get_object_or_404(Station.objects.select_related("county"), pk=pk, is_active=True)
    return _list(request, results_of(station), {"station": station, "county": station.county})


def results_of(station: Station) -> PublicResultQuerySet:
    """Released results of ``station`` and of those below it."""
    return PublicResult.objects.public().filter(
        county_id=station.county_id, station__in=Station.objects.within(station).values("pk")
    )


def _list(request: HttpRequest, rows: PublicResultQuerySet, context: dict[str, Any]) -> HttpResponse:
    query = clean(request.GET.get("q", "")).strip()[:40]
    field = request.GET.get("field", "") if request.GET.get("field", "") in Field.values else ""
    months = list(rows.order_by("-month").values_list("month", flat=True).distinct())
    years = sorted({month.year for month in months}, reverse=True)
    start, end = _span(request.GET.get("month", ""), months)
    if start:
        rows = rows.filter(month__gte=start, month__lt=end)
    if field:
        rows = rows.filter(field=field)
    if query:
        rows = rows.filter(Q(title__icontains=query) | Q(matter__icontains=query) | Q(answer__icontains=query))
    cursors = {"after": request.GET.get("after", ""), "before": request.GET.get("before", "")}
    page = paginate(rows.select_related("station"), order=ORDER, size=PAGE, **cursors)
    chosen = request.GET.get("month", "") if start else ""
    context |= {"page": page, "years": years, "months": months, "chosen": chosen, "query": query, "field": field}
    return render(request, "portal/results.html", context | {"fields": Field.choices})


def _span(text: str, months: list[dt.date]) -> tuple[dt.date | None, dt.date | None]:
    """ "2026" or "2026-03" as (first day, first day after), of what there is; else nothing."""
    for month in months:
        if text == f"{month:%Y}":
            return dt.date(month.year, 1, 1), dt.date(month.year + 1, 1, 1)
        if text == f"{month:%Y-%m}":
            return month, figures.Period(month, 1).end
    return None, None


@public_page()
def result(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(PublicResult.objects.public().select_related("station", "county"), pk=pk)
    return render(request, "portal/result.html", {"result": one, "station": one.station, "county": one.county})


@public_page(stale=60)
def county_figures(request: HttpRequest, code: str) -> HttpResponse:
    county = get_object_or_404(County, code=code)
    years, year, period = _period(request, county.pk)
    cases = figures.of_county(county.pk, period)
    shown = Q(kind__in=[Kind.HUB, Kind.TOWNSHIP]) | Q(kind=Kind.STUDIO, parent__kind=Kind.HUB)
    # In the order of the tree, never by the figures: this is no ranking.
    stations = Station.objects.filter(shown, county=county, is_active=True).order_by("path")
    found = figures.by_station(cases, list(stations))
    rows = [(station, found[station.pk]) for station in stations]
    return _figures(request, cases, period, {"county": county, "years": years, "year": year, "by_station": rows})


@public_page(stale=60)
def station_figures(request: HttpRequest, pk: int) -> HttpResponse:
    station = get_object_or_404(Station.objects.select_related("county"), pk=pk, is_active=True)
    years, year, period = _period(request, station.county_id)
    cases = figures.of_station(station, period)
    context = {"station": station, "county": station.county, "years": years, "year": year}
    return _figures(request, cases, period, context)


def _period(request: HttpRequest, county_id: int) -> tuple[list[int], int | None, figures.Period]:
    """Without a year asked for: the last twelve months."""
    years = figures.years_of(county_id)
    year = next((number for number in years if str(number) == request.GET.get("year", "")), None)
    return years, year, figures.year(year) if year else figures.last_months()


def _figures(request: HttpRequest, cases: Any, period: figures.Period, context: dict[str, Any]) -> HttpResponse:
    fields, names = figures.by_field(cases), [*Field.choices, ("", "尚未分类")]
    context |= {
        "all": sum(fields.values(), figures.Tally()),
        "by_field": [(name, fields.get(key, figures.Tally())) for key, name in names if key or key in fields],
        "by_month": list(figures.by_month(cases, period).items()),
        "period": period,
        "few": figures.FEW,
    }
    return render(request, "portal/figures.html", context)
