"""Consultations of the demo counties: the two the seed tells of, held to their end, and others at every step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from consultations import conduct, promises, releases
from consultations.forms import office_name
from consultations.models import Consultation, Party, Promise, State, Step, StepRelease
from demo.matters import CHANNEL, FOOTBALL
from demo.network import Network
from deputies.models import Deputy
from messaging import outbox
from noticeboard.models import Notice, NoticeKind, NoticeState
from receptions import brands
from stations.models import Department, Kind, Station
from suggestions.choices import Satisfaction
from suggestions.models import Suggestion


@dataclass(frozen=True)
class Word:
    """A promise: ``owner`` the end of a department's name, or a name of its own; due ``within`` days of the talk; kept
    after ``kept`` days, or still open."""

    what: str
    owner: str
    within: int
    kept: int | None = None
    ending: str = ""
    progress: str = ""


@dataclass(frozen=True)
class Talk:
    """``place``: township and village; ``ago``: days before the anchor, less than nothing for one to come."""

    place: tuple[str, str]
    topic: str
    background: str
    ago: int
    to: State
    departments: tuple[str, ...]
    others: tuple[str, ...] = ()
    residents: str = ""
    came: int = 0
    minutes: str = ""
    agreement: str = ""
    words: tuple[Word, ...] = ()
    votes: tuple[int, int, int] = (0, 0, 0)
    outcome: str = ""
    case: str = ""  # title of the case it came from
    loud: bool = False  # tell people, so that inboxes are not empty


BOAI = (
    Talk(
        ("许良镇", "南道村"),
        "南道村废弃荒地改造成足球场",
        "南道村东头有一块废弃多年的荒地，长满杂草。村里年轻人和学生爱踢球，没有场地。要商量荒地怎么用、资金从哪里来、建成以后谁来管。",
        270,
        State.FINISHED,
        ("教育体育局", "村镇建设中心"),
        ("南道村村委会",),
        "村民代表和学生家长 20 人",
        23,
        "村民代表提出建足球场，也有人想建停车场。教育体育局介绍了体育项目资金的申报条件；代表提出场地免费开放、学生优先。村委会同意腾出荒地并负责日常管护。三方一致同意建标准足球场。",
        "争取体育项目资金，把废弃荒地改造成标准足球场，建成后免费向群众开放，由村委会管护。",
        (
            Word(
                "争取体育项目资金并完成立项", "教育体育局", 60, 48, "项目资金已经到位，完成立项。", "申报材料已经上报。"
            ),
            Word("清理、平整荒地", "南道村村委会", 40, 31, "荒地清理平整完毕。"),
            Word(
                "建成标准足球场，安装球门、围网和灯光",
                "村镇建设中心",
                180,
                165,
                "标准足球场建成并通过验收，球门、围网、灯光齐全。",
                "草坪铺设完成一半。",
            ),
        ),
        (21, 1, 0),
        "废弃荒地已改造成标准足球场，向群众免费开放，傍晚和周末都有人踢球。",
        FOOTBALL.title,
    ),
    Talk(
        ("许良镇", "许良村"),
        "许良村雨季积水，修建排水沟",
        "许良村地势低，每到雨季房前屋后积水，老人出门不便。要商量排水沟走哪里、资金和劳力怎么出、沟边的树和菜地怎么处理。",
        250,
        State.FINISHED,
        ("村镇建设中心", "水利局"),
        ("许良村村委会",),
        "受积水影响的住户代表 18 人",
        26,
        "住户说了积水最重的三段。水利局看了地势，建议从村北接到村外河道。有三户担心占菜地，代表上门说明后同意让出沟边一米。议定镇里出资金、村里出劳力。",
        "修建排水沟 3.2 千米，接通村外河道；镇里出资金、村里出劳力，沟边菜地按实际面积补偿。",
        (
            Word("勘测线路，出施工图，接通村外河道", "水利局", 30, 25, "线路和坡度已定，河道接口完工。"),
            Word(
                "筹集资金，组织施工，完成排水沟 3.2 千米",
                "村镇建设中心",
                120,
                112,
                "3.2 千米排水沟全部完工。",
                "已完成 1.8 千米。",
            ),
            Word("组织劳力清理沟道、协调沿线住户", "许良村村委会", 90, 80, "沿线住户全部同意，沟道清理完毕。"),
        ),
        (24, 2, 0),
        "3.2 千米排水沟建成，今年雨季村内没有再积水，群众房前屋后积水问题彻底解决。",
        CHANNEL.title,
    ),
    Talk(
        ("许良镇", ""),
        "许良镇主街停车和摆摊怎么管",
        "逢集时主街两边停车、摆摊，学生上下学过不去。要商量划车位、定摊位、错开时间。",
        40,
        State.FOLLOWING,
        ("村镇建设中心", "市场监督管理所"),
        ("主街商户代表",),
        "沿街住户和学生家长 15 人",
        17,
        "商户担心生意，家长担心安全。商定划定摊位区，上下学半小时不摆摊。",
        "主街北侧划停车位、南侧划摊位，上下学时段不摆摊，由市场监督管理所牵头管理。",
        (
            Word("划好停车位和摊位线", "村镇建设中心", 30, progress="已划完北段，南段等路面修补。"),
            Word("给商户发放摊位证，安排专人管理", "市场监督管理所", 60, progress="已登记商户 46 家。"),
            Word("上下学时段志愿者值守", "主街商户代表", 15, 14, "每天两名志愿者值守。"),
        ),
        (0, 0, 0),
    ),
    Talk(
        ("许良镇", ""),
        "许良镇老旧小区加装充电桩选址",
        "居民反映电动车充电难，飞线充电不安全。要商量充电桩装在哪里、谁来管、怎么收费。",
        -5,
        State.PREPARING,
        ("村镇建设中心", "供电公司"),
        ("物业服务中心",),
        "小区居民代表 10 人",
        loud=True,
    ),
    Talk(
        ("清化镇街道", ""),
        "清化镇街道背街小巷路灯怎么装",
        "三条背街小巷没有路灯，居民晚上出行不便。要商量装多少盏、线从哪里走、电费谁出。",
        0,
        State.UNDERWAY,
        ("村镇建设中心", "供电公司"),
        ("社区居委会",),
        "沿街居民 12 人",
    ),
    Talk(
        ("月山镇", ""),
        "月山镇灌溉渠轮灌次序",
        "两个村共用一条灌溉渠，用水次序有争议。",
        20,
        State.CANCELLED,
        ("农业服务中心",),
        ("两村用水户协会",),
        "用水户代表 16 人",
    ),
)
YUZHOU = (
    Talk(
        ("方岗镇", ""),
        "方岗镇文化广场健身器材更新",
        "广场健身器材老旧，有的已经损坏。要商量换哪些、放在哪里、谁来维护。",
        120,
        State.FINISHED,
        ("教育体育局", "村镇建设中心"),
        ("方岗村村委会",),
        "经常健身的群众 12 人",
        14,
        "群众希望多装适合老人的器材。教育体育局答应列入当年更新计划，村委会负责维护。",
        "更新健身器材 12 件，增加适合老人的器材，由村委会维护。",
        (
            Word("更新健身器材 12 件", "教育体育局", 60, 66, "12 件器材安装完毕，比期限晚了几天。"),
            Word("安排专人每周检查维护", "方岗村村委会", 30, 20, "已安排护场员。"),
        ),
        (11, 2, 1),
        "健身器材已经更新，群众比较满意。",
    ),
    Talk(
        ("夏都街道", "南关社区"),
        "南关社区楼道杂物清理",
        "楼道堆放杂物，居民反映有消防隐患。要商量怎么清、清完怎么管。",
        30,
        State.FOLLOWING,
        ("村镇建设中心",),
        ("南关社区居委会",),
        "楼栋长和居民 20 人",
        22,
        "居民同意集中清理一次，以后由楼栋长每周看一遍。",
        "集中清理楼道杂物，楼栋长每周巡查。",
        (
            Word("集中清理楼道杂物", "南关社区居委会", 15, 12, "18 个楼道清理完毕。"),
            Word("安装楼道应急照明", "村镇建设中心", 60, progress="正在采购。"),
        ),
    ),
    Talk(
        ("颍川街道", "朱坡社区"),
        "朱坡社区停车位怎么划",
        "小区停车难，居民和物业有分歧。请四方坐到一起商量。",
        -8,
        State.PREPARING,
        ("村镇建设中心",),
        ("物业公司",),
        "业主代表 12 人",
    ),
)


def add_consultations(network: Network, anchor: dt.date, talks: tuple[Talk, ...]) -> None:
    for talk in talks:
        station = _station(network, *talk.place)
        if station is None:
            continue
        if talk.loud:
            _hold(network, station, talk, anchor)
        else:
            with outbox.muted():
                _hold(network, station, talk, anchor)


def _station(network: Network, township: str, village: str) -> Station | None:
    if not village:
        return network.townships.get(township)
    name = f"{village}人大代表联络点"
    return next((point for point in network.points.get(township, []) if point.name == name), None)


def _hold(network: Network, station: Station, talk: Talk, anchor: dt.date) -> None:
    """Carried by the real acts, each on its own day."""
    day = anchor - dt.timedelta(days=talk.ago)
    office = _staff(network, station)
    one = conduct.create(
        by=office,
        station=station,
        table=_table(network, station, talk),
        at=_at(min(day, anchor) - dt.timedelta(days=8), 10),
        topic=talk.topic,
        background=talk.background,
        brand=brands.for_days_of(station).first(),
        date=day,
        starts_at=dt.time(9),
        place=station.address or f"{talk.place[1] or talk.place[0]}文化大院",
        office=office_name(station),
        residents=talk.residents,
    )
    conduct.announce(one.pk, by=office, at=_at(min(day, anchor) - dt.timedelta(days=6), 10))
    _put_on_board(network, one.pk, Step.BEFORE, min(day, anchor) - dt.timedelta(days=5))
    if talk.to == State.CANCELLED:
        conduct.cancel(one.pk, by=office, reason="两村已经自行协商一致", at=_at(day, 8))
    if talk.to in (State.UNDERWAY, State.FOLLOWING, State.FINISHED):
        conduct.start(one.pk, by=office, at=_at(day, 9))
    if talk.to in (State.FOLLOWING, State.FINISHED):
        _conclude(network, one.pk, talk, day, office, anchor)


def _table(network: Network, station: Station, talk: Talk) -> conduct.Table:
    above = [station, station.parent] if station.parent else [station]
    near = (
        Deputy.objects.serving().filter(home_station__in=above).order_by(F("user").asc(nulls_last=True), "level", "pk")
    )
    cases = Suggestion.objects.filter(county=network.county, title=talk.case) if talk.case else []
    found = (_department(network, station, name) for name in talk.departments)
    departments = [department for department in found if department]
    return {"deputies": near[:3], "departments": departments, "others": talk.others, "cases": list(cases)}


def _department(network: Network, station: Station, name: str) -> Department | None:
    """The nearest one whose name ends so."""
    place: Station | None = station
    while place is not None:
        for department in network.departments.get(place.pk, []):
            if department.name.endswith(name):
                return department
        place = place.parent
    return None


def _conclude(network: Network, pk: int, talk: Talk, day: dt.date, office: User, anchor: dt.date) -> None:
    parties = Party.objects.filter(consultation=pk)
    parties.update(signed_in_at=_at(day, 9, 5))
    parties.filter(deputy=None).update(who="负责人")
    one = Consultation.objects.get(pk=pk)
    conduct.conclude(
        pk,
        by=office,
        chair="镇人大主席" if one.office.endswith("主席团") else "人大联络处主任",
        minutes=talk.minutes,
        agreement=talk.agreement,
        residents_came=talk.came,
        at=_at(day, 11),
    )
    given = [(word, _give(network, pk, word, day, office)) for word in talk.words]
    _put_on_board(network, pk, Step.DURING, day + dt.timedelta(days=1))
    turns = [turn for word, promise in given for turn in _turns(network, promise, word, day, office, anchor)]
    for _, act in sorted(turns, key=lambda turn: turn[0]):
        act()
    if talk.to == State.FINISHED:
        _finish(network, pk, talk, day, office)


def _give(network: Network, pk: int, word: Word, day: dt.date, office: User) -> Promise:
    one = Consultation.objects.select_related("station__parent__parent").get(pk=pk)
    department = _department(network, one.station, word.owner)
    owner: dict[str, Any] = {"department": department} if department else {"owner_name": word.owner}
    due = day + dt.timedelta(days=word.within)
    return promises.give(pk, by=office, what=word.what, due_on=due, at=_at(day, 11, 20), **owner)


def _turns(
    network: Network, promise: Promise, word: Word, day: dt.date, office: User, anchor: dt.date
) -> Iterator[tuple[dt.date, Callable[[], Any]]]:
    """What happens to a promise, each with its day."""
    if word.progress:
        on = min(day + dt.timedelta(days=word.within // 2), anchor - dt.timedelta(days=1))
        writer = network.clerks.get(promise.department_id or 0, office)
        said: dict[str, Any] = {"by": writer, "text": word.progress, "happened_on": on, "at": _at(on, 15)}
        yield on, partial(promises.report, promise.pk, **said)
    if word.kept is not None:
        on = day + dt.timedelta(days=word.kept)
        ending: dict[str, Any] = {"by": office, "kept": True, "ended_on": on, "ending": word.ending, "at": _at(on, 16)}
        yield on, partial(promises.end, promise.pk, **ending)


def _finish(network: Network, pk: int, talk: Talk, day: dt.date, office: User) -> None:
    last = day + dt.timedelta(days=max(word.kept or 0 for word in talk.words) + 5)
    satisfied, basically, dissatisfied = talk.votes
    votes = {"satisfied": satisfied, "basically": basically, "dissatisfied": dissatisfied}
    conduct.count_ratings(pk, by=office, at=_at(last, 10), **votes)
    said = {"satisfaction": Satisfaction.SATISFIED, "rated_at": _at(last, 11)}
    Party.objects.filter(consultation=pk, deputy__user__isnull=False).update(**said)
    conduct.finish(pk, by=office, outcome=talk.outcome, at=_at(last, 15))
    _put_on_board(network, pk, Step.AFTER, last + dt.timedelta(days=1))


def _put_on_board(network: Network, pk: int, step: Step, day: dt.date) -> None:
    """As it looks once a second person has released it."""
    one = Consultation.objects.select_related("station", "brand").get(pk=pk)
    title, body = releases.proposal(one, step)
    notice = Notice.objects.create(
        county_id=one.county_id,
        station=one.station,
        kind=NoticeKind.CONSULTATION,
        title=title,
        body=body,
        event_on=one.date,
        state=NoticeState.RELEASED,
        written_by=_staff(network, one.station),
        released_by=network.staff[network.hub.pk],
        created_at=_at(day, 10),
        updated_at=_at(day, 11),
        released_at=_at(day, 11),
    )
    StepRelease.objects.create(consultation=one, step=step, notice=notice)


def _staff(network: Network, station: Station) -> User:
    place: Station | None = station
    while place is not None and place.kind != Kind.HUB:
        if user := network.staff.get(place.pk):
            return user
        place = place.parent
    return network.staff[network.hub.pk]


def _at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))
