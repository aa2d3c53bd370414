"""Cases picked by hand: the two the seed tells of, and something to do for every log-in that the first page prints."""

from __future__ import annotations

from demo import accounts
from demo.cases import Cases
from demo.matters import CHANNEL, FOOTBALL, MATTERS, Matter
from demo.plans import Plan
from deputies.models import Deputy
from stations.models import Station
from suggestions.choices import Field, State

COUNTY = frozenset({"county", "escalated"})
HOME = "许良镇"  # where the printed log-ins of a township sit


def named_cases(cases: Cases) -> None:
    """The football field of 南道村 and the drainage channel of 许良村."""
    cases.carry(Plan(State.CLOSED, 280, COUNTY, pace=5), township=HOME, matter=FOOTBALL)
    cases.carry(Plan(State.CLOSED, 260, frozenset({"joint"}), pace=5), township=HOME, matter=CHANNEL)


def desk_cases(cases: Cases) -> None:
    """A reply to write for each deputy, a case to sort for the point and the studio, one to take for the department."""
    for username in (accounts.COUNTY_DEPUTY, accounts.TOWNSHIP_DEPUTY):
        deputy = Deputy.objects.select_related("user").get(user__username=username)
        cases.carry(
            Plan(State.HANDED_OVER, 17, loud=True), township=HOME, matter=_about(Field.TRANSPORT), deputy=deputy
        )
    for username, field in (
        (accounts.POINT_STAFF, Field.AGRICULTURE),
        (accounts.STUDIO_STAFF, Field.EDUCATION),
    ):
        station = Station.objects.get(staff__user__username=username)
        cases.carry(Plan(State.REGISTERED, 3, loud=True), township=HOME, matter=_about(field), station=station)
    matter = _about(Field.CONSTRUCTION, county=True)
    cases.carry(Plan(State.ASSIGNED, 5, COUNTY, pace=1, loud=True), township=HOME, matter=matter)


def _about(field: Field, *, county: bool = False) -> Matter:
    return next(one for one in MATTERS if one.field == field and one.county == county)
