"""Notices on the boards of the demo county: some released, one pinned, one draft, one that waits for its review."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from demo.network import Network
from deputies.models import Deputy
from noticeboard import changes
from noticeboard.models import Notice, NoticeKind, NoticeState
from stations.models import Station


@dataclass(frozen=True)
class Sketch:
    kind: NoticeKind
    title: str
    body: str
    ago: int  # days before the anchor that it was released
    pinned: bool = False
    deputies: int = 0


COUNTY = (
    Sketch(
        NoticeKind.OTHER,
        "人大代表联络站怎样为您服务",
        "博爱县设县级中心站 1 个、乡镇（街道）联络站 9 个，村（社区）设联络点。每月 25 日是代表接待日，遇休息日顺延或提前。\n\n"
        "有意见建议，可以在接待日到站当面说，也可以随时在网上留言。登记以后会给您编号和查询码，办到哪一步随时能查；办好由人大代表回复您，并请您评价。",
        200,
        pinned=True,
    ),
    Sketch(
        NoticeKind.PLAN,
        "全县代表联络站本季度活动安排",
        "本季度主题是“人居环境整治”。各站围绕垃圾清运、污水排放、道路照明开展走访和接待，收集的意见按层级办理。\n\n"
        "季末由县人大代表工委汇总办理情况，在公示栏公布。",
        45,
    ),
    Sketch(
        NoticeKind.RECTIFICATION,
        "上季度评议发现问题的整改情况",
        "上季度集中视察发现的 12 个问题，11 个已经整改，1 个列入明年计划。\n\n列入计划的是城区排水管网改造，由住房和城乡建设局负责。",
        20,
    ),
)
TOWNSHIP = (
    Sketch(
        NoticeKind.PLAN,
        "许良镇联络站年度工作计划",
        "每季度一个主题，每月一次活动：一季度春耕用水，二季度人居环境，三季度防汛排涝，四季度冬季取暖。\n\n"
        "接待日在联络站接待室，代表轮流值班，欢迎来访。",
        300,
        pinned=True,
        deputies=3,
    ),
    Sketch(
        NoticeKind.CONSULTATION,
        "许良村排水沟改造议事会结果",
        "代表、村民和施工单位共同商议，确定排水沟改造的走向和工期，路面损坏由施工单位负责恢复。\n\n工程由村民监督，每周通报一次进度。",
        60,
        deputies=2,
    ),
    Sketch(
        NoticeKind.RESULT,
        "主街路灯维修已经完成",
        "群众反映主街路灯不亮的意见，由村镇建设中心办理，已更换灯头和线路。\n\n夜间如发现仍有不亮的路段，请到联络站说明位置。",
        12,
        deputies=1,
    ),
    Sketch(
        NoticeKind.SUMMARY,
        "上月接待日小结",
        "上月接待日到站群众 14 人次，登记意见 9 件，当场答复 4 件，其余已交有关单位办理。\n\n反映较多的是道路和用水。",
        5,
        deputies=2,
    ),
)
WAITING = Sketch(
    NoticeKind.OTHER,
    "冬季取暖走访安排",
    "下周起代表分组走访困难群众，了解取暖情况。需要帮助的群众可以拨打联络站电话 0391-8686001。",
    0,
    deputies=2,
)
DRAFT = Sketch(NoticeKind.RESULT, "通村道路修补进度", "北段已经完工，南段月底前完成。", 0)


def fill(network: Network, anchor: dt.date) -> None:
    hub = network.hub
    for sketch in COUNTY:
        _released(hub, sketch, anchor, writer=network.staff[hub.pk], reviewer=network.staff[hub.pk])
    town = network.townships["许良镇"]
    writer = network.staff[town.pk]
    for sketch in TOWNSHIP:
        _released(town, sketch, anchor, writer=writer, reviewer=network.staff[hub.pk])
    changes.submit(_draft(town, WAITING, writer).pk, by=writer)
    _draft(town, DRAFT, writer)


def _deputies(station: Station, most: int) -> list[Deputy]:
    return list(Deputy.objects.serving().filter(home_station=station).order_by("level", "pinyin", "pk")[:most])


def _draft(station: Station, sketch: Sketch, writer: User) -> Notice:
    return changes.write(
        by=writer,
        station=station,
        kind=sketch.kind,
        title=sketch.title,
        body=sketch.body,
        event_on=None,
        deputies=_deputies(station, sketch.deputies),
    )


def _released(station: Station, sketch: Sketch, anchor: dt.date, *, writer: User, reviewer: User) -> None:
    """As it would have gone at the time; what happened long ago nobody is told."""
    day = anchor - dt.timedelta(days=sketch.ago)
    written, released = (timezone.make_aware(dt.datetime.combine(day, dt.time(hour))) for hour in (9, 15))
    notice = Notice.objects.create(
        county=station.county,
        station=station,
        kind=sketch.kind,
        title=sketch.title,
        body=sketch.body,
        state=NoticeState.RELEASED,
        pinned=sketch.pinned,
        written_by=writer,
        released_by=reviewer,
        created_at=written,
        updated_at=released,
        released_at=released,
        version=3,
    )
    notice.deputies.set(_deputies(station, sketch.deputies))
    states = NoticeState.DRAFT, NoticeState.CHECKING, NoticeState.RELEASED
    steps = (("write", writer, written), ("submit", writer, written), ("release", reviewer, released))
    before: dict[str, str] = {}
    for (action, by, at), state in zip(steps, states, strict=True):
        changes.record(notice, action, by=by, before=before, after={"state": state}, at=at)
        before = {"state": state}
