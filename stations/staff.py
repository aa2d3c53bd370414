"""Who works where and can log in: the people of departments, of a station, of a county's office."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from stations.models import Department, Kind, Station


def clerks(departments: Iterable[Department | int | None] | QuerySet[Any, Any]) -> list[User]:
    """Each once; ``departments`` may be a query of their keys."""
    return list(User.objects.filter(department_seats__department__in=departments, is_active=True).distinct())


def staff_of(station: Station) -> list[User]:
    return list(User.objects.filter(station_seats__station=station, is_active=True).distinct())


def county_office(county_id: int) -> list[User]:
    seats = {"station_seats__station__county": county_id, "station_seats__station__kind": Kind.HUB}
    return list(User.objects.filter(is_active=True, **seats).distinct())
