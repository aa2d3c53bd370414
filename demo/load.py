"""Loads the demo counties: 博爱县 whole, 禹州市 smaller, so that "another county" can be tried."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from demo import accounts, board, formal, results
from demo.brands import add_brands
from demo.cases import Cases
from demo.chosen import desk_cases, named_cases
from demo.consultations import BOAI as BOAI_TALKS
from demo.consultations import YUZHOU as YUZHOU_TALKS
from demo.consultations import add_consultations
from demo.contacts import add_contacts
from demo.duty import add_duty
from demo.formal import add_formal
from demo.inspected import add_inspections
from demo.laws import BOAI as BOAI_LAWS
from demo.laws import YUZHOU as YUZHOU_LAWS
from demo.laws import add_laws
from demo.meetings import BOAI as BOAI_MEETINGS
from demo.meetings import YUZHOU as YUZHOU_MEETINGS
from demo.meetings import add_meetings
from demo.network import Builder, Network
from demo.plans import Plan, plans
from demo.receptions import add_reception_days
from demo.roster import Roster, give_log_ins
from demo.rounds import add_rounds
from demo.supervised import add_supervision
from demo.ties import add_ties
from demo.whistles import add_whistles
from deputies.models import Deputy, Level
from stations.models import County, StationStaff
from suggestions.choices import State

BOAI, YUZHOU = "410822", "411081"


@transaction.atomic
def load_demo(anchor: dt.date, *, whole: bool = True) -> bool:
    """Load both counties as of ``anchor``; False where they are there already. ``whole=False`` leaves most cases out."""
    if County.objects.filter(code__in=[BOAI, YUZHOU]).exists():
        return False
    password = make_password(accounts.PASSWORD)
    _boai(anchor, whole, password)
    _yuzhou(anchor, password)
    if not User.objects.filter(username=accounts.ADMIN).exists():
        User.objects.create(
            username=accounts.ADMIN, name="技术管理员", password=password, is_staff=True, is_superuser=True
        )
    return True


def _boai(anchor: dt.date, whole: bool, password: str) -> None:
    builder = Builder(822, password)
    network = builder.county(code=BOAI, name="博爱县", short="博爱", prefix="BA", city="焦作市", points=None)
    Roster(builder, network).fill(upper=36, county=210, township=474)
    give_log_ins(builder, network)
    board.fill(network, anchor)
    add_reception_days(network, anchor, day=25, on_duty=6)
    add_brands(network, anchor)
    add_contacts(network, anchor, months=12 if whole else 2)
    add_ties(network, anchor)
    add_duty(network, anchor)
    add_whistles(network, anchor, town="许良镇", past=48 if whole else 4)
    add_meetings(network, anchor, BOAI_MEETINGS)
    add_rounds(network, anchor)
    add_laws(network, anchor, BOAI_LAWS)
    cases = Cases(network, anchor, seed=822)
    named_cases(cases)
    chosen = plans()
    if not whole:
        chosen = list({plan.to: plan for plan in chosen}.values())
    for plan in sorted(chosen, key=lambda plan: -plan.ago):
        cases.carry(plan)
    desk_cases(cases)
    add_formal(network, anchor, formal.BOAI if whole else formal.BOAI[:2])
    add_consultations(network, anchor, BOAI_TALKS)
    add_inspections(add_supervision(network, anchor, builder.people))
    results.release_some(network, most=18)
    if whole:
        results.leave_one_waiting(network)
    _seat_colleague(builder, network)


def _seat_colleague(builder: Builder, network: Network) -> None:
    """What one of the office typed another confirms. Last of all: until here the office is one person."""
    user = builder.user(accounts.COUNTY_COLLEAGUE, builder.people.draw().name)
    StationStaff.objects.create(user=user, station=network.hub)


def _yuzhou(anchor: dt.date, password: str) -> None:
    builder = Builder(1081, password)
    network = builder.county(code=YUZHOU, name="禹州市", short="禹州", prefix="YZ", city="许昌市", points=12)
    Roster(builder, network).fill(upper=4, county=52, township=26)
    builder.seat_staff(network, network.hub, accounts.OTHER_COUNTY)
    builder.seat_clerks(network, network.hub, iter(f"yz-xian-{number:02d}" for number in range(1, 100)))
    for number, station in enumerate(network.townships.values(), start=1):
        builder.seat_staff(network, station, f"yz-zhen-{number}")
        builder.seat_clerks(network, station, iter(f"yz-zhen-{number}-{clerk}" for clerk in range(1, 10)))
        for place, deputy in enumerate(Deputy.objects.filter(home_station=station, level=Level.COUNTY)[:1], start=1):
            deputy.user = builder.user(f"yz-daibiao-{number}-{place}", deputy.name)
            deputy.save(update_fields=["user"])
    add_reception_days(network, anchor, day=15, on_duty=2)
    add_brands(network, anchor)
    add_contacts(network, anchor, months=2)
    add_ties(network, anchor)
    add_duty(network, anchor)
    add_whistles(network, anchor, town=next(iter(network.townships)), past=6)
    add_meetings(network, anchor, YUZHOU_MEETINGS)
    add_rounds(network, anchor)
    add_laws(network, anchor, YUZHOU_LAWS)
    cases = Cases(network, anchor, seed=1081)
    for ago, to in zip(
        range(150, 0, -10),
        [State.CLOSED] * 8
        + [State.REPLIED, State.HANDED_OVER, State.REPORTED, State.HANDLING, State.HANDLING]
        + [State.ASSIGNED, State.REGISTERED],
        strict=True,
    ):
        cases.carry(Plan(to, ago))
    add_formal(network, anchor, formal.YUZHOU)
    add_consultations(network, anchor, YUZHOU_TALKS)
    add_inspections(add_supervision(network, anchor, builder.people, projects=4), manholes=False)
    results.release_some(network, most=4)
