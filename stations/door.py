"""The sheet at a station's door: scanned with a phone, it opens the station's public page."""

from __future__ import annotations

from urllib.parse import urljoin

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from liaison.lib.qrcodes import squares
from stations.models import Station
from stations.views import station_or_404


def public_address(station: Station) -> str:
    """Short, and the same for as long as the station exists: what hangs at a door is not printed anew."""
    return urljoin(settings.SITE_URL, reverse("portal:station", args=[station.pk]))


def door_sheet(request: SignedInRequest, pk: int) -> HttpResponse:
    station = station_or_404(request, pk)
    if not station.is_active:
        raise Http404("站点已停用，没有公开页面。")
    address = public_address(station)
    path, side = squares(address)
    context = {
        "station": station,
        "address": address,
        "shown_address": address.partition("://")[2].rstrip("/"),
        "qr": path,
        "qr_side": side,
        "paper": "A5" if request.GET.get("paper") == "a5" else "A4",
    }
    return render(request, "stations/door_sheet.html", context)
