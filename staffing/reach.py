"""How far the hand of a county or township office reaches: the accounts, and the places a seat can be given in.

A place is what a seat is a seat *at*: a station, a department, a deputy's mandate or a resident officer's post.
In addresses it is written ``station:12``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from accounts.models import User
from deputies.models import Deputy
from stations.models import Department, DepartmentStaff, Kind, ResidentOfficer, Station, StationStaff

KINDS = {"station": "站点工作人员", "department": "承办单位经办人", "deputy": "人大代表", "officer": "驻站人员"}


@dataclass(frozen=True)
class Place:
    kind: str
    pk: int
    name: str  # 许良镇人大代表联络站, 王建国
    detail: str  # what else tells it from its namesakes
    county_id: int
    person: str = ""  # the name of the person whose place it is; empty where anybody may sit
    phone: str = ""
    user_id: int | None = None  # who sits there, where only one can

    @property
    def token(self) -> str:
        return f"{self.kind}:{self.pk}"

    @property
    def seat(self) -> str:
        return KINDS[self.kind]

    def __str__(self) -> str:
        return f"{self.seat}·{self.name}" + (f"（{self.detail}）" if self.detail else "")


def within(offices: Iterable[Station], prefix: str = "") -> Q:
    """A condition on a station relation: in the subtree of one of ``offices``, these included."""
    condition = Q(pk__in=[])
    for office in offices:
        condition |= Q(**{f"{prefix}path__gte": office.path, f"{prefix}path__lt": office.path + ":"})
    return condition


def deputies_within(offices: list[Station]) -> Q:
    """Grouped deputies by their station; a deputy without one by the constituency, and always to the county office."""
    hubs = [office.county_id for office in offices if office.kind == Kind.HUB]
    ungrouped = Q(home_station__isnull=True) & (Q(county_id__in=hubs) | within(offices, "constituency__station__"))
    return within(offices, "home_station__") | ungrouped


def station_place(station: Station) -> Place:
    return Place("station", station.pk, station.name, station.get_kind_display(), station.county_id)


def department_place(department: Department) -> Place:
    return Place("department", department.pk, department.name, department.station.name, department.station.county_id)


def deputy_place(deputy: Deputy) -> Place:
    station = deputy.home_station.name if deputy.home_station else "未编入站点"
    return Place(
        "deputy",
        deputy.pk,
        deputy.name,
        f"{deputy.get_level_display()}，{station}",
        deputy.county_id,
        deputy.name,
        deputy.phone,
        deputy.user_id,
    )


def officer_place(officer: ResidentOfficer) -> Place:
    return Place(
        "officer",
        officer.pk,
        officer.name,
        f"{officer.get_kind_display()}，{officer.station.name}",
        officer.station.county_id,
        officer.name,
        officer.phone,
        officer.user_id,
    )


def stations_of(manager: User) -> QuerySet[Station]:
    return Station.objects.filter(within(manager.seats.offices), is_active=True)


def departments_of(manager: User) -> QuerySet[Department]:
    return Department.objects.filter(within(manager.seats.offices, "station__"), is_active=True).select_related(
        "station"
    )


def deputies_of(manager: User) -> QuerySet[Deputy]:
    return Deputy.objects.filter(deputies_within(manager.seats.offices)).select_related("home_station")


def officers_of(manager: User) -> QuerySet[ResidentOfficer]:
    return ResidentOfficer.objects.filter(within(manager.seats.offices, "station__"), is_active=True).select_related(
        "station"
    )


SOURCES: dict[str, Any] = {
    "station": (stations_of, station_place),
    "department": (departments_of, department_place),
    "deputy": (deputies_of, deputy_place),
    "officer": (officers_of, officer_place),
}


def place_or_404(manager: User, token: str) -> Place:
    """The place ``token`` names, if ``manager`` may give a seat in it."""
    kind, _, pk = token.partition(":")
    if kind not in SOURCES or not pk.isdecimal():
        raise Http404
    source, to_place = SOURCES[kind]
    found = source(manager).filter(pk=int(pk)).first()
    if found is None:
        raise Http404
    place: Place = to_place(found)
    return place


def search(manager: User, kind: str, words: str, limit: int = 30) -> list[Place]:
    """Places of one kind whose name holds ``words`` (a deputy's also by pinyin), at most ``limit``."""
    source, to_place = SOURCES[kind]
    rows = source(manager)
    if words:
        match = Q(name__icontains=words)
        if kind == "deputy":
            match |= Q(pinyin__startswith=words.lower()) | Q(initials__startswith=words.lower())
        if kind in {"department", "officer"}:
            match |= Q(station__name__icontains=words)
        rows = rows.filter(match)
    return [to_place(row) for row in rows[:limit]]


def users_of(manager: User) -> QuerySet[User]:
    """Accounts with a seat within reach. Technical administrators are nobody's to see."""
    offices = manager.seats.offices
    mine = OuterRef("pk")
    return User.objects.filter(
        Exists(StationStaff.objects.filter(within(offices, "station__"), user=mine))
        | Exists(DepartmentStaff.objects.filter(within(offices, "department__station__"), user=mine))
        | Exists(Deputy.objects.filter(deputies_within(offices), user=mine))
        | Exists(ResidentOfficer.objects.filter(within(offices, "station__"), user=mine)),
        is_superuser=False,
        is_staff=False,
    )


def places_held(user: User) -> list[Place]:
    """Everything a person is entered for, also where the seat is asleep (an ended term, a closed station):
    whoever may reset a password must reach all of it."""
    return [
        *(station_place(seat.station) for seat in user.station_seats.select_related("station")),
        *(department_place(seat.department) for seat in user.department_seats.select_related("department__station")),
        *(deputy_place(deputy) for deputy in user.deputies.select_related("home_station")),
        *(officer_place(officer) for officer in user.officer_seats.select_related("station")),
    ]


def tokens_within(manager: User, user: User) -> set[str]:
    """Which of the places ``user`` holds lie within the reach of ``manager``."""
    offices = manager.seats.offices
    held = {
        "station": user.station_seats.filter(within(offices, "station__")).values_list("station_id", flat=True),
        "department": user.department_seats.filter(within(offices, "department__station__")).values_list(
            "department_id", flat=True
        ),
        "deputy": user.deputies.filter(deputies_within(offices)).values_list("pk", flat=True),
        "officer": user.officer_seats.filter(within(offices, "station__")).values_list("pk", flat=True),
    }
    return {f"{kind}:{pk}" for kind, pks in held.items() for pk in pks}


@dataclass(frozen=True)
class Holding:
    place: Place
    inside: bool


def holdings(manager: User, user: User) -> list[Holding]:
    inside = tokens_within(manager, user)
    return [Holding(place, place.token in inside) for place in places_held(user)]
