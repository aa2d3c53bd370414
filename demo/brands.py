"""Forms of activity that stations of the demo counties are known for, and the days that were held under them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from demo.network import Network
from deputies.models import Deputy
from receptions.models import Brand, DayState, Duty, ReceptionDay
from stations.models import Kind, Station


@dataclass(frozen=True)
class Known:
    station: str
    name: str
    since: int
    about: str


KNOWN = (
    Known(
        "夏都街道南关社区",
        "院落板凳会",
        2021,
        "把板凳搬到院子里，代表和居民围坐在一起，说楼道、停车、排水这些身边的事。能当场定的当场定，定不了的登记交办。",
    ),
    Known(
        "夏都街道御史坊社区",
        "百姓花园",
        2022,
        "在小区花园里设代表接待点，居民散步路过就能坐下来说事。代表每次把上回意见的办理情况先讲一遍。",
    ),
    Known(
        "颍川街道朱坡社区",
        "四方联动",
        2022,
        "代表、社区、物业和居民四方坐到一起，一事一议，议定的事写明谁来办、什么时候办好。",
    ),
    Known(
        "方岗镇",
        "议事面对面",
        2020,
        "代表、群众和有关单位负责人面对面，一次只议一两件事，当场说清能不能办、怎么办。",
    ),
    Known(
        "清化镇街道",
        "街坊夜话",
        2023,
        "接待日里请街坊邻居喝茶说话，听大家说街道上的事，代表逐件登记，下一次先讲上次的结果。",
    ),
)
LAST_DAYS = 3  # held at a village, which has no monthly day of its own


def add_brands(network: Network, anchor: dt.date) -> None:
    """Those of ``KNOWN`` whose station is in the county's network."""
    places = dict(network.townships)
    for township, points in network.points.items():
        places |= {f"{township}{point.name.removesuffix('人大代表联络点')}": point for point in points}
    for known in KNOWN:
        if station := places.get(known.station):
            brand = Brand.objects.create(station=station, name=known.name, about=known.about, since=known.since)
            if station.kind == Kind.TOWNSHIP:
                station.reception_days.update(brand=brand)
            else:
                _hold_at_village(brand, station, anchor)


def _hold_at_village(brand: Brand, station: Station, anchor: dt.date) -> None:
    """In the afternoon of the township's day, by a deputy of the township who is at no other village then."""
    held = ReceptionDay.objects.filter(station=station.parent, date__lt=anchor).order_by("-date")[:LAST_DAYS]
    for number, morning in enumerate(held):
        busy = Duty.objects.filter(day__date=morning.date, day__starts_at=dt.time(15)).values("deputy")
        free = Deputy.objects.serving().filter(home_station=station.parent).exclude(pk__in=busy)
        if not (deputy := free.order_by("pk").first()):
            continue
        opened, closed = (timezone.make_aware(dt.datetime.combine(morning.date, dt.time(hour))) for hour in (15, 17))
        day = ReceptionDay.objects.create(
            county_id=station.county_id,
            station=station,
            brand=brand,
            planned_on=morning.planned_on,
            date=morning.date,
            starts_at=dt.time(15),
            ends_at=dt.time(17),
            place=station.address,
            why=f"加开，{brand.name}",
            by_hand=True,
            state=DayState.CLOSED,
            visitors=6 + number * 5 % 7,
            summary="围坐说事，意见已逐件登记，能当场答复的当场答复。",
            opened_at=opened,
            closed_at=closed,
            to_tell=False,
            told_at=opened - dt.timedelta(days=5),
            told_revision=1,
        )
        Duty.objects.create(
            day=day,
            deputy=deputy,
            by_hand=True,
            acknowledged_at=day.told_at,
            acknowledged_revision=1,
            signed_in_at=opened,
            badge_worn=True,
        )
