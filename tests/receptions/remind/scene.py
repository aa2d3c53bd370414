"""What the tests of this folder have in common."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db.models import F

from deputies.models import Deputy, Level
from messaging.models import OutboxRow
from messaging.tasks import ask
from receptions import reminders
from receptions.models import Duty, ReceptionDay

HERE = ZoneInfo("Asia/Shanghai")
DAY = dt.date(2026, 11, 25)
FIVE_BEFORE = dt.datetime(2026, 11, 20, 9, tzinfo=HERE)


def at(*args):
    return dt.datetime(*args, tzinfo=HERE)


def run(now=FIVE_BEFORE):
    there = set(OutboxRow.objects.values_list("pk", flat=True))
    found = reminders.remind(now=now)
    OutboxRow.objects.exclude(pk__in=there).update(created_at=now)
    return found


def still_true(row):
    """As the sender asks before it sends."""
    return ask(row.relevance)


def told(key=""):
    """Who was told, in what words, of the rows whose key ends so."""
    rows = OutboxRow.objects.filter(key__endswith=key).order_by("id")
    return [(row.name, row.channel, row.subject) for row in rows]


def names(key=""):
    return [name for name, _, _ in told(key)]


def change(day, **fields):
    """As the acts of the schedule change an arrangement that was told."""
    ReceptionDay.objects.filter(pk=day.pk).update(**fields, revision=F("revision") + 1, to_tell=True)
    day.refresh_from_db()


def put_on(day, deputy):
    """As the roster does."""
    Duty.objects.create(day=day, deputy=deputy)
    ReceptionDay.objects.filter(pk=day.pk).update(to_tell=True)


def take_off(day, deputy):
    Duty.objects.filter(day=day, deputy=deputy).delete()
    ReceptionDay.objects.filter(pk=day.pk).update(to_tell=True)


def a_deputy(people, name, **fields):
    return Deputy.objects.create(
        **{"county": people.county, "name": name, "level": Level.COUNTY, "home_station": people.town, **fields}
    )


def silent(day):
    return reminders.again(now=at(2026, 11, 23, 9))
