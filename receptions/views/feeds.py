"""Calendar subscriptions: make an address, copy it, revoke it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from deputies.models import Deputy
from receptions import feeds as feeding
from receptions.access import station_or_404
from receptions.views.schedule import holding_stations
from stations.models import Station


def feeds(request: SignedInRequest) -> HttpResponse:
    user = request.user
    rows = [(feed, feeding.address(feed)) for feed in feeding.feeds_of(user).order_by("-deputy", "station__path", "pk")]
    context = {
        "rows": rows,
        "deputies": user.seats.deputies,
        "stations": [station for station in holding_stations(user) if feeding.may_feed(user, station=station)],
    }
    return render(request, "receptions/feeds.html", context)


@require_POST
def create_feed(request: SignedInRequest) -> HttpResponse:
    deputy, station = wanted(request.user, request.POST.get("of", ""))
    feed = feeding.create(by=request.user, deputy=deputy, station=station)
    messages.success(request, f"{feed.deputy or feed.station}的订阅地址已建立，请复制到日历软件。")
    return redirect("receptions:feeds")


def wanted(user: User, text: str) -> tuple[Deputy | None, Station | None]:
    """``deputy:7`` or ``station:3``; without anything, the own record of somebody who is a deputy."""
    kind, _, number = text.partition(":")
    if not text and not user.seats.deputies:
        raise PermissionDenied("只能为本人和自己的站点建立日历订阅。")
    if not text:
        return user.seats.deputies[0], None
    if kind == "deputy" and number.isdecimal():
        own = [deputy for deputy in user.seats.deputies if deputy.pk == int(number)]
        if own:
            return own[0], None
    if kind == "station" and number.isdecimal():
        return None, station_or_404(user, int(number[:12]))
    raise Http404


@require_POST
def revoke_feed(request: SignedInRequest, pk: int) -> HttpResponse:
    feed = get_object_or_404(feeding.feeds_of(request.user), pk=pk)
    feeding.revoke(feed, by=request.user)
    messages.success(request, "这个订阅地址已停用，谁也不能再用它读取。")
    return redirect("receptions:feeds")
