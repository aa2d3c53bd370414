"""The board on the wall: one sheet of A3 or A4, whatever there is to say; the rest is behind the QR code."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import segno
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from deputies.models import Deputy
from liaison.lib import pdf
from noticeboard.models import Notice, NoticeKind
from portal.keeping import public_page
from portal.views.places import on_duty
from portal.views.results import ORDER, results_of
from stations.models import Station

DAYS, RESULTS, NOTICES = 3, 3, 6  # the results take their places out of the notices'
# So many deputies in so many columns; those beyond the last number are counted.
STYLES, GOLD = ("portal", "wall", "wall_pdf"), "#f0d08a"
GRIDS = ((10, 5), (28, 7), (60, 10))


@public_page(stale=60)
def station_board(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    return render(request, "portal/wall.html", _board(pk, size))


@require_safe
@never_cache
def station_board_pdf(request: SignedInRequest, pk: int) -> FileResponse:
    """The A3 board as a file for the print shop. Setting it takes seconds, so it is for whoever is logged in."""
    if not pdf.can_render():
        raise Http404("这台服务器不能生成 PDF，请用浏览器打印。")
    board = _board(pk, "a3")
    page = str(render_to_string("portal/wall.html", {**board, "as_file": True}, request))
    page = page.replace("currentColor", GOLD)  # of the emblem; the renderer knows no colour that is inherited there
    file = io.BytesIO(pdf.render(page, css=[_style(name) for name in STYLES], pictures=_faces(board["deputies"])))
    name = f"公示栏-{board['station'].name}-A3.pdf"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")


def _style(name: str) -> Path:
    found = finders.find(f"css/{name}.css")
    assert isinstance(found, str), name
    return Path(found)


def _faces(deputies: list[Deputy]) -> dict[str, bytes]:
    """The photos that are there, by their addresses on the page."""
    faces = {}
    for deputy in deputies:
        if deputy.photo:
            with suppress(FileNotFoundError), deputy.photo.open("rb") as file:
                address = reverse("portal:deputy_photo", args=[deputy.pk])
                faces[f"{address}?v={deputy.photo_version}"] = file.read()
    return faces


def _board(pk: int, size: str) -> dict[str, Any]:
    station = get_object_or_404(Station.objects.select_related("parent", "county"), pk=pk, is_active=True)
    deputies = list(Deputy.objects.public().filter(home_station=station).select_related("constituency"))
    most, columns = next((grid for grid in GRIDS if len(deputies) <= grid[0]), GRIDS[-1])
    board = Notice.objects.public().filter(station=station).order_by("-pinned", "-released_at", "-pk")
    results = list(results_of(station).order_by(*ORDER)[:RESULTS])
    address = urljoin(f"{settings.SITE_URL}/", reverse("portal:station", args=[pk]))
    return {
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
