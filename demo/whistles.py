"""Whistles of the demo counties over the year, in every state, with what both sides said of each other."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import User
from consultations import whistling
from consultations.models import Call, CallState, Ground, Justified, Response, Solved, Whistle
from demo.network import Network
from history import log
from stations.models import Department, Station
from suggestions.choices import Satisfaction
from workdays.calendar import Calendar


@dataclass(frozen=True)
class Matter:
    """``{v}`` is the village; ``whom`` are ends of the departments' names, of the township or of the county."""

    ground: Ground
    title: str
    matter: str
    whom: tuple[str, ...]
    result: str


B, J, E = Ground.BEYOND, Ground.JOINT, Ground.EMERGENCY
MATTERS = (
    Matter(
        E,
        "{v}主街污水管塌陷，污水上路",
        "夜里塌了一个坑，污水漫上主街，已拉起围挡，绕行标志不够，请马上到场抢修。",
        ("村镇建设中心", "城市管理局"),
        "当天换管 6 米，回填夯实，路面恢复通行；沿线排查出两处隐患一并修好。",
    ),
    Matter(
        J,
        "{v}集市占道经营，校门口堵得进不去车",
        "逢集摊位摆到校门口，联络点劝了三次，人走了又回来，需要联合清理并划定区域。",
        ("市场监督管理所", "公安局交通管理大队"),
        "联合清理两个早市，划出摊位线 86 米，上下学时段派人值守。",
    ),
    Matter(
        B,
        "{v}主干渠跨两村，淤积责任分不清",
        "渠段跨两个村，都说不归自己清，联络点协调两次没有结果，秋灌在即。",
        ("农业服务中心", "水利局"),
        "现场确认管护界线，两村各清一段，共清淤 1.2 千米，签了管护协议。",
    ),
    Matter(
        J,
        "{v}河滩有人夜里倒建筑垃圾",
        "夜里来车倾倒，白天找不到人，需要几家一起查车、查源头。",
        ("村镇建设中心", "生态环境分局", "公安局交通管理大队"),
        "联合蹲守两晚，查获车辆 3 辆，责令清运 40 余方，加装监控一处。",
    ),
    Matter(
        B,
        "{v}老家属院外墙脱落，产权单位已注销",
        "楼下是老人孩子必经的路，找不到产权单位，站点解决不了。",
        ("村镇建设中心", "住房和城乡建设局"),
        "先行设置防护棚，外墙列入老旧小区改造，施工单位已进场。",
    ),
    Matter(
        E,
        "{v}高压线被树压低，离地不到三米",
        "大风刮倒的杨树压住线路，已派人看守，不让行人靠近。",
        ("村镇建设中心", "供电公司"),
        "两小时内断电清障，线路恢复，沿线修剪树木 40 余棵。",
    ),
    Matter(
        J,
        "{v}小餐馆油烟直排，邻居多次反映",
        "三家餐馆没有油烟净化设施，联络点上门两次没有改，需要几家一起上门。",
        ("市场监督管理所", "生态环境分局", "城市管理局"),
        "三家全部装上净化器，检测达标；约定每季度清洗一次。",
    ),
    Matter(
        B,
        "{v}自来水管网老化，三家单位各管一段",
        "主管、支管、入户管分属三家，漏水半个月没人修。",
        ("村镇建设中心", "住房和城乡建设局", "水利局"),
        "三家到场分清管段，漏点当天修好，老化的 300 米列入年度更换计划。",
    ),
)
PLACES = ("{v}村委会", "{v}党群服务中心", "{v}主街路口现场")
ROLES = ("副局长", "股长", "副主任", "所长", "工程师")
NAMES = ("赵红军", "李文涛", "王建设", "刘海燕", "陈志刚", "杨晓东", "周丽娟", "马国庆")

S = CallState
# The newest, for the demo's own people to try: days ago, and the state of each call in turn.
OPEN = (
    (0, (S.CALLED, S.CALLED)),
    (4, (S.CALLED, S.HERE, S.HERE)),
    (6, (S.HERE, S.REFUSED)),
    (9, (S.DONE, S.HERE)),
    (12, (S.DONE, S.RAISED, S.DONE)),
    (20, (S.EXCUSED, S.DONE)),
    (26, (S.WITHDRAWN, S.WITHDRAWN)),
    (1, (S.HERE, S.CALLED, S.HERE)),
)


def add_whistles(network: Network, anchor: dt.date, *, town: str, past: int) -> None:
    """Those of :data:`OPEN` by the township ``town``, and ``past`` ended ones by all in turn; written together."""
    townships, plans = list(network.townships.items()), []
    for number, (ago, states) in enumerate(OPEN):
        plans.append(((town, network.townships[town]), number, ago, states))
    for number in range(past):
        whom = len(MATTERS[(number + 3) % len(MATTERS)].whom)
        plans.append((townships[number % len(townships)], number + 3, 32 + number * 300 // past, (S.DONE,) * whom))
    made = [
        _blow(network, township, number, anchor - dt.timedelta(days=ago), states)
        for township, number, ago, states in plans
    ]
    Whistle.objects.bulk_create(whistle for whistle, _ in made)
    Call.objects.bulk_create([call for _, calls in made for call in calls])
    log.append_all(event for whistle, calls in made for event in _history(whistle, calls, network))


def _blow(
    network: Network, township: tuple[str, Station], number: int, day: dt.date, states: tuple[CallState, ...]
) -> tuple[Whistle, list[Call]]:
    name, station = township
    one, village = MATTERS[number % len(MATTERS)], _village(network, name, number)
    at = min(_clock(day, 8 + number % 3, number * 7 % 60), timezone.now() - dt.timedelta(minutes=40))
    whistle = Whistle(
        station=station,
        ground=one.ground,
        title=one.title.format(v=village),
        matter=one.matter,
        place=PLACES[number % len(PLACES)].format(v=village),
        blown_by=network.staff.get(station.pk),
        blown_at=at,
    )
    limit = whistling.limit_for(station, one.ground, at)
    departments = _departments(network, station, one.whom)
    calls = [
        _call(whistle, department, state, limit, number + place, one)
        for place, (department, state) in enumerate(zip(departments, states, strict=False))
    ]
    return whistle, calls


def _village(network: Network, township: str, number: int) -> str:
    points = network.points.get(township) or []
    return points[number % len(points)].place if points else township


def _departments(network: Network, station: Station, whom: tuple[str, ...]) -> list[Department]:
    near = [*network.departments[station.pk], *network.departments[network.hub.pk]]
    return [next(one for one in near if one.name.endswith(end)) for end in whom]


def _clock(day: dt.date, hour: int, minute: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


def _call(
    whistle: Whistle, department: Department, state: CallState, limit: whistling.Limit, number: int, one: Matter
) -> Call:
    """Nine in ten came in time; seven in eight of what was done is solved."""
    at = whistle.blown_at
    call = Call(whistle=whistle, department=department, state=state, due_at=limit.at, due_why=limit.why, since=at)
    late = number % 10 == 7 and limit.at < timezone.now() - dt.timedelta(days=1)
    if state in (S.HERE, S.DONE):
        call.came_at = (
            limit.at + dt.timedelta(hours=9, minutes=12) if late else at + dt.timedelta(minutes=35 + number * 13 % 80)
        )
        call.came_who = f"{NAMES[number % len(NAMES)]} {ROLES[number % len(ROLES)]}"
        call.came_where, call.since = whistle.place, call.came_at
        call.finish_on = Calendar.current().add(timezone.localdate(call.came_at), 10)
    if state == S.DONE and call.came_at:
        call.done_at = call.since = call.came_at + dt.timedelta(days=1 + number % 6, hours=2)
        call.result = one.result
        _rate(call, number, late)
    if state in (S.REFUSED, S.RAISED, S.EXCUSED):
        call.refusal, call.since = "这件事按职责分工归别的单位，本单位没有执法权。", at + dt.timedelta(hours=3)
    if state == S.RAISED:
        call.decision = "权责清单上写的是这个单位，请县里裁定。"
    if state == S.EXCUSED:
        call.decision, call.justified, call.judged_at = "情况属实，同意退哨。", Justified.PARTLY, call.since
        call.justified_remark = "下次先打个电话问清职责。"
    if state == S.WITHDRAWN:
        call.decision, call.since = "施工单位自己修好了，不用再来。", at + dt.timedelta(hours=4)
    return call


def _rate(call: Call, number: int, late: bool) -> None:
    if timezone.now() - call.since < dt.timedelta(days=9):  # for the demo's people to do
        return
    call.rated_at = call.judged_at = call.since + dt.timedelta(days=1)
    call.response = Response.SLOW if late else Response.PROMPT
    call.solved = Solved.PARTLY if number % 8 == 5 else Solved.YES
    call.content = (
        Satisfaction.NOT if number % 17 == 12 else (Satisfaction.SATISFIED, Satisfaction.BASICALLY)[number % 4 == 1]
    )
    call.remark = "拖了两天才到，群众有意见。" if call.content == Satisfaction.NOT else ""
    call.justified = Justified.PARTLY if number % 9 == 4 else Justified.YES


def _history(whistle: Whistle, calls: list[Call], network: Network) -> list[log.Entry]:
    """The events of a whistle in the order of time, as the acts would have written them."""
    seat = f"{whistle.station.name}工作人员"
    after = {"departments": [one.department_id for one in calls], "ground": whistle.ground, "due_at": calls[0].due_at}
    first = log.Entry(whistle.chain, "blow", after, actor=whistle.blown_by, seat=seat, at=whistle.blown_at)
    rest = [entry for call in calls for entry in _events(call, network, seat)]
    return [first, *sorted(rest, key=lambda entry: entry.at or whistle.blown_at)]


def _events(call: Call, network: Network, seat: str) -> list[log.Entry]:
    them = network.clerks.get(call.department_id), f"{call.department.name}经办人"
    us = call.whistle.blown_by, seat
    found: list[log.Entry] = []

    def event(action: str, at: dt.datetime, who: tuple[User | None, str], note: str = "", **more: Any) -> None:
        after = {"call": call.pk, "department": call.department_id, **more}
        found.append(log.Entry(call.whistle.chain, action, after, note, actor=who[0], seat=who[1], at=at))

    if call.came_at:
        facts = {"late": call.came_late, "finish_on": call.finish_on}
        event("check_in", call.came_at, them, f"{call.came_who}，{call.came_where}", **facts)
    if call.done_at:
        event("report", call.done_at, them, call.result)
    if call.refusal:
        event("refuse", call.since, them, call.refusal)
    if call.state in (S.RAISED, S.EXCUSED, S.WITHDRAWN):
        action = {S.RAISED: "pass_up", S.EXCUSED: "excuse", S.WITHDRAWN: "withdraw"}[S(call.state)]
        event(action, call.since, us, call.decision)
    if call.rated_at:
        said = {"response": call.response, "solved": call.solved, "content": call.content}
        event("rate", call.rated_at, us, call.remark, **said)
    if call.judged_at:
        event("judge", call.judged_at, them, call.justified_remark, justified=call.justified)
    return found
