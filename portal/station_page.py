"""What the page of a station shows, asked in one prepared query.

The lists come along with the station, as dictionaries that the templates of a row read like objects: that costs a
fraction of a query and of objects with forty columns for each.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.utils import timezone

from deputies.models import Deputy, Level, Trade, photo_version
from liaison.lib.json_rows import JSONRows, day, hour
from liaison.lib.placenames import place
from liaison.lib.prepared import prepared
from noticeboard.models import Notice, NoticeKind
from portal import boards
from portal.views.results import ORDER
from receptions.models import Brand, Duty, ReceptionDay
from stations.models import OfficerKind, ResidentOfficer, Station
from suggestions import figures
from suggestions.choices import Field, ResultKind
from suggestions.models import PublicResult

DAYS = RESULTS = 3
NOTICES = 8  # the pinned ones first; the rest is one tap away
OWN = ("kind", "name", "path", "trade", "address", "phone", "opening_hours", "head")
ABOVE = ("parent__kind", "parent__name", "parent__is_active")
LEVELS, TRADES, OFFICERS = dict(Level.choices), dict(Trade.choices), dict(OfficerKind.choices)
RESULT_KINDS, FIELDS = dict(ResultKind.choices), dict(Field.choices)
# Of a case or a result in a subquery: it is of the station or of one below it (Station.path_end).
HERE = {"station__path__gte": OuterRef("path"), "station__path__lt": Concat(OuterRef("path"), Value(":"))}


def station(pk: int) -> dict[str, Any] | None:
    """The context of ``portal/station.html``; None where no open station has that number."""
    since, until = figures.last_months().span
    for one in _station(pk, timezone.now(), timezone.localdate(), since, until):
        return {
            "station": one,
            "way": [above for above in (one.parent and one.parent.parent, one.parent) if above and above.is_active],
            "children": [row | {"place": place(row["name"])} for row in one.listed_below],
            "officers": [row | {"get_kind_display": OFFICERS.get(row["kind"], "")} for row in one.listed_officers],
            "brands": one.listed_brands,
            "deputies": [_deputy(row) for row in one.listed_deputies],
            "days": [_day(row) for row in one.listed_days],
            "notices": boards.named(one.listed_notices),
            "results": [_result(row) for row in one.listed_results],
            "counts": figures.Tally(**one.counts) if one.counts else figures.Tally(),
        }
    return None


@prepared
def _station(pk: int, now: dt.datetime, today: dt.date, since: dt.datetime, until: dt.datetime) -> QuerySet[Any, Any]:
    plans = Notice.objects.public(now).filter(station=pk, kind=NoticeKind.PLAN).order_by("-released_at", "-pk")
    return (
        Station.objects.filter(pk=pk, is_active=True)
        .select_related("parent__parent", "county")
        .only(*OWN, "county__code", "county__name", *ABOVE, *(f"parent__{name}" for name in ABOVE))
        .annotate(
            plan=Subquery(plans.values("pk")[:1]),
            listed_below=_below(pk),
            listed_officers=_officers(pk),
            listed_brands=_brands(pk),
            listed_deputies=_deputies(pk),
            listed_days=_days(pk, today),
            listed_notices=_notices(pk, now),
            listed_results=_results(),
            counts=Subquery(figures.in_json(figures.came_in(OuterRef("county"), since, until).filter(**HERE), today)),
        )
        .order_by()
    )


def _below(pk: int) -> JSONRows:
    return JSONRows(Station.objects.filter(parent=pk, is_active=True).order_by("kind", "path"), pk="pk", name="name")


def _officers(pk: int) -> JSONRows:
    rows = ResidentOfficer.objects.filter(station=pk, is_active=True).order_by("kind", "name")
    return JSONRows(rows, name="name", kind="kind")


def _brands(pk: int) -> JSONRows:
    return JSONRows(
        Brand.objects.filter(station=pk, is_active=True).order_by("pk"), pk="pk", name="name", about="about"
    )


def _deputies(pk: int) -> JSONRows:
    shown = {name: name for name in ("pk", "name", "level", "trade", "photo")}
    return JSONRows(Deputy.objects.public().filter(home_station=pk), **shown, constituency="constituency__name")


def _days(pk: int, today: dt.date) -> JSONRows:
    on_duty = Duty.objects.shown(today).filter(day=OuterRef("pk")).order_by("deputy__pinyin")
    days = ReceptionDay.objects.upcoming(today).filter(station=pk)
    days = days.annotate(on_duty=JSONRows(on_duty, name="deputy__name"))[:DAYS]
    shown = ("date", "starts_at", "ends_at", "provisional", "place", "theme", "on_duty")
    return JSONRows(days, **{name: name for name in shown})


def _notices(pk: int, now: dt.datetime) -> JSONRows:
    board = Notice.objects.public(now).filter(station=pk).order_by("-pinned", "-released_at", "-pk")
    return JSONRows(board[:NOTICES], **boards.SHOWN)


def _results() -> JSONRows:
    """The latest released at the station and below."""
    rows = PublicResult.objects.public().filter(county=OuterRef("county"), **HERE).order_by(*ORDER)[:RESULTS]
    return JSONRows(rows, **{name: name for name in ("pk", "title", "result_kind", "field", "month")})


def _deputy(row: dict[str, Any]) -> dict[str, Any]:
    trade = TRADES.get(row["trade"], "") if row["trade"] != Trade.OTHER else ""
    return row | {
        "surname": row["name"][:1],
        "what": " · ".join(filter(None, (LEVELS.get(row["level"], ""), trade))),
        "photo_version": photo_version(row["photo"]),
    }


def _day(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"date": day(row["date"]), "starts_at": hour(row["starts_at"]), "ends_at": hour(row["ends_at"])}


def _result(row: dict[str, Any]) -> dict[str, Any]:
    return row | {
        "get_result_kind_display": RESULT_KINDS.get(row["result_kind"], ""),
        "get_field_display": FIELDS.get(row["field"], ""),
        "month": day(row["month"]),
    }
