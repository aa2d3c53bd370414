"""One run of the reminder task on a province: every township has a reception day in the same week."""

from __future__ import annotations

import csv
import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from bench.fill import chunks, settle
from bench.measured import Measured
from deputies.models import Deputy, Level
from messaging import outbox
from messaging.models import OutboxRow
from noticeboard.models import WorkGroup
from receptions import reminders
from receptions.models import Duty, ReceptionDay, ReceptionRule
from stations.models import County, Kind, OfficerKind, ResidentOfficer, Station

DEPUTIES, OFFICERS = 5, 4  # of each township
COUNTIES = 158  # of Henan; what is made up has as many
NOTICE_DAYS = 7  # so that a whole week is due at once


def townships(path: str, count: int) -> Iterator[tuple[str, str, str]]:
    """(county code, county, township): of the official list where there is a file of it, else made up."""
    if path and Path(path).is_file():
        with open(path, encoding="utf-8") as lines:
            rows = ((row["县代码"], row["县"], row["乡镇"]) for row in csv.DictReader(lines))
            yield from islice(rows, count)
        return
    for number in range(count):
        county = number % COUNTIES
        yield f"{410000 + county}", f"县{county}", f"乡镇{number}"


def fill(path: str, count: int) -> int:
    """Counties, townships, people, groups, and the days; returns the number of days."""
    today = timezone.localdate()
    found = list(townships(path, count))
    hubs = _hubs({code: name for code, name, _ in found})
    towns = [
        Station(
            pk=len(hubs) + number,
            county=hubs[code].county,
            kind=Kind.TOWNSHIP,
            parent=hubs[code],
            parent_kind=Kind.HUB,
            path=f"{hubs[code].path}{len(hubs) + number:06d}",
            name=f"{name}人大代表联络站{number}",
            address=f"{name}人民政府一楼",
        )
        for number, (code, _, name) in enumerate(found, 1)
    ]
    Station.objects.bulk_create(towns, 1000)
    deputies = _people(towns)
    WorkGroup.objects.bulk_create(
        [WorkGroup(station=town, name="代表工作群", webhook="https://robot.invalid/send?key=k") for town in towns], 1000
    )
    days = [
        ReceptionDay(
            county=town.county,
            station=town,
            planned_on=today + dt.timedelta(days=1 + number % NOTICE_DAYS),
            date=today + dt.timedelta(days=1 + number % NOTICE_DAYS),
            starts_at=dt.time(9),
            ends_at=dt.time(11, 30),
        )
        for number, town in enumerate(towns)
    ]
    ReceptionDay.objects.bulk_create(days, 1000)
    duties = (
        Duty(day=day, deputy=deputy)
        for number, day in enumerate(days)
        for deputy in deputies[number * DEPUTIES : (number + 1) * DEPUTIES]
    )
    for chunk in chunks(duties, 1000):
        Duty.objects.bulk_create(chunk)
    settle()
    return len(days)


def _hubs(names: dict[str, str]) -> dict[str, Station]:
    counties = [
        County(pk=number, code=code, name=f"{name}{code}", short_name=name[:2], prefix=f"{number:04d}")
        for number, (code, name) in enumerate(names.items(), 1)
    ]
    County.objects.bulk_create(counties)
    hubs = [
        Station(pk=county.pk, county=county, kind=Kind.HUB, path=f"{county.pk:06d}", name=f"{county.name}中心站")
        for county in counties
    ]
    Station.objects.bulk_create(hubs)
    ReceptionRule.objects.bulk_create([ReceptionRule(station=hub, notice_days=NOTICE_DAYS) for hub in hubs])
    return {hub.county.code: hub for hub in hubs}


def _people(towns: list[Station]) -> list[Deputy]:
    """Deputies with log-in, address and phone: three channels each; officers with a phone alone."""
    users = [
        User(username=f"d{number}", name=f"代表{number}", email=f"d{number}@example.invalid", password="!")
        for number in range(len(towns) * DEPUTIES)
    ]
    User.objects.bulk_create(users, 1000)
    deputies = [
        Deputy(
            county=town.county,
            user=users[place * DEPUTIES + number],
            name=users[place * DEPUTIES + number].name,
            level=Level.TOWNSHIP,
            phone=f"138{place * DEPUTIES + number:08d}",
            home_station=town,
        )
        for place, town in enumerate(towns)
        for number in range(DEPUTIES)
    ]
    Deputy.objects.bulk_create(deputies, 1000)
    officers = (
        ResidentOfficer(
            station=town,
            name=f"人员{number}",
            kind=list(OfficerKind)[number],
            phone=f"139{place * OFFICERS + number:08d}",
        )
        for place, town in enumerate(towns)
        for number in range(OFFICERS)
    )
    for chunk in chunks(officers, 1000):
        ResidentOfficer.objects.bulk_create(chunk)
    return deputies


def measure(counted: Callable[[], AbstractContextManager[list[str]]]) -> Measured:
    """One run, a second one that has nothing to do, and a bare ``bulk_create`` of the very same outbox rows."""
    outbox.wake_sender = lambda: None  # whether a broker answers is not what is measured
    with counted() as queries:
        started = time.perf_counter()
        told = reminders.remind()
        seconds = time.perf_counter() - started
    number = -(-told.days // reminders.CHUNK)
    second = reminders.remind().rows
    return Measured(told.days, told.rows, seconds, len(queries), number, second, _bare(number))


def _bare(parts: int) -> float:
    """Seconds to insert the rows there are once more, in as many transactions, with nothing to find out first."""
    rows = list(OutboxRow.objects.order_by("pk"))
    with connection.cursor() as cursor:
        verb = "TRUNCATE" if connection.vendor == "postgresql" else "DELETE FROM"
        cursor.execute(f"{verb} {connection.ops.quote_name(OutboxRow._meta.db_table)}")
    for row in rows:
        row.pk = None
    size = -(-len(rows) // parts)
    started = time.perf_counter()
    for chunk in chunks(rows, size):
        with transaction.atomic():
            OutboxRow.objects.bulk_create(chunk, batch_size=outbox.CHUNK)
    return time.perf_counter() - started
