"""The demo counties' committee and its ties: with deputies, with stations, and of upper deputies with departments."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from demo.network import Network
from deputies.models import CommitteeMember, Deputy, Level, Post, Tie, TieContact, TieKind, Way

POSTS = [Post.DIRECTOR] + [Post.VICE] * 4 + [Post.MEMBER] * 20
EACH = 5  # deputies a member keeps contact with

TALKS = (
    ("到联络站参加接待选民日，看了制度版面和登记台账，提出把办理结果及时上墙。", ""),
    ("电话了解代表履职情况，鼓励多到选区走走。", "希望多组织代表培训，讲怎样提建议。"),
    ("座谈听取基层代表意见。", "联络点活动经费少，建议列入乡镇预算。"),
    ("到站指导，查看了意见办理进度。", ""),
)
WITH_DEPARTMENTS = (
    ("到单位了解全年重点工作，转达了群众关心的问题。", "希望单位负责人下季度到联络站解答。"),
    ("电话联系，约定邀请负责人进站的时间。", ""),
    ("参加单位组织的开放日。", ""),
)


def add_ties(network: Network, anchor: dt.date) -> None:
    since = dt.date(2022, 4, 1)
    members = _committee(network, since)
    rows = [*_with_deputies(network, members, since), *_with_stations(network, members, since)]
    ties = Tie.objects.bulk_create([*rows, *_with_departments(network, since)], batch_size=500)
    log = [entry for number, tie in enumerate(ties) for entry in _log(tie, number, anchor)]
    TieContact.objects.bulk_create(log, batch_size=500)


def _committee(network: Network, since: dt.date) -> list[CommitteeMember]:
    """25 county deputies out of all townships, none of them somebody the demo logs in as."""
    county = Deputy.objects.filter(county=network.county, level=Level.COUNTY, user=None).order_by("pk")
    chosen = list(county)[:: max(len(county) // len(POSTS), 1)][: len(POSTS)]
    posts = POSTS if len(chosen) == len(POSTS) else [Post.DIRECTOR, Post.VICE] + [Post.MEMBER] * len(chosen)
    rows = [CommitteeMember(deputy=one, post=post, since=since) for one, post in zip(chosen, posts, strict=False)]
    return CommitteeMember.objects.bulk_create(rows)


def _with_deputies(network: Network, members: list[CommitteeMember], since: dt.date) -> list[Tie]:
    """Each with five deputies at the grass roots; the last ones of the roster have nobody yet."""
    others = Deputy.objects.filter(county=network.county, level__in=(Level.COUNTY, Level.TOWNSHIP))
    others = others.exclude(committee_seats__in=members).order_by("level", "pk")
    return [
        Tie(county=network.county, kind=TieKind.MEMBER, member=members[number % len(members)], deputy=one, since=since)
        for number, one in enumerate(others[: len(members) * EACH])
    ]


def _with_stations(network: Network, members: list[CommitteeMember], since: dt.date) -> list[Tie]:
    leaders = [one for one in members if one.is_leader]
    return [
        Tie(county=network.county, kind=TieKind.LEADER, member=leaders[number % len(leaders)], station=one, since=since)
        for number, one in enumerate(network.townships.values())
    ]


def _with_departments(network: Network, since: dt.date) -> list[Tie]:
    """博爱县：36 个省市人大代表分别联系一个县直单位."""
    upper = Deputy.objects.filter(county=network.county, level__in=(Level.PROVINCE, Level.CITY)).order_by("pk")
    return [
        Tie(county=network.county, kind=TieKind.DEPARTMENT, deputy=one, department=department, since=since)
        for one, department in zip(upper, network.departments[network.hub.pk], strict=False)
    ]


def _log(tie: Tie, number: int, anchor: dt.date) -> list[TieContact]:
    if number % 7 == 5:  # nobody has written anything down yet
        return []
    words = WITH_DEPARTMENTS if tie.kind == TieKind.DEPARTMENT else TALKS
    rows = []
    for back in (20, 75)[: 1 + number % 2]:
        day = anchor - dt.timedelta(days=back + number % 15)
        summary, asked = words[(number + back) % len(words)]
        entered = timezone.make_aware(dt.datetime.combine(day, dt.time(17, number % 60)))
        way = Way.PHONE if summary.startswith("电话") else Way.VISIT
        rows.append(TieContact(tie=tie, happened_on=day, way=way, summary=summary, asked=asked, entered_at=entered))
    return rows
