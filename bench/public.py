"""The public pages beside a bare view that returns the same bytes: one worker of the real web server has them all, and
they take turns."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import socket
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench import visitors
from bench.measured import AT_ONCE, Public
from deputies.models import Deputy
from liaison.launcher import web_server
from liaison.processes import START_WITHIN, Child
from liaison.tasks import refresh_statistics
from noticeboard.models import Notice, NoticeKind
from portal import freshness, keeping
from receptions.models import Duty, ReceptionDay
from stations.models import County, Kind, OfficerKind, ResidentOfficer, Station

DEPUTIES, OFFICERS, DAYS = 24, 4, 3
TURNS = {"bare": 60, "kept": 60, "rendered": 24}  # requests


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
    refresh_statistics()  # as every night; without them PostgreSQL does not know that there are indexes worth using
    town, county = Station.objects.get(kind=Kind.TOWNSHIP), County.objects.get()
    pages = {
        "station page": reverse("portal:station", args=[town.pk]),
        "noticeboard": reverse("portal:station_notices", args=[town.pk]),
        "noticeboard of the county": reverse("portal:county_notices", args=[county.code]),
    }
    with _server() as port:
        return [_page(port, name, url, rounds, counted) for name, url in pages.items()]


@contextlib.contextmanager
def _server() -> Iterator[int]:
    """One worker process, else as ``make run`` starts it. Its port."""
    child = Child("web", settings.VAR_DIR / "web.log")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        command = web_server(listening.fileno(), workers="1", threads=str(AT_ONCE))
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "bench.served_settings"}
        child.start(command, env=environment, cwd=settings.BASE_DIR, keep=[listening.fileno()])
        port = int(listening.getsockname()[1])
    try:
        _wait(port, child)
        yield port
    finally:
        child.stop(10, lambda: False)


def _wait(port: int, child: Child) -> None:
    until = time.monotonic() + START_WITHIN
    while True:
        try:
            visitors.get(port, "/bench/keep/1/")
        except (OSError, RuntimeError):
            if child.exit_code is not None or time.monotonic() > until:
                raise RuntimeError(f"the web server does not answer: {child.last_lines()}") from None
            time.sleep(0.1)
        else:
            return


def _page(
    port: int, name: str, url: str, rounds: int, counted: Callable[[], AbstractContextManager[list[str]]]
) -> Public:
    body = visitors.get(port, url)
    file = name.replace(" ", "-")
    (settings.VAR_DIR / file).write_bytes(body)
    bare = reverse("same", args=[file], urlconf="bench.served")
    if visitors.get(port, bare) != body:
        raise RuntimeError(f"{bare} does not answer with the bytes of {url}")
    turns: dict[str, list[float]] = {turn: [] for turn in TURNS}
    for number in range(rounds + 1):
        for turn in TURNS if number % 2 else reversed(TURNS):
            visitors.get(port, f"/bench/keep/{int(turn != 'rendered')}/")
            rate, _ = visitors.rate(port, bare if turn == "bare" else url, requests=TURNS[turn], at_once=AT_ONCE)
            if number:  # the first turn warms up
                turns[turn].append(rate)
    rates = {turn: statistics.median(values) for turn, values in turns.items()}
    # Round by round: what else the machine does at the moment meets both.
    shares = {
        turn: statistics.median(rate / bare for rate, bare in zip(turns[turn], turns["bare"], strict=True))
        for turn in ("kept", "rendered")
    }
    return Public(name, len(body), _cold(url, counted), *rates.values(), *shares.values())


def _cold(url: str, counted: Callable[[], AbstractContextManager[list[str]]]) -> int:
    """Queries of the page where nothing is kept anywhere."""
    cache.clear()
    keeping.at_hand.clear()
    freshness.forget()
    with counted() as queries:
        response = Client(headers={"host": "localhost"}).get(url)
    if response.status_code != 200:
        raise RuntimeError(f"{url} answered {response.status_code}")
    return len(queries)
