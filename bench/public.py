"""The public pages beside a bare view that returns the same bytes: same server, same process, in turns."""

from __future__ import annotations

import datetime as dt
import io
import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import include, path, reverse
from django.utils import timezone

from bench.measured import Public
from deputies.models import Deputy
from noticeboard.models import Notice, NoticeKind
from portal import freshness, keeping
from receptions.models import Duty, ReceptionDay
from stations.models import County, Kind, OfficerKind, ResidentOfficer, Station

DEPUTIES, OFFICERS, DAYS = 24, 4, 3
BATCH = 25  # requests in a turn
BYTES: dict[str, bytes] = {}


@login_not_required
def same(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(BYTES[name])


urlpatterns = [path("bench/same/<str:name>/", same, name="same"), path("", include("liaison.urls"))]


def fill(notices: int) -> None:
    """A township with its people, its next days, and so many notices."""
    county = County.objects.create(code="410822", name="博爱县", short_name="博爱", prefix="BA")
    hub = Station.objects.create(county=county, kind=Kind.HUB, name="博爱县人大代表中心联络站")
    town = Station.objects.create(county=county, kind=Kind.TOWNSHIP, name="许良镇人大代表联络站", parent=hub)
    deputies = [
        Deputy.objects.create(county=county, name=f"张代表{number}", level="township", home_station=town, trade="law")
        for number in range(DEPUTIES)
    ]
    for number in range(OFFICERS):
        ResidentOfficer.objects.create(station=town, name=f"王警官{number}", kind=OfficerKind.POLICE)
    for number in range(DAYS):
        date = timezone.localdate() + dt.timedelta(days=10 + 30 * number)
        day = ReceptionDay.objects.create(
            county=county, station=town, planned_on=date, date=date, starts_at=dt.time(9), ends_at=dt.time(11)
        )
        Duty.objects.bulk_create([Duty(day=day, deputy=deputy) for deputy in deputies[:5]])
    now = timezone.now()
    kinds = NoticeKind.values
    Notice.objects.bulk_create(
        Notice(
            county=county,
            station=town,
            kind=kinds[number % len(kinds)],
            title=f"关于主街路灯维修情况的公示（第{number}号）",
            body="即日起维修主街路灯，请过往行人注意安全。" * 5,
            state="released",
            released_at=now - dt.timedelta(hours=number),
        )
        for number in range(notices)
    )


def measure(rounds: int, counted: Callable[[], AbstractContextManager[list[str]]]) -> list[Public]:
    """Each page kept, rendered, and as a bare view: in turns, so that what the machine does meanwhile meets all."""
    town, county = Station.objects.get(kind=Kind.TOWNSHIP), County.objects.get()
    pages = {
        "station page": reverse("portal:station", args=[town.pk]),
        "noticeboard": reverse("portal:station_notices", args=[town.pk]),
        "noticeboard of the county": reverse("portal:county_notices", args=[county.code]),
    }
    server = Server()
    return [_page(server, name, url, rounds, counted) for name, url in pages.items()]


def _page(
    server: Server, name: str, url: str, rounds: int, counted: Callable[[], AbstractContextManager[list[str]]]
) -> Public:
    BYTES[name] = server.get(url)
    cache.clear()
    keeping.at_hand.clear()
    freshness.forget()
    with counted() as queries:
        server.get(url)
    bare = reverse("same", args=[name])
    turns: dict[str, list[float]] = {"bare": [], "kept": [], "rendered": []}
    for number in range(rounds + 1):
        for turn in ("bare", "kept", "rendered") if number % 2 else ("rendered", "kept", "bare"):
            settings.KEEP_PAGES = turn != "rendered"
            seconds = server.seconds(bare if turn == "bare" else url)
            if number:  # the first turn warms up
                turns[turn].append(BATCH / seconds)
    settings.KEEP_PAGES = True
    rates = {turn: statistics.median(values) for turn, values in turns.items()}
    return Public(name, len(BYTES[name]), len(queries), rates["bare"], rates["kept"], rates["rendered"])


class Server:
    """The application as a WSGI server calls it, every middleware and the end of each request included."""

    def __init__(self) -> None:
        self.handler = WSGIHandler()
        self.requests = RequestFactory(headers={"host": "localhost"})

    def get(self, url: str) -> bytes:
        status: list[str] = []

        def start(line: str, headers: Any, error: Any = None, /) -> Callable[[bytes], object]:
            status.append(line)
            return lambda chunk: None

        answer: Any = self.handler(self.requests.get(url).environ | {"wsgi.input": io.BytesIO()}, start)
        body = b"".join(answer)
        answer.close()
        if status != ["200 OK"]:
            raise RuntimeError(f"{url} answered {status}")
        return body

    def seconds(self, url: str) -> float:
        started = time.perf_counter()
        for _ in range(BATCH):
            self.get(url)
        return time.perf_counter() - started
