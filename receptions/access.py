"""Who sees a reception day and who arranges it.

Days are open to everybody with a seat in the county; the staff of the station, or of one above it, arrange them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from receptions.models import ReceptionDay
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User


def may_manage(user: User, station: Station) -> bool:
    return user.seats.covers(station)


def require_manage(user: User, station: Station) -> None:
    """403 for who does not arrange the station's days."""
    if not may_manage(user, station):
        raise PermissionDenied(f"{station}的接待日由该站和上级站的工作人员安排。")


def day_or_404(user: User, pk: int) -> ReceptionDay:
    """The day with its station and county."""
    days = ReceptionDay.objects.visible_to(user).select_related("county", "station__parent__parent", "brand")
    return get_object_or_404(days, pk=pk)


def managed_day(user: User, pk: int) -> ReceptionDay:
    """404 for a day of another county, 403 for one that somebody else arranges."""
    day = day_or_404(user, pk)
    require_manage(user, day.station)
    return day


def station_or_404(user: User, pk: int) -> Station:
    visible = Station.objects.visible_to(user).select_related("county", "parent__parent")
    return get_object_or_404(visible, pk=pk)


def managed_station(user: User, pk: int) -> Station:
    station = station_or_404(user, pk)
    require_manage(user, station)
    return station
