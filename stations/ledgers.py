"""The tree of stations and the departments as ledgers; the columns are the headings that can be read in again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from liaison.lib.extracts import Extract
from liaison.lib.masking import mask_phone
from liaison.lib.xlsx import Column
from stations.fields import Field
from stations.models import Department, Station

if TYPE_CHECKING:
    from accounts.models import User

STATION_COLUMNS = (
    Column("名称", 30),
    Column("类别", 20),
    Column("所属", 30),
    Column("行业", 12),
    Column("地址", 36),
    Column("开放时间", 24),
    Column("电话", 16),
    Column("站长", 10),
    Column("站长电话", 16),
    Column("联络员", 10),
    Column("联络员电话", 16),
    Column("区划代码", 14),
    Column("状态", 8),
)
DEPARTMENT_COLUMNS = (
    Column("名称", 30),
    Column("所属", 30),
    Column("负责人", 10),
    Column("联系人", 10),
    Column("电话", 16),
    Column("主管领域", 36),
    Column("状态", 8),
)
FIELDS = dict(Field.choices)


def wanted_station(user: User, data: QueryDict) -> Station | None:
    """The station asked for as ``station``, where ``user`` may know it."""
    pk = data.get("station", "")
    if not pk.isdecimal() or len(pk) > 18:
        return None
    return Station.objects.visible_to(user).filter(pk=int(pk)).first()


def place_words(station: Station | None) -> str:
    return f"{station.name}及下级" if station else "全部站点"


def stations(user: User, data: QueryDict) -> Extract:
    """The tree below the station asked for, else of one's counties, from the top."""
    top = wanted_station(user, data)
    found = Station.objects.visible_to(user).select_related("parent")
    found = found.within(top) if top else found

    def read(of: Extract) -> Iterator[list[Any]]:
        for station in found.order_by("path").iterator(chunk_size=500):
            in_full = user.seats.covers(station)
            of.in_full += in_full
            yield [
                station.name,
                station.get_kind_display(),
                station.parent.name if station.parent else "",
                station.trade,
                station.address,
                station.opening_hours,
                station.phone,
                station.head,
                shown(station.head_phone, in_full),
                station.contact,
                shown(station.contact_phone, in_full),
                station.code,
                in_use(station.is_active),
            ]

    return Extract("stations", "站点台账", place_words(top), STATION_COLUMNS, found, read)


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
                "、".join(FIELDS.get(code, code) for code in filter(None, department.fields.split(","))),
                in_use(department.is_active),
            ]

    return Extract("departments", "承办单位台账", place_words(top), DEPARTMENT_COLUMNS, found, read)


def shown(phone: str, in_full: bool) -> str:
    return phone if in_full or not phone else mask_phone(phone)


def in_use(is_active: bool) -> str:
    return "启用" if is_active else "停用"
