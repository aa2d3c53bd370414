"""Suggestions and motions of the demo counties' last session and since: filed and answered, checked, sent back, short of
signers. Every text is invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import User
from demo import accounts
from demo.network import Network
from deputies.models import Deputy, Level
from messaging import outbox
from stations.models import Department, Station
from suggestions import formal, formal_answers, formal_filing, formal_signing, workflow
from suggestions.choices import Field, Kind, State
from suggestions.models import Formal
from suggestions.models.formal import FormalState

S = FormalState


@dataclass(frozen=True)
class Paper:
    """``ago`` days before the anchor it was put in; ``signers`` confirm, ``silent`` are asked and have not answered;
    ``case`` is the state its case has come to."""

    title: str
    content: str
    field: Field
    wished: str
    ago: int
    signers: int = 0
    silent: int = 0
    state: str = S.FILED
    case: str = State.CLOSED
    in_session: bool = True
    matter: str = ""
    grounds: str = ""
    township: bool = False
    result: str = "已列入年度计划并组织实施，项目按期完工，经现场查看运行正常。"
    note: str = ""  # why it was sent back


BOAI: tuple[Paper, ...] = (
    Paper(
        "关于加强大沙河沿线水生态保护的议案",
        "一、制定大沙河沿线水生态保护规划，划定保护范围；二、三年内完成沿线村庄污水管网；三、建立上下游巡查和补偿机制，每年向县人大常委会报告。",
        Field.ENVIRONMENT,
        "水利局",
        250,
        signers=11,
        matter="大沙河是我县主要河流，沿线水质关系下游灌溉和群众饮水。",
        grounds="近三年群众通过联络站反映河道垃圾、污水直排等意见四十余件；水污染防治法要求县级政府对本行政区域水环境质量负责。",
        result="县政府印发保护规划，沿线 14 个村污水管网已建成 9 个，巡查队伍和补偿办法已经建立，其余年底前完工。",
    ),
    Paper(
        "关于制定竹林保护和竹产业发展规划的议案",
        "由县政府组织编制规划，明确古竹林保护范围、竹制品加工园区用地和技能培训资金，报县人大常委会审议。",
        Field.AGRICULTURE,
        "林业发展中心",
        20,
        signers=6,
        silent=4,
        state=S.DRAFT,
        matter="我县竹林面积逐年减少，竹编技艺传承人年龄偏大。",
        grounds="林业部门调查，近十年竹林面积减少两成；森林法规定地方政府应当编制林地保护利用规划。",
    ),
    Paper(
        "关于增设城区公交站候车亭的建议",
        "城区 23 处公交站没有候车亭，雨雪天群众露天候车。建议分两年补齐，先建学校和医院附近的。",
        Field.TRANSPORT,
        "交通运输局",
        245,
        signers=3,
    ),
    Paper(
        "关于增加乡镇卫生院儿科门诊的建议",
        "镇卫生院没有儿科医生，孩子看病都要进城。建议县医院儿科医生每周到中心卫生院坐诊。",
        Field.HEALTH,
        "卫生健康委员会",
        244,
        signers=2,
    ),
    Paper(
        "关于中小学门口设置护学岗的建议",
        "上下学时校门口车流大。建议交管、学校和村组共同设护学岗，并划出家长等候区。",
        Field.EDUCATION,
        "教育体育局",
        243,
        signers=1,
    ),
    Paper(
        "关于整修丹东灌区末级渠系的建议",
        "末级渠道漏损大，浇一亩地比往年多用一小时。建议列入高标准农田项目优先整修。",
        Field.AGRICULTURE,
        "水利局",
        242,
        signers=4,
        case=State.REPLIED,
    ),
    Paper(
        "关于为高龄老人提供助餐服务的建议",
        "村里独居老人做饭难。建议利用闲置校舍办老年食堂，县里给予运营补助。",
        Field.WELFARE,
        "民政局",
        70,
        signers=2,
        in_session=False,
        case=State.HANDLING,
    ),
    Paper(
        "关于规范电动自行车充电设施的建议",
        "老旧小区飞线充电隐患大。建议统一选址建充电棚，明确收费标准。",
        Field.CONSTRUCTION,
        "城市管理局",
        45,
        signers=1,
        in_session=False,
        case=State.ASSIGNED,
    ),
    Paper(
        "关于扶持农村电商快递进村的建议",
        "三分之一的村不通快递。建议由邮政牵头整合共同配送，村级设代收点。",
        Field.COMMERCE,
        "商务局",
        9,
        in_session=False,
        case=State.REGISTERED,
    ),
    Paper(
        "关于加装县道危险路段护栏的建议",
        "县道两处临水弯道没有护栏，去年发生三起事故。建议汛期前装好。",
        Field.TRANSPORT,
        "公路事业发展中心",
        4,
        signers=2,
        in_session=False,
        state=S.SUBMITTED,
    ),
    Paper(
        "关于供水和道路照明的建议",
        "一是村里水压低；二是主街路灯少。建议一并解决。",
        Field.CONSTRUCTION,
        "",
        8,
        in_session=False,
        state=S.RETURNED,
        note="一件写了两个问题。请把供水和路灯分成两件，各写明是哪个村、影响多少户。",
    ),
    Paper(
        "关于在许良镇建设农产品产地冷库的建议",
        "镇里大蒜、山药集中上市，没有冷库只能贱卖。建议由镇里牵头建一座产地冷库。",
        Field.AGRICULTURE,
        "农业服务中心",
        60,
        signers=2,
        in_session=False,
        case=State.HANDLING,
        township=True,
    ),
    Paper(
        "关于整治许良镇集市占道经营的建议",
        "逢集占道，救护车都过不去。建议划定经营区，固定摊位。",
        Field.COMMERCE,
        "市场监督管理所",
        12,
        silent=2,
        in_session=False,
        state=S.DRAFT,
        township=True,
    ),
)
YUZHOU: tuple[Paper, ...] = (
    Paper(
        "关于保护钧瓷老窑址的建议",
        "几处老窑址无人看护，雨水冲刷。建议登记挂牌，落实看护人员和经费。",
        Field.COMMERCE,
        "文化广电和旅游局",
        240,
        signers=2,
    ),
    Paper(
        "关于完善城乡公交换乘的建议",
        "城乡公交与城区公交站点相距一公里。建议合并换乘站。",
        Field.TRANSPORT,
        "交通运输局",
        60,
        signers=1,
        in_session=False,
        case=State.HANDLING,
    ),
    Paper(
        "关于中药材种植技术指导的建议",
        "药农缺技术。建议农技人员包片指导，办田间学校。",
        Field.AGRICULTURE,
        "农业农村局",
        5,
        in_session=False,
        state=S.SUBMITTED,
    ),
)


def add_formal(network: Network, anchor: dt.date, papers: tuple[Paper, ...]) -> None:
    county = network.county
    leads = list(Deputy.objects.filter(county=county, level=Level.COUNTY).select_related("home_station").order_by("pk"))
    # Those who log in first, so that their pages have something on them.
    leads.sort(key=lambda one: (one.user_id is None, one.pk))
    named = Deputy.objects.filter(county=county, user__username=accounts.TOWNSHIP_DEPUTY).first()
    with outbox.muted():
        for number, paper in enumerate(papers):
            lead = named if paper.township and named else leads[(number * 3) % len(leads)]
            _carry(network, anchor, paper, lead)


def _moment(day: dt.date, hour: int = 10) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def _carry(network: Network, anchor: dt.date, paper: Paper, lead: Deputy) -> None:
    office = formal.office_of(lead)
    assert office is not None
    clerk = network.staff[office.pk]
    at = _moment(anchor - dt.timedelta(days=paper.ago))
    made = formal.raise_formal(lead, by=clerk, texts=_texts(paper, anchor), at=at - dt.timedelta(days=2))
    _sign(made, paper, clerk, at - dt.timedelta(days=1))
    if paper.state == S.DRAFT:
        return
    formal.submit(made.pk, by=clerk, at=at)
    if paper.state == S.RETURNED:
        formal_filing.send_back(made.pk, by=clerk, reason=paper.note, checks=["concrete", "remit"], at=at)
    elif paper.state == S.FILED:
        _handle(
            formal_filing.file(made.pk, by=clerk, checks=formal_filing.Check.values, at=at), paper, clerk, at, anchor
        )


def _texts(paper: Paper, anchor: dt.date) -> formal.Texts:
    names = ("title", "content", "field", "wished", "in_session", "matter", "grounds")
    kind = Kind.MOTION if paper.matter else Kind.SUGGESTION
    found: Any = {name: getattr(paper, name) for name in names}
    return found | {"kind": kind, "delegation": "", "session": max(anchor.year - 2021, 1)}


def _sign(made: Formal, paper: Paper, clerk: User, at: dt.datetime) -> None:
    wanted = paper.signers + paper.silent
    if not wanted:
        return
    offered = formal_signing.eligible(Formal.objects.for_page().get(pk=made.pk)).select_related("home_station", "user")
    chosen = sorted(offered.order_by("pk")[: wanted * 3], key=lambda one: (one.user_id is None, one.pk))[:wanted]
    if paper.silent:  # whoever logs in is the last one asked, and finds the paper waiting
        chosen.reverse()
    rows = formal_signing.ask(made.pk, chosen, by=clerk, at=at)
    for number, one in enumerate(rows[: paper.signers], start=1):
        person, moment = one.deputy.user, at + dt.timedelta(minutes=25 * number)
        formal_signing.answer(one.pk, "confirm", by=person or clerk, on_paper=person is None, at=moment)


def _handle(made: Formal, paper: Paper, clerk: User, at: dt.datetime, anchor: dt.date) -> None:
    """As far as the paper says, some days a step."""
    case = made.case
    assert case is not None
    if paper.case == State.REGISTERED:
        return
    lead = _department(made.station, paper.wished)
    worker = lead.staff.select_related("user").first()
    assert worker is not None
    workflow.assign(case.pk, by=clerk, lead=lead, at=at + dt.timedelta(days=2))
    if paper.case == State.ASSIGNED:
        return
    workflow.take(case.pk, by=worker.user, at=at + dt.timedelta(days=4))
    if paper.case == State.HANDLING:
        return
    done = at + dt.timedelta(days=70) if paper.case == State.CLOSED else _moment(anchor - dt.timedelta(days=5))
    workflow.report(case.pk, by=worker.user, result_kind="solved", text=paper.result, at=done)
    workflow.hand_over(case.pk, by=clerk, at=done + dt.timedelta(days=1))
    if paper.case == State.CLOSED and made.lead.user is not None:
        formal_answers.give(made.pk, by=made.lead.user, satisfaction="satisfied", at=done + dt.timedelta(days=8))
    elif paper.case == State.CLOSED:
        workflow.rate(case.pk, by=clerk, satisfaction="satisfied", at=done + dt.timedelta(days=8))


def _department(office: Station, name: str) -> Department:
    found = Department.objects.filter(station=office, is_active=True, staff__isnull=False).order_by("pk")
    chosen = found.filter(name__endswith=name).first() or found.first()
    assert chosen is not None
    return chosen
