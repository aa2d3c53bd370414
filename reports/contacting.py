"""The deputies of a scope, and their contacts with constituents against the quota (博爱县：县代表 5 名、乡镇代表 3 名)."""

from __future__ import annotations

import datetime as dt

from deputies import contacts
from deputies.models import Deputy, DeputyQuerySet
from reports.periods import Period
from reports.scopes import COUNTY, DEPUTY, STATION, Scope
from stations.models import Station


def deputies_of(scope: Scope) -> DeputyQuerySet:
    """The deputies of the scope; of a department or a field there are none."""
    found = Deputy.objects.filter(county_id=scope.county.pk)
    if scope.kind == COUNTY:
        return found
    if scope.kind == STATION and scope.station:
        return found.filter(home_station_id__in=Station.objects.within(scope.station).values("pk"))
    return found.filter(pk=scope.deputy.pk) if scope.kind == DEPUTY and scope.deputy else found.none()


def contacted(scope: Scope, period: Period, today: dt.date) -> contacts.Tally | None:
    """Contacts against the quota, of those in office; None for a scope without deputies."""
    if scope.kind not in (COUNTY, STATION, DEPUTY):
        return None
    tallies = contacts.tally(contacts.with_quota(deputies_of(scope)), period.first, period.last, today=today)
    return sum(tallies.values(), contacts.Tally())
