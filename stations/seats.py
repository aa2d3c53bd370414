"""Seats: where a person sits decides what the person sees and may do. There is no role table.

Somebody may hold several seats; what that person sees is the union of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from stations.models import County, Department, Kind, ResidentOfficer, Station, StationStaff

if TYPE_CHECKING:
    from accounts.models import User
    from deputies.models import Deputy

TREE = ("pk", "name", "kind", "path", "county_id", "parent_id", "is_active")  # what is read of a whole tree


@dataclass
class Seats:
    """All seats of one person. ``stations`` are those the person is staff of, not the subtrees below them."""

    stations: list[Station] = field(default_factory=list)
    departments: list[Department] = field(default_factory=list)
    deputies: list[Deputy] = field(default_factory=list)
    officer_of: list[Station] = field(default_factory=list)

    @cached_property
    def station_ids(self) -> set[int]:
        return {station.pk for station in self.stations}

    @cached_property
    def department_ids(self) -> set[int]:
        return {department.pk for department in self.departments}

    @cached_property
    def deputy_ids(self) -> set[int]:
        return {deputy.pk for deputy in self.deputies}

    @cached_property
    def officer_station_ids(self) -> set[int]:
        return {station.pk for station in self.officer_of}

    @cached_property
    def hubs(self) -> list[Station]:
        return [station for station in self.stations if station.kind == Kind.HUB]

    @cached_property
    def offices(self) -> list[Station]:
        """The county and township offices among the stations: those who manage accounts and deputies."""
        return [station for station in self.stations if station.kind in (Kind.HUB, Kind.TOWNSHIP)]

    @property
    def is_county_office(self) -> bool:
        return bool(self.hubs)

    @property
    def is_office(self) -> bool:
        return bool(self.offices)

    @property
    def is_station_staff(self) -> bool:
        return bool(self.stations)

    @property
    def any(self) -> bool:
        return bool(self.stations or self.departments or self.deputies or self.officer_of)

    @cached_property
    def office_county_ids(self) -> set[int]:
        """Counties whose county office this person belongs to."""
        return {hub.county_id for hub in self.hubs}

    @cached_property
    def tree(self) -> dict[Station, bool]:
        """The stations of the subtrees the person works on, and whether each has staff who can log in. One query, once
        a request."""
        if not self.stations:
            return {}
        staff = StationStaff.objects.filter(station=OuterRef("pk"), user__is_active=True)
        found = Station.objects.within(*self.stations).annotate(has_staff=Exists(staff)).order_by("path")
        return {station: station.has_staff for station in found.only(*TREE)}

    @cached_property
    def below(self) -> list[Station]:
        """``tree`` without the counties that are wholly the person's own (``office_county_ids``), which no list of
        stations is needed for."""
        counties = {station.county_id for station in self.stations} - self.office_county_ids
        return [station for station in self.tree if station.county_id in counties] if counties else []

    @cached_property
    def subtree_ids(self) -> list[int]:
        return [station.pk for station in self.below]

    @cached_property
    def departments_below(self) -> list[int]:
        """Ids of the departments of ``below``. One query, once a request."""
        found = Department.objects.filter(station_id__in=self.subtree_ids) if self.subtree_ids else None
        return [] if found is None else list(found.order_by("pk").values_list("pk", flat=True))

    @cached_property
    def counties(self) -> list[County]:
        """The counties of all seats, with their rules."""
        found = [station.county for station in [*self.stations, *self.officer_of]]
        found += [department.station.county for department in self.departments]
        found += [deputy.county for deputy in self.deputies]
        return sorted({county.pk: county for county in found}.values(), key=lambda county: county.pk)

    @cached_property
    def county_ids(self) -> set[int]:
        return (
            {station.county_id for station in [*self.stations, *self.officer_of]}
            | {department.station.county_id for department in self.departments}
            | {deputy.county_id for deputy in self.deputies}
        )

    def covers(self, station: Station) -> bool:
        """Whether the person is staff of ``station`` or of a station above it."""
        return any(own.covers(station) for own in self.stations)

    def subtree(self, prefix: str = "") -> Q:
        """A condition on a station relation (``prefix`` as in ``"desk__"``): within the subtrees the person works on."""
        condition = Q(pk__in=[])
        for own in self.stations:
            if own.kind == Kind.HUB:
                condition |= Q(**{f"{prefix}county_id": own.county_id})
            else:
                condition |= Q(**{f"{prefix}path__gte": own.path, f"{prefix}path__lt": own.path + ":"})
        return condition

    @cached_property
    def labels(self) -> list[str]:
        """Each seat in words, for the account page and the history."""
        return (
            [f"{station.name}工作人员" for station in self.stations]
            + [f"{department.name}经办人" for department in self.departments]
            + [f"人大代表（{deputy.get_level_display()}）" for deputy in self.deputies]
            + [f"{station.name}驻站人员" for station in self.officer_of]
        )

    @property
    def label(self) -> str:
        """In which seat somebody acts, where nothing tells it more exactly: the first; empty without any."""
        return self.labels[0] if self.labels else ""


def seats_of(user: User) -> Seats:
    """One query for where the person is entered, one for each kind of seat held; once a request (``User.seats`` keeps
    the answer). Each seat brings its county with the rules."""
    if not user.is_authenticated or not user.is_active:
        return Seats()
    held = _held(user)
    return Seats(
        stations=_stations(held["station"]),
        departments=_departments(held["department"]),
        deputies=_deputies(user, held["deputy"]),
        officer_of=_officer_of(held["officer"]),
    )


def _stations(pks: list[int]) -> list[Station]:
    found = Station.objects.filter(pk__in=pks, is_active=True)
    return list(found.select_related("county__rules").order_by("path")) if pks else []


def _departments(pks: list[int]) -> list[Department]:
    found = Department.objects.filter(pk__in=pks, is_active=True)
    return list(found.select_related("station__county__rules").order_by("pk")) if pks else []


def _deputies(user: User, pks: list[int]) -> list[Deputy]:
    found = user.deputies.serving().filter(pk__in=pks)
    return list(found.select_related("home_station", "county__rules").order_by("pk")) if pks else []


def _officer_of(pks: list[int]) -> list[Station]:
    if not pks:
        return []
    officers = ResidentOfficer.objects.filter(pk__in=pks, is_active=True)
    return [officer.station for officer in officers.select_related("station__county__rules")]


HELD = """
    SELECT 'station', station_id FROM stations_stationstaff WHERE user_id = %s
    UNION ALL SELECT 'department', department_id FROM stations_departmentstaff WHERE user_id = %s
    UNION ALL SELECT 'deputy', id FROM deputies_deputy WHERE user_id = %s
    UNION ALL SELECT 'officer', id FROM stations_residentofficer WHERE user_id = %s
"""


def _held(user: User) -> dict[str, list[int]]:
    """Where ``user`` is entered, by kind of seat; the seat itself may be asleep (an ended term, a closed station). By
    hand: every request asks it, and the ORM takes longer to word it than the database to answer."""
    held: dict[str, list[int]] = {"station": [], "department": [], "deputy": [], "officer": []}
    with connection.cursor() as cursor:
        cursor.execute(HELD, [user.pk] * 4)
        for kind, pk in cursor.fetchall():
            held[kind].append(pk)
    return held
