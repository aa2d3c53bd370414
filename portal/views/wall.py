"""The board on the wall: one sheet of A3 or A4, whatever there is to say; the rest is behind the QR code."""

from __future__ import annotations

from urllib.parse import urljoin

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import mark_safe

from deputies.models import Deputy
from noticeboard.models import Notice, NoticeKind
from portal.keeping import public_page
from portal.views.places import on_duty
from portal.views.results import ORDER, results_of
from stations.models import Station

DAYS, RESULTS, NOTICES = 3, 3, 6  # the results take their places out of the notices'
# So many deputies in so many columns; those beyond the last number are counted.
GRIDS = ((10, 5), (28, 7), (60, 10))


@public_page(stale=60)
def station_board(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    station = get_object_or_404(Station.objects.select_related("parent", "county"), pk=pk, is_active=True)
    deputies = list(Deputy.objects.public().filter(home_station=station).select_related("constituency"))
    most, columns = next((grid for grid in GRIDS if len(deputies) <= grid[0]), GRIDS[-1])
    board = Notice.objects.public().filter(station=station).order_by("-pinned", "-released_at", "-pk")
    results = list(results_of(station).order_by(*ORDER)[:RESULTS])
    address = urljoin(f"{settings.SITE_URL}/", reverse("portal:station", args=[pk]))
    context = {
        "station": station,
        "size": size,
        "days": station.reception_days.upcoming().prefetch_related(on_duty())[:DAYS],
        "deputies": deputies[:most],
        "many": len(deputies),
        "more": max(len(deputies) - most, 0),
        "columns": columns,
        "plan": board.filter(kind=NoticeKind.PLAN).first(),
        "notices": board.exclude(kind__in=[NoticeKind.PLAN, NoticeKind.RECEPTION])[: NOTICES - len(results)],
        "results": results,
        "officers": station.officers.filter(is_active=True),
        "address": address,
        "qr": mark_safe(segno.make(address, error="m").svg_inline(border=2, omitsize=True)),
    }
    return render(request, "portal/wall.html", context)
