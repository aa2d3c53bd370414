"""The tree of stations and the departments as ledgers; the columns are the headings that can be read in again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import QueryDict
from django.utils import timezone

from liaison.lib.extracts import Extract
from liaison.lib.fields import DayField
from liaison.lib.masking import mask_phone
from liaison.lib.xlsx import Column
from stations.fields import Field
from stations.models import PATH_STEP, Department, Kind, Station, StationQuerySet

if TYPE_CHECKING:
    from accounts.models import User

STATION_COLUMNS = (
    Column("类别", 20),
    Column("名称", 30),
    Column("上级站", 30),
    Column("行业", 12),
    Column("地址", 36),
    Column("电话", 16),
    Column("开放时间", 24),
    Column("站长", 10),
    Column("站长电话", 16),
    Column("联络员", 10),
    Column("联络员电话", 16),
    Column("区划代码", 14),
    Column("状态", 8),
)
DEPARTMENT_COLUMNS = (
    Column("名称", 30),
    Column("所属站", 30),
    Column("负责人", 10),
    Column("联系人", 10),
    Column("电话", 16),
    Column("主管领域", 36),
    Column("状态", 8),
)


def wanted_station(user: User, data: QueryDict) -> Station | None:
    """The station asked for as ``station``, where ``user`` may know it."""
    pk = data.get("station", "")
    if not pk.isdecimal() or len(pk) > 18:
        return None
    return Station.objects.visible_to(user).filter(pk=int(pk)).first()


def place_words(station: Station | None) -> str:
    return f"{station.name}及下级" if station else "全部站点"


def asked_period(user: User, data: QueryDict) -> tuple[Station | None, dt.date, dt.date, str]:
    """Station, first and last day, and these in words. Without days: this year. ``ValidationError`` in Chinese."""
    top, year = wanted_station(user, data), timezone.localdate().year
    since = DayField(required=False).clean(data.get("since", "")) or dt.date(year, 1, 1)
    until = DayField(required=False).clean(data.get("until", "")) or dt.date(since.year, 12, 31)
    if until < since:
        raise ValidationError("结束日期在开始日期之前。")
    return top, since, until, f"{place_words(top)}；{since:%Y-%m-%d} 至 {until:%Y-%m-%d}"


class Names:
    """What a station is called where nothing else says which: 许良镇人大代表联络站/东街联络点, where the county has two 东街."""

    def __init__(self, user: User) -> None:
        seen = Station.objects.visible_to(user).order_by().values("county", "name")
        twice = seen.annotate(times=Count("pk")).filter(times__gt=1).values_list("county", "name")
        self.twice = set(twice)

    def by_key(self) -> dict[int, str]:
        """Those alone that need it, where rows are read without their stations."""
        if not self.twice:
            return {}
        found = Station.objects.filter(name__in={name for _, name in self.twice}).select_related("parent")
        return {station.pk: self(station) for station in found}

    def __call__(self, station: Station | None) -> str:
        if station is None:
            return ""
        if (station.county_id, station.name) in self.twice and station.parent is not None:
            return f"{station.parent.name}/{station.name}"
        return station.name


def stations(user: User, data: QueryDict) -> Extract:
    """The tree below the station asked for, else of one's counties, from the top."""
    top = wanted_station(user, data)
    found = Station.objects.visible_to(user).select_related("parent")
    found = found.within(top) if top else found

    def read(of: Extract) -> Iterator[list[Any]]:
        for station in in_order(found):
            in_full = user.seats.covers(station)
            of.in_full += in_full
            yield [
                station.get_kind_display(),
                station.name,
                station.parent.name if station.parent else "",
                station.trade,
                station.address,
                station.phone,
                station.opening_hours,
                station.head,
                shown(station.head_phone, in_full),
                station.contact,
                shown(station.contact_phone, in_full),
                station.code,
                in_use(station.is_active),
            ]

    return Extract("stations", "站点台账", place_words(top), STATION_COLUMNS, found, read)


def in_order(found: StationQuerySet) -> list[Station]:
    """Each below its parent, townships and points before studios: the order that reading the sheet in makes again."""
    stations = list(found.order_by("path"))
    kinds = {station.path[-PATH_STEP:]: list(Kind).index(Kind(station.kind)) for station in stations}

    def place(station: Station) -> list[tuple[int, str]]:
        steps = [station.path[at : at + PATH_STEP] for at in range(0, len(station.path), PATH_STEP)]
        return [(kinds.get(step, 0), step) for step in steps]

    return sorted(stations, key=place)


def departments(user: User, data: QueryDict) -> Extract:
    """承办单位 of the stations below the one asked for, else of one's counties."""
    top = wanted_station(user, data)
    seen = Station.objects.visible_to(user)
    found = Department.objects.filter(station__in=seen.within(top) if top else seen).select_related("station")

    def read(of: Extract) -> Iterator[list[Any]]:
        for department in found.order_by("station__path", "name", "pk").iterator(chunk_size=500):
            in_full = user.seats.covers(department.station) or department.pk in user.seats.department_ids
            of.in_full += in_full
            yield [
                department.name,
                department.station.name,
                department.head,
                department.contact,
                shown(department.phone, in_full),
                "、".join(label for code, label in Field.choices if code in department.fields.split(",")),
                in_use(department.is_active),
            ]

    return Extract("departments", "承办单位台账", place_words(top), DEPARTMENT_COLUMNS, found, read)


def shown(phone: str, in_full: bool) -> str:
    return phone if in_full or not phone else mask_phone(phone)


def in_use(is_active: bool) -> str:
    return "启用" if is_active else "停用"
