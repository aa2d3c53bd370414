"""The statistics of a county with a million cases, on PostgreSQL: filled by the database itself, kept by the task, shown.

The cases have every column that figures read, in the shares of a county that has worked for ten years; they have no
voters, events or assignments, which statistics do not read.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.db import connection, models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bench.fill import later_indexes, settle
from bench.measured import Shown
from demo import accounts
from demo.load import BOAI, load_demo
from deputies.models import Deputy
from reports import upkeep
from reports.models import DailyFigures, MonthlyFigures
from stations.models import County, Department, Kind, Station
from suggestions.choices import Channel, Field
from suggestions.models import Suggestion

YEARS = 10
OPEN_DAYS = 90  # what is younger may still be open
ROW = """
SELECT {columns} FROM (
  SELECT n, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e, random() AS f, random() AS g,
         %(now)s::timestamptz - (%(span)s * (1 - n::float / %(count)s)) * interval '1 second' AS came
  FROM generate_series(1, %(count)s) AS n
) AS one, LATERAL (
  SELECT CASE WHEN a < 0.02 THEN 'refused' WHEN a < 0.03 THEN 'withdrawn'
              WHEN came < %(now)s::timestamptz - interval '{open_days} days' OR a < 0.4 THEN 'closed'
              WHEN a < 0.5 THEN 'registered' WHEN a < 0.75 THEN 'handling' WHEN a < 0.85 THEN 'reported'
              ELSE 'handed_over' END AS state
) AS two
"""


def fill(count: int) -> tuple[float, float, int]:
    """Seconds for the cases, seconds for keeping their figures, rows kept."""
    load_demo(timezone.localdate())
    upkeep.refresh()
    county = County.objects.get(code=BOAI)
    started = time.perf_counter()
    with later_indexes(), connection.cursor() as cursor:
        insert(cursor, county, count)
    settle()
    filled = time.perf_counter() - started
    started = time.perf_counter()
    upkeep.refresh()
    settle()
    rows = sum(kept.objects.filter(county=county).count() for kept in (DailyFigures, MonthlyFigures))
    return filled, time.perf_counter() - started, rows


def insert(cursor: Any, county: County, count: int) -> None:
    def one_of(ids: Any, by: str) -> str:
        found = list(ids)
        literals = ", ".join(f"'{each}'" if isinstance(each, str) else str(each) for each in found)
        return f"(ARRAY[{literals}])[1 + floor({by} * {len(found)})::int]"

    stations = Station.objects.filter(county=county, kind__in=(Kind.TOWNSHIP, Kind.POINT)).values_list("pk", flat=True)
    leads = Department.objects.filter(station__county=county).values_list("pk", flat=True)
    deputies = Deputy.objects.filter(county=county).values_list("pk", flat=True)
    handled = "state IN ('closed', 'handling', 'reported', 'handed_over')"
    answered = "state = 'closed'"
    values = {
        "county_id": str(county.pk),
        "year": "extract(year FROM came)::int",
        "seq": "n + 1000000",
        "number": "'BA' || extract(year FROM came)::int || '-' || (n + 1000000)",
        "kind": "'opinion'",
        "channel": one_of(Channel.values, "b"),
        "field": one_of([*Field.values, ""], "c"),
        "title": "'主街路灯坏了'",
        "content": "'主街路灯坏了半个月，孩子下晚自习看不清路。'",
        "happened_on": "came::date",
        "station_id": one_of(stations, "d"),
        "desk_id": one_of(stations, "d"),
        "deputy_id": one_of(deputies, "e"),
        "lead_id": f"CASE WHEN {handled} THEN {one_of(leads, 'f')} END",
        "state": "state",
        "state_since": "came",
        "due_on": f"CASE WHEN {handled} AND NOT {answered} OR state = 'registered' THEN came::date + 80 END",
        "due_rule": "''",
        "refuse_reason": "CASE WHEN state = 'refused' THEN 'vague' ELSE '' END",
        "result_kind": f"CASE WHEN {answered} THEN {one_of(['solved', 'solved', 'planned', 'cannot'], 'g')} ELSE '' END",
        "reply": f"CASE WHEN {answered} THEN '已修好。' ELSE '' END",
        "replied_at": f"CASE WHEN {answered} THEN least(came + g * 60 * interval '1 day', %(now)s::timestamptz) END",
        "overran": f"{answered} AND b < 0.06",
        "satisfaction": f"CASE WHEN {answered} THEN {one_of(['satisfied', 'satisfied', 'basically', 'not', ''], 'e')} ELSE '' END",
        "escalated_at": "CASE WHEN f < 0.1 THEN came END",
        "created_at": "came",
        "query_code": "''",
    }
    for item in Suggestion._meta.concrete_fields:
        if item.column and item.column not in values and not item.null and not item.primary_key:
            values[item.column] = _nothing(item)
    names = ", ".join(connection.ops.quote_name(name) for name in values)
    select = ROW.format(columns=", ".join(values.values()), open_days=OPEN_DAYS)
    cursor.execute(
        f"INSERT INTO {Suggestion._meta.db_table} ({names}) {select}",
        {"now": timezone.now(), "span": YEARS * 365 * 86400, "count": count},
    )


def _nothing(item: models.Field[Any, Any]) -> str:
    if isinstance(item, models.BooleanField):
        return "false"
    return "0" if isinstance(item, models.IntegerField) else "''"


def measure(rounds: int, counted: Callable[[], AbstractContextManager[list[str]]]) -> list[Shown]:
    """Each page on the server, from request to last byte; also with a day that changed since its figures were kept."""
    office = Client(headers={"host": "localhost"})
    office.force_login(User.objects.get(username=accounts.COUNTY_OFFICE))
    county = County.objects.get(code=BOAI)
    town = Station.objects.filter(county=county, kind=Kind.TOWNSHIP)[0]
    today = timezone.localdate()
    ten_years = {"since": (today - dt.timedelta(days=YEARS * 365)).isoformat(), "until": today.isoformat()}
    pages: dict[str, tuple[str, str, dict[str, str]]] = {
        "county, this year": ("county", BOAI, {"period": "year"}),
        "county, last year": ("county", BOAI, {"period": "last_year"}),
        "county, ten years": ("county", BOAI, ten_years),
        "township, this year": ("station", str(town.pk), {"period": "year"}),
        "township, ten years": ("station", str(town.pk), ten_years),
        "field, this year": ("field", f"{BOAI}-health", {"period": "year"}),
        "field, ten years": ("field", f"{BOAI}-health", ten_years),
        "department, this year": ("department", str(Department.objects.filter(station=town)[0].pk), {"period": "year"}),
        "deputy, this year": ("deputy", str(Deputy.objects.filter(home_station=town)[0].pk), {"period": "year"}),
    }
    shown = [_page(office, name, *where, rounds, counted) for name, where in pages.items()]
    newest = Suggestion.objects.filter(county=county).order_by("-pk")[0].pk
    Suggestion.objects.filter(pk=newest).update(channel="letter", field="health")
    Suggestion.objects.filter(pk=newest).update(channel="phone")  # one of the two changed something
    return [*shown, _page(office, "county, a day touched", *pages["county, this year"], rounds, counted)]


def _page(
    client: Client,
    name: str,
    kind: str,
    key: str,
    asked: dict[str, str],
    rounds: int,
    counted: Callable[[], AbstractContextManager[list[str]]],
) -> Shown:
    url = reverse("reports:statistics", args=[kind, key], query=asked)
    client.get(url)
    with counted() as queries:
        size = len(client.get(url).content)
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        response = client.get(url)
        times.append((time.perf_counter() - started) * 1000)
        if response.status_code != 200:
            raise RuntimeError(f"{url} answered {response.status_code}")
    worst = statistics.quantiles(times, n=20, method="inclusive")[-1]
    return Shown(name, size, len(queries), statistics.median(times), worst)
