"""接待日程: a station's year, or the month of all stations of the county; open to every seat."""

from __future__ import annotations

import calendar as months
import datetime as dt
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from accounts.requests import SignedInRequest
from receptions.access import may_manage
from receptions.models import Duty, ReceptionDay
from receptions.schedule import HOLDS, quarter, rule_for, rules_for, themes_of
from stations.models import Kind, Station
from workdays.calendar import Calendar
from workdays.forms import FIRST, LAST
from workdays.views import month_grid

ALL = "all"


def schedule(request: SignedInRequest) -> HttpResponse:
    station = wanted_station(request)
    year = wanted_number(request, "year", FIRST, LAST) or timezone.localdate().year
    context = {
        "station": station,
        "year": year,
        "stations": holding_stations(request.user),
        "today": timezone.localdate(),
    }
    if station is None:
        context |= month_of_all(request, year)
        return render(request, "receptions/schedule.html", context)
    context |= year_of(station, year) | {"manages": may_manage(request.user, station)}
    return render(request, "receptions/schedule_station.html", context)


def wanted_number(request: SignedInRequest, name: str, least: int, most: int) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 5 and least <= int(text) <= most else None


def wanted_station(request: SignedInRequest) -> Station | None:
    """The station asked for in the address, else one's own; None: all stations."""
    text = request.GET.get("station", "")
    if text == ALL:
        return None
    visible = Station.objects.visible_to(request.user).select_related("county", "parent__parent")
    if text.isdecimal() and (found := visible.filter(pk=int(text[:12])).first()):
        return found
    return own_station(request.user)


def own_station(user: User) -> Station | None:
    """Where one sits, or the nearest station above that holds reception days; None for the county office, which has
    them all."""
    seats = user.seats
    if seats.is_county_office:
        return None
    places = [
        *seats.stations,
        *(deputy.home_station for deputy in seats.deputies if deputy.home_station),
        *seats.officer_of,
        *(department.station for department in seats.departments),
    ]
    station: Station | None = places[0] if places else None
    while station is not None and not rule_for(station).holds:
        station = station.parent
    return station


def holding_stations(user: User) -> list[Station]:
    """Those that hold reception days, for the filter."""
    stations = Station.objects.visible_to(user).filter(is_active=True)
    chosen = list(stations.filter(Q(kind__in=HOLDS) | Q(reception_rule__holds=True)).order_by("path"))
    rules = rules_for(chosen)
    return [station for station in chosen if rules[station.pk].holds]


def shown_days(days: QuerySet[ReceptionDay]) -> dict[str, Any]:
    """The days with what a list shows of each: five queries at most, however many days."""
    duties = Duty.objects.select_related("deputy").order_by("deputy__pinyin", "pk")
    rows = list(days.select_related("station").prefetch_related(Prefetch("duties", duties)))
    return {"days": rows, "themes": themes_of(rows)}


def year_of(station: Station, year: int) -> dict[str, Any]:
    today, calendar = timezone.localdate(), Calendar.current()
    shown = shown_days(ReceptionDay.objects.filter(station=station, date__year=year).order_by("date", "pk"))
    by_date: dict[dt.date, ReceptionDay] = {}
    for day in shown["days"]:
        if day.state != "cancelled" or day.date not in by_date:
            by_date[day.date] = day
    return shown | {
        "rule": rule_for(station),
        "by_date": by_date,
        "months": [(month, month_grid(calendar, year, month, today)) for month in range(1, 13)],
        "weekdays": "一二三四五六日",
        "provisional": any(day.provisional for day in shown["days"]),
        "is_hub": station.kind == Kind.HUB,
    }


def month_of_all(request: SignedInRequest, year: int) -> dict[str, Any]:
    today = timezone.localdate()
    month = wanted_number(request, "month", 1, 12) or (today.month if year == today.year else 1)
    first = dt.date(year, month, 1)
    last = dt.date(year, month, months.monthrange(year, month)[1])
    days = ReceptionDay.objects.visible_to(request.user).filter(date__range=(first, last))
    previous, following = first - dt.timedelta(days=1), last + dt.timedelta(days=1)
    return shown_days(days.order_by("date", "station__path", "pk")) | {
        "month": month,
        "quarter": quarter(first),
        "first": first,
        "previous": previous,
        "following": following,
    }
