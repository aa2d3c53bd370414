"""The screen in the hall of a station: figures, the next reception days, what was done for whom. Nobody touches it: it fills
one screen of any size, has nothing to press, and asks for itself anew every few minutes."""

from __future__ import annotations

from urllib.parse import urljoin

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from noticeboard.models import Notice
from portal.keeping import public_page
from portal.views.places import on_duty
from portal.views.results import ORDER, results_of
from receptions.models import ReceptionDay
from stations.models import Station
from suggestions import figures

DAYS, RESULTS, NOTICES = 3, 3, 3
RENEW = 300  # seconds


@public_page(stale=60, by_cookie=False)
def station_screen(request: HttpRequest, pk: int) -> HttpResponse:
    """Of a hub: all of its county. Shows nothing that the station's public pages do not show."""
    station = get_object_or_404(Station.objects.select_related("county"), pk=pk, is_active=True)
    subtree = Station.objects.within(station).values("pk")
    days = ReceptionDay.objects.filter(county_id=station.county_id, station__in=subtree).upcoming()
    board = Notice.objects.public().filter(station=station).order_by("-pinned", "-released_at", "-pk")
    address = urljoin(f"{settings.SITE_URL}/", reverse("portal:station", args=[pk]))
    context = {
        "station": station,
        "renew": RENEW,
        "today": timezone.localdate(),
        "all": figures.total(figures.of_station(station, figures.last_months())),
        "few": figures.FEW,
        "days": days.order_by("date", "starts_at", "pk").select_related("station").prefetch_related(on_duty())[:DAYS],
        "results": results_of(station).order_by(*ORDER)[:RESULTS],
        "notices": board[:NOTICES],
        "address": address,
        "qr": mark_safe(segno.make(address, error="m").svg_inline(border=2, omitsize=True)),
    }
    return render(request, "portal/screen.html", context)
