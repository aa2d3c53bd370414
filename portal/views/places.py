"""What a station is, and who its deputies are."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Prefetch, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from deputies.models import Deputy, DutyPublication
from portal import station_page
from portal.keeping import public_page
from receptions import brands
from receptions.models import DayState, Duty, ReceptionDay
from suggestions.choices import State
from suggestions.models import Suggestion

MOST_DAYS = 3
NOT_TAKEN_UP = (State.REFUSED, State.WITHDRAWN)


@public_page(stale=60)
def station(request: HttpRequest, pk: int) -> HttpResponse:
    found = station_page.station(pk)
    if found is None:
        raise Http404
    return render(request, "portal/station.html", found | {"public": True})


def on_duty() -> Prefetch:
    return Prefetch("duties", Duty.objects.shown().select_related("deputy").order_by("deputy__pinyin"))


@public_page(stale=60)
def brand(request: HttpRequest, pk: int) -> HttpResponse:
    """What a station's form of activity is, how often it was held and what came of it, and when it is next."""
    rows = brands.public().select_related("station__county")
    one = get_object_or_404(brands.counted(rows), pk=pk)
    days = one.days.upcoming().filter(station__is_active=True).exclude(state=DayState.CLOSED)
    context = {"brand": one, "days": days.select_related("station")[:MOST_DAYS], "public": True}
    return render(request, "portal/brand.html", context)


@public_page(stale=60)
def deputy(request: HttpRequest, pk: int) -> HttpResponse:
    """Who it is and what was done, in counts; no private data. Not of those who do not serve."""
    rows = Deputy.objects.public().select_related("home_station__parent__parent", "county", "constituency", "term")
    latest = DutyPublication.objects.filter(deputy=OuterRef("pk")).exclude(shown=[]).order_by("-year")
    rows = rows.annotate(
        duty_year=Subquery(latest.values("year")[:1]),
        duty_shown=Subquery(latest.values("shown")[:1]),
        duty_at=Subquery(latest.values("released_at")[:1]),
    )
    one = get_object_or_404(rows, pk=pk)
    duties = ReceptionDay.objects.upcoming().filter(duties__deputy=one, station__is_active=True)
    context = {
        "deputy": one,
        "days": duties.exclude(state=DayState.CLOSED).select_related("station")[:MOST_DAYS],
        "done": _done(one),
        "duty": DutyPublication(year=one.duty_year, shown=one.duty_shown, released_at=one.duty_at)  # type: ignore[attr-defined]
        if one.duty_shown  # type: ignore[attr-defined]
        else None,
        "public": True,
    }
    return render(request, "portal/deputy.html", context)


def _done(deputy: Deputy) -> dict[str, int]:
    """What came to the deputy and was taken up; how much of it was answered on the spot, how much was replied to."""
    taken_up = Suggestion.objects.filter(deputy=deputy).exclude(state__in=NOT_TAKEN_UP)
    return taken_up.aggregate(
        received=Count("pk"),
        answered=Count("pk", filter=Q(on_the_spot=True)),
        replied=Count("pk", filter=Q(replied_at__isnull=False)),
    )
