"""Who may do what with a deputy that ``Deputy.objects.visible_to`` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deputies.models import Deputy
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User


def may_edit(user: User, deputy: Deputy) -> bool:
    """Staff who cover the home station; where there is none yet, the office of the constituency and the county office."""
    seats = user.seats
    if deputy.home_station is not None:
        return seats.covers(deputy.home_station)
    if deputy.county_id in seats.office_county_ids:
        return True
    place = deputy.constituency.station if deputy.constituency else None
    return place is not None and any(office.covers(place) for office in seats.offices)


def may_see_private(user: User, deputy: Deputy) -> bool:
    """Phone, birth and certificate: who keeps the record, and the deputy."""
    return deputy.user_id == user.pk or may_edit(user, deputy)


def may_keep_log(user: User, deputy: Deputy) -> bool:
    """Contacts with constituents and the duty record: the deputy, and staff who cover the home station."""
    return deputy.pk in user.seats.deputy_ids or may_edit(user, deputy)


def offered_stations(user: User, county_id: int) -> list[Station]:
    """Where this person may group a deputy: the open stations of the own subtrees, in the order of the tree."""
    return list(Station.objects.filter(user.seats.subtree(), county_id=county_id, is_active=True).order_by("path"))
