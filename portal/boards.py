"""The noticeboard of a station and of a county: whose it is, its years and its newest notices, asked in one prepared
query. Older pages and single years, which few people open, take one more that is put into words each time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from liaison.lib.json_rows import JSONRows, moment
from liaison.lib.paging import page_of, paginate
from liaison.lib.prepared import prepared
from noticeboard.models import Notice, NoticeKind, NoticeQuerySet
from stations.models import County, Station

ORDER = ("-released_at", "-id")
PAGE = 20
# Of a notice, in a list.
SHOWN = {"id": "id", "kind": "kind", "title": "title", "pinned": "pinned", "released_at": "released_at"}
WITH_STATION = SHOWN | {"station_name": "station__name"}
KINDS = dict(NoticeKind.choices)


def of_station(pk: int, asked: dict[str, str]) -> dict[str, Any] | None:
    """The context of ``portal/notices.html`` for ``asked``: year, after, before, each of which may be missing. None
    where no open station has that number."""
    now = timezone.now()
    for station in _station(pk, now):
        rows = Notice.objects.public(now).filter(station=pk)
        return {"station": station, "county": station.county} | _list(station, rows, asked)
    return None


def of_county(code: str, asked: dict[str, str]) -> dict[str, Any] | None:
    """The same for all stations of a county."""
    now = timezone.now()
    for county in _county(code, now):
        rows = Notice.objects.public(now).filter(county=county)
        return {"county": county, "county_wide": True} | _list(county, rows, asked)
    return None


@prepared
def _station(pk: int, now: dt.datetime) -> QuerySet[Any, Any]:
    board = Notice.objects.public(now).filter(station=pk)
    station = Station.objects.filter(pk=pk, is_active=True).select_related("county")
    return _with_board(station.only("name", "county__code", "county__name"), board)


@prepared
def _county(code: str, now: dt.datetime) -> QuerySet[Any, Any]:
    board = Notice.objects.public(now).filter(county=OuterRef("pk"))
    return _with_board(County.objects.filter(code=code), board)


def _with_board(owners: QuerySet[Any, Any], board: NoticeQuerySet) -> QuerySet[Any, Any]:
    """Two looks into an index, however many notices there are."""
    newest = JSONRows(board.order_by(*ORDER)[: PAGE + 1], **WITH_STATION)
    return owners.order_by().annotate(
        newest=newest, oldest=Subquery(board.order_by("released_at").values("released_at")[:1])
    )


def _list(owner: Any, rows: NoticeQuerySet, asked: dict[str, str]) -> dict[str, Any]:
    newest = named(owner.newest)
    years = _years(rows, owner.oldest, newest[0]["released_at"]) if newest else []
    year = next((number for number in years if str(number) == asked.get("year", "")), None)
    after, before = asked.get("after", ""), asked.get("before", "")
    if year is None and not after and not before:
        return {"page": page_of(newest, order=ORDER, size=PAGE), "years": years, "year": None}
    if year is not None:
        rows = rows.filter(released_at__gte=_new_year(year), released_at__lt=_new_year(year + 1))
    shown = rows.values(*SHOWN, station_name=F("station__name"))
    page = paginate(shown, order=ORDER, after=after, before=before, size=PAGE)
    page.rows = [_named(row) for row in page.rows]
    return {"page": page, "years": years, "year": year}


def _years(rows: NoticeQuerySet, oldest: dt.datetime, newest: dt.datetime) -> list[int]:
    """Of which there are notices, the latest first. Only what lies between the first and the last has to be looked for."""
    first, last = timezone.localtime(oldest).year, timezone.localtime(newest).year
    between: list[int] = []
    if last - first > 1:
        middle = rows.filter(released_at__gte=_new_year(first + 1), released_at__lt=_new_year(last))
        between = [found.year for found in middle.datetimes("released_at", "year", order="DESC")]
    return [last, *between, first] if first != last else [last]


def _new_year(number: int) -> dt.datetime:
    return dt.datetime(number, 1, 1, tzinfo=timezone.get_current_timezone())


def named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of SHOWN out of JSON, as ``portal/notice_rows.html`` reads a notice."""
    return [_named(row | {"released_at": moment(row["released_at"])}) for row in rows]


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"kind": KINDS.get(row["kind"], ""), "day": timezone.localdate(row["released_at"])}
