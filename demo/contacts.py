"""Whom the demo deputies keep contact with and how often they did: most of them every month, some behind."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator

from django.utils import timezone

from demo.network import Network
from demo.people import FEMALE, MALE, SURNAMES
from deputies.contacts import quota_of, with_quota
from deputies.models import Constituent, Contact, Deputy, Way

NUMBERED = re.compile(r"(第\d+)?选区$")  # 许良镇第1选区 is of 许良镇
STREETS = ("东街", "西街", "南街", "北街")
SAID = (
    ("了解了近期生产生活情况，没有需要反映的问题。", ""),
    ("宣传了医保缴费和秋粮补贴政策。", ""),
    ("电话问候，老人身体都好。", ""),
    ("说起村里的路，等雨停了去看看。", "村东头生产路坑洼，下雨后三轮车过不去，希望垫一垫。"),
    ("问了孩子上学的事，都正常。", ""),
    ("说到家里用水。", "三组到了夏天水压低，高处的几家用不上水，希望检修管网。"),
    ("走访时看了新修的路灯，群众满意。", ""),
    ("谈了养老服务。", "村里独居老人多，希望办一个能吃午饭的幸福院。"),
)


def add_contacts(network: Network, anchor: dt.date, *, months: int = 12) -> None:
    """Those of the months of the anchor's year, at most the last ``months`` of them."""
    pick = random.Random(f"contacts {network.county.code}")
    found = with_quota(Deputy.objects.filter(county=network.county)).order_by("pk")
    deputies = list(found.select_related("constituency", "user"))
    first = dt.date(anchor.year, max(anchor.month - months + 1, 1), 1)
    people = list(_constituents(network, deputies, first, pick))
    for one in people:
        one.index_phone()
    Constituent.objects.bulk_create(people, batch_size=500)
    by_deputy: dict[int, list[Constituent]] = {}
    for one in people:
        by_deputy.setdefault(one.deputy_id, []).append(one)
    rows = [
        row
        for number, deputy in enumerate(deputies)
        for row in _contacts(
            deputy, by_deputy[deputy.pk], first, anchor, pick, lazy=number % 17 == 3, early=number % 5 > 1
        )
    ]
    Contact.objects.bulk_create(rows, batch_size=500)


def _constituents(
    network: Network, deputies: list[Deputy], since: dt.date, pick: random.Random
) -> Iterator[Constituent]:
    number = 0
    for place_in_list, deputy in enumerate(deputies):
        wanted = quota_of(deputy.level, network.county.rules)
        place = NUMBERED.sub("", deputy.constituency.name) if deputy.constituency else ""
        for _ in range(wanted - (place_in_list % 97 == 50)):  # a few lists are one short
            number += 1
            yield Constituent(
                deputy=deputy,
                name=pick.choice(SURNAMES) + pick.choice(MALE if pick.random() < 0.6 else FEMALE),
                phone=f"1390001{number:04d}",
                address=f"{place}{pick.choice('一二三四五六')}组"
                if place.endswith("村")
                else f"{place}{STREETS[number % 4]}{pick.choice('一二三四五六')}组",
                since=since,
            )


def _contacts(
    deputy: Deputy,
    people: list[Constituent],
    month: dt.date,
    anchor: dt.date,
    pick: random.Random,
    *,
    lazy: bool,
    early: bool,
) -> Iterator[Contact]:
    while month <= anchor:
        days = 28 if month < anchor.replace(day=1) else anchor.day
        # Of the running month some have done a part only.
        whole = early or month < anchor.replace(day=1)
        done = len(people) if whole else len(people) * min(anchor.day, 25) // 30
        for one in people[: done // 2 if lazy else done]:
            if pick.random() > 0.97:
                continue
            day = month.replace(day=pick.randint(1, days))
            summary, asked = pick.choice(SAID)
            yield Contact(
                deputy=deputy,
                constituent=one,
                happened_on=day,
                month=month,
                way=pick.choices((Way.PHONE, Way.VISIT, Way.OTHER), (6, 4, 1))[0],
                summary=summary,
                asked=asked,
                handling="已答应下次接待日带话。" if asked and pick.random() < 0.5 else "",
                entered_by=deputy.user,
                entered_at=timezone.make_aware(dt.datetime.combine(day, dt.time(18, pick.randint(0, 59)))),
            )
        month = (month + dt.timedelta(days=31)).replace(day=1)
