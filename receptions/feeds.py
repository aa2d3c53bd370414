"""Calendar feeds (.ics): secret addresses that ordinary calendar programs subscribe to.

The address is the only key: whoever has it reads the days. Nothing in a feed is more than the noticeboard shows: dates,
places, themes, the names of deputies on duty; never a phone.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event, Timezone, TimezoneStandard, vText

from deputies.models import Deputy, Status
from receptions.access import may_manage
from receptions.models import CalendarFeed, DayState, Duty, ReceptionDay
from receptions.schedule import themes_of
from stations.changes import record
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User

ZONE = "Asia/Shanghai"
BACK = dt.timedelta(days=90)  # how far a feed reaches back
READ_EVERY = dt.timedelta(hours=1)  # how exactly the last reading is kept


def may_feed(user: User, *, deputy: Deputy | None = None, station: Station | None = None) -> bool:
    """A deputy's feed is made by that deputy alone; a station's by the staff who cover it and by its officers."""
    if deputy is not None:
        return deputy.pk in user.seats.deputy_ids
    assert station is not None
    return may_manage(user, station) or station.pk in user.seats.officer_station_ids


def feeds_of(user: User) -> QuerySet[CalendarFeed]:
    """Feeds in use that ``user`` may see and revoke."""
    seats = user.seats
    mine = Q(deputy__in=seats.deputy_ids) | Q(created_by=user) | seats.subtree("station__")
    return CalendarFeed.objects.filter(mine, revoked_at=None).select_related("deputy", "station", "created_by")


@transaction.atomic
def create(*, by: User, deputy: Deputy | None = None, station: Station | None = None) -> CalendarFeed:
    if not may_feed(by, deputy=deputy, station=station):
        raise PermissionDenied("只能为本人和自己的站点建立日历订阅。")
    feed = CalendarFeed.objects.create(token=secrets.token_urlsafe(32), deputy=deputy, station=station, created_by=by)
    _record(feed, "feed_create", by)
    return feed


@transaction.atomic
def revoke(feed: CalendarFeed, *, by: User) -> None:
    """From now on the address is nobody's. Once is enough: again changes nothing."""
    if CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=timezone.now()):
        _record(feed, "feed_revoke", by)


def _record(feed: CalendarFeed, action: str, by: User) -> None:
    owner = feed.deputy or feed.station
    assert owner is not None
    after = {"feed": feed.pk, "deputy": feed.deputy_id, "station": feed.station_id}
    record(owner.county_id, action, actor=by, after=after)


def address(feed: CalendarFeed) -> str:
    return urljoin(settings.SITE_URL + "/", reverse("portal:calendar", args=[feed.token]).lstrip("/"))


def find(token: str) -> CalendarFeed | None:
    """The feed in use at that address; None once it is revoked, or its deputy no longer serves."""
    feeds = CalendarFeed.objects.filter(token=token, revoked_at=None)
    alive = Q(deputy__status=Status.SERVING) | Q(station__is_active=True)
    return feeds.filter(alive).select_related("deputy", "station").first()


def note_reading(feed: CalendarFeed) -> None:
    now = timezone.now()
    if feed.read_at is None or now - feed.read_at > READ_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now)


def days_of(feed: CalendarFeed) -> list[ReceptionDay]:
    days = ReceptionDay.objects.filter(date__gte=timezone.localdate() - BACK)
    days = days.filter(duties__deputy=feed.deputy) if feed.deputy else days.filter(station=feed.station)
    on_duty = Prefetch("duties", Duty.objects.shown().select_related("deputy"))
    return list(days.select_related("station").prefetch_related(on_duty).order_by("date", "pk"))


def ics(feed: CalendarFeed) -> bytes:
    """The feed as a calendar program reads it (RFC 5545). The same days give the same bytes."""
    days = days_of(feed)
    themes = themes_of(days)
    owner = f"{feed.deputy.name}代表" if feed.deputy else str(feed.station)
    calendar = Calendar()
    calendar.add("prodid", "-//Liaison Station//Reception days//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{owner}接待日")
    calendar.add("x-wr-timezone", ZONE)
    calendar.add("refresh-interval", dt.timedelta(hours=6), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    calendar.add_component(_zone())
    for day in days:
        calendar.add_component(_event(day, themes[day.pk]))
    return bytes(calendar.to_ical())


def _zone() -> Timezone:
    """China keeps one offset; written out, because not every program knows the name."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", ZONE)
    standard.add("dtstart", dt.datetime(1992, 1, 1))  # noqa: DTZ001  local time by RFC 5545
    standard.add("tzoffsetfrom", dt.timedelta(hours=8))
    standard.add("tzoffsetto", dt.timedelta(hours=8))
    standard.add("tzname", "CST")
    zone.add_component(standard)
    return zone


def _event(day: ReceptionDay, theme: str) -> Event:
    zone = ZoneInfo(ZONE)
    event = Event()
    event.add("uid", f"reception-day-{day.pk}@liaison-station")
    event.add("sequence", day.revision)
    # Not the time of reading, which would give every reading other bytes.
    event.add("dtstamp", dt.datetime.combine(day.planned_on, dt.time(), dt.UTC))
    event.add("dtstart", dt.datetime.combine(day.date, day.starts_at, zone))
    event.add("dtend", dt.datetime.combine(day.date, day.ends_at, zone))
    certain = "（暂定）" if day.provisional else ""
    event.add("summary", f"接待日{certain} · {day.station.name}")
    event.add("location", vText(day.place or day.station.address))
    event.add("description", "\n".join(_said(day, theme)))
    event.add("status", _status(day))
    event.add("url", urljoin(settings.SITE_URL + "/", reverse("receptions:day", args=[day.pk]).lstrip("/")))
    return event


def _status(day: ReceptionDay) -> str:
    if day.state == DayState.CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if day.provisional else "CONFIRMED"


def _said(day: ReceptionDay, theme: str) -> Iterable[str]:
    if day.state == DayState.CANCELLED:
        yield f"已取消：{day.cancel_reason}"
    if theme:
        yield f"主题：{theme}"
    if day.activity:
        yield f"活动：{day.activity}"
    names = "、".join(sorted(duty.deputy.name for duty in day.duties.all()))
    if names:
        yield f"值班代表：{names}"
    if day.why:
        yield f"日期说明：{day.why}"
