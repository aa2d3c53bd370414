"""专项监督 of the demo counties: the eight groups of the seed (由县人大相关委室牵头，吸收老党员、老教师、“土”专家、种养能手),
and their projects of the year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone

from accounts.models import User
from demo import accounts
from demo.network import Network
from demo.people import People
from deputies.models import Deputy, Level
from stations.fields import Field
from stations.models import Department, Station
from suggestions.models import Suggestion
from supervision.groups import DEFAULTS
from supervision.models import (
    Expert,
    ExpertKind,
    Group,
    GroupMember,
    Milestone,
    Project,
    ProjectKind,
    Task,
)

DUTIES = {
    Field.EDUCATION: "学校食堂和午休、课后服务、校园周边秩序。",
    Field.HEALTH: "村卫生室、家庭医生签约、基层用药。",
    Field.TRANSPORT: "农村公路养护、公交线路、路口信号灯。",
    Field.CONSTRUCTION: "窨井设施、老旧小区、雨污分流。",
    Field.ENVIRONMENT: "黑臭水体、秸秆和垃圾、扬尘。",
    Field.AGRICULTURE: "高标准农田、四大怀药、灌溉机井。",
    Field.WELFARE: "零工市场、养老助餐、欠薪。",
    Field.COMMERCE: "农贸市场、景区服务、夜间经济。",
}
EXPERTS = {
    Field.EDUCATION: ((ExpertKind.TEACHER, "小学数学，退休校长"), (ExpertKind.PARTY, "关心下一代工作")),
    Field.HEALTH: ((ExpertKind.OTHER, "乡村医生三十年"), (ExpertKind.PARTY, "老卫生院长")),
    Field.TRANSPORT: ((ExpertKind.CRAFTSMAN, "路面养护"), (ExpertKind.PARTY, "老道班班长")),
    Field.CONSTRUCTION: ((ExpertKind.CRAFTSMAN, "给排水"), (ExpertKind.CRAFTSMAN, "砌筑"), (ExpertKind.PARTY, "小区楼长")),
    Field.ENVIRONMENT: ((ExpertKind.OTHER, "水质化验"), (ExpertKind.PARTY, "义务护河")),
    Field.AGRICULTURE: ((ExpertKind.GROWER, "四大怀药种植"), (ExpertKind.GROWER, "肉牛养殖"), (ExpertKind.CRAFTSMAN, "机井维修")),
    Field.WELFARE: ((ExpertKind.PARTY, "老民政"), (ExpertKind.OTHER, "劳动仲裁")),
    Field.COMMERCE: ((ExpertKind.OTHER, "市场经营"), (ExpertKind.PARTY, "老供销")),
}  # fmt: skip
STUDIO_OF = {Field.EDUCATION: "教育", Field.HEALTH: "医疗卫生", Field.COMMERCE: "企业", Field.AGRICULTURE: "农业"}


@dataclass(frozen=True)
class Plan:
    """``tasks``: title, department, milestones as (title, month, day). ``late``: the last milestone due is not done."""

    title: str
    goal: str
    field: Field
    department: str
    tasks: tuple[tuple[str, str, tuple[tuple[str, int, int], ...]], ...]
    kind: ProjectKind = ProjectKind.LIVELIHOOD
    late: bool = False
    about: str = ""  # a word of the case it rests on


MANHOLES = Plan(
    "城市窨井设施改造",
    "排查主城区窨井 3200 座，改造病害窨井 1200 座，全部加装防坠网，建立一井一档。",
    Field.CONSTRUCTION,
    "住房和城乡建设局",
    (
        ("排查建档", "住房和城乡建设局", (("排查完成，建立一井一档", 3, 20),)),
        ("分批改造", "住房和城乡建设局", (("改造 600 座", 6, 30), ("改造 1200 座", 10, 31))),
        ("日常巡查", "城市管理局", (("定出巡查路段和人员", 4, 30), ("全年巡查总结", 12, 20))),
    ),
)
PROJECTS = (
    MANHOLES,
    Plan(
        "城区小学午休躺睡改造",
        "8 所城区小学配齐可躺式课桌椅，课后服务全覆盖。",
        Field.EDUCATION,
        "教育体育局",
        (
            ("采购课桌椅", "教育体育局", (("完成招标", 5, 31), ("8 所学校到位", 8, 31))),
            ("课后服务", "教育体育局", (("秋季开学全覆盖", 9, 15),)),
        ),
    ),
    Plan(
        "村卫生室标准化建设",
        "改造村卫生室 60 所，配齐基本药物和健康一体机。",
        Field.HEALTH,
        "卫生健康委员会",
        (("改造", "卫生健康委员会", (("改造 30 所", 6, 30), ("改造 60 所", 11, 10))),),
        late=True,
    ),
    Plan(
        "农村公路安全提升",
        "修复村道 45 公里，增设路口警示灯 80 处。",
        Field.TRANSPORT,
        "交通运输局",
        (
            ("修复村道", "公路事业发展中心", (("修复 25 公里", 7, 31), ("修复 45 公里", 11, 30))),
            ("警示灯", "公安局交通管理大队", (("安装 80 处", 10, 15),)),
        ),
    ),
    Plan(
        "农村坑塘治理",
        "治理坑塘 26 处，清淤护坡，种植水生植物。",
        Field.ENVIRONMENT,
        "生态环境分局",
        (("治理", "生态环境分局", (("治理 12 处", 6, 15), ("治理 26 处", 11, 20))),),
    ),
    Plan(
        "怀药主产区灌溉机井",
        "新打机井 40 眼，维修旧井 110 眼，通电到井。",
        Field.AGRICULTURE,
        "农业农村局",
        (
            ("打井和维修", "水利局", (("新打 40 眼", 5, 31), ("维修 110 眼", 10, 31))),
            ("通电", "供电公司", (("全部通电", 12, 10),)),
        ),
    ),
    Plan(
        "零工市场建设",
        "建成县城零工市场 1 处、乡镇驿站 9 处。",
        Field.WELFARE,
        "人力资源和社会保障局",
        (("建设", "人力资源和社会保障局", (("县城市场开业", 6, 30), ("9 处驿站开放", 12, 15))),),
    ),
    Plan(
        "农贸市场改造",
        "改造农贸市场 3 处，明厨亮灶，规范停车。",
        Field.COMMERCE,
        "商务局",
        (("改造", "商务局", (("完成 1 处", 6, 30), ("完成 3 处", 11, 30))),),
    ),
    Plan(
        "解决村庄雨季积水的建议",
        "把群众反映集中的排水沟、涵管列入年度计划，一次修好，定下管护人。",
        Field.CONSTRUCTION,
        "水利局",
        (("修建和管护", "水利局", (("主汛期前完成清淤", 5, 31), ("管护责任到人", 9, 30))),),
        kind=ProjectKind.KEY_SUGGESTION,
        about="排水",
    ),
    Plan(
        "把闲置荒地建成群众健身场地的建议",
        "利用闲置荒地建设足球场、健身广场，免费开放。",
        Field.EDUCATION,
        "教育体育局",
        (("建设开放", "教育体育局", (("完成选址", 4, 30), ("建成开放", 10, 20))),),
        kind=ProjectKind.KEY_SUGGESTION,
        about="足球",
    ),
)


@dataclass
class Supervised:
    """A county being filled."""

    network: Network
    anchor: dt.date
    people: People
    departments: dict[str, Department] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    office: User | None = None

    def department(self, name: str) -> Department:
        return self.departments[next(one for one in self.departments if one.endswith(name))]

    def at(self, day: dt.date, hour: int = 10) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, 20)))


def add_supervision(network: Network, anchor: dt.date, people: People, *, projects: int = len(PROJECTS)) -> Supervised:
    """After the cases, which key suggestions rest on. ``projects``: how many of the list, for a smaller county."""
    departments = {one.name: one for one in network.departments[network.hub.pk]}
    office = network.staff.get(network.hub.pk)
    now = Supervised(network, anchor, people, departments, office=office)
    _groups(now)
    for number, plan in enumerate(PROJECTS[:projects]):
        _project(now, plan, number)
    return now


# --- groups -------------------------------------------------------------------------------


def _groups(now: Supervised) -> None:
    county = now.network.county
    deputies = list(
        Deputy.objects.serving().filter(county=county, level__in=(Level.COUNTY, Level.TOWNSHIP)).order_by("pk")
    )
    named = {one.user.username: one for one in deputies if one.user is not None}
    rest = [
        one
        for one in deputies
        if one.user is None or one.user.username not in (accounts.COUNTY_DEPUTY, accounts.TOWNSHIP_DEPUTY)
    ]
    logged_in = [one for one in rest if one.user is not None]
    townships = list(now.network.townships.values())
    since = dt.date(now.anchor.year, 1, 15)
    members, experts = [], []
    for number, (code, (name, committee)) in enumerate(DEFAULTS.items()):
        leader = named.get(accounts.COUNTY_DEPUTY) if code == Field.CONSTRUCTION else None
        one = Group.objects.create(
            county=county,
            field=code,
            name="城建代表组" if code == Field.CONSTRUCTION else name,
            lead_committee=committee,
            leader=leader or (logged_in[number % len(logged_in)] if logged_in else rest[number]),
            duties=DUTIES[code],
        )
        studios = [studio for studio in now.network.studios if studio.trade == STUDIO_OF.get(code)]
        stations = [*studios, townships[number % len(townships)], townships[(number + 3) % len(townships)]]
        if code == Field.CONSTRUCTION:
            stations = [*stations, *(one for name, one in now.network.townships.items() if name == "许良镇")]
        one.stations.set(stations)
        chosen = [person for person in rest[number :: len(DEFAULTS) * 5] if person != one.leader][:8]
        if code == Field.AGRICULTURE and accounts.TOWNSHIP_DEPUTY in named:
            chosen.append(named[accounts.TOWNSHIP_DEPUTY])
        members += [GroupMember(group=one, deputy=person, since=since) for person in chosen]
        experts += [
            _expert(now, one, kind, trade, stations[place % len(stations)], since)
            for place, (kind, trade) in enumerate(EXPERTS[code])
        ]
        now.groups[code] = one
    GroupMember.objects.bulk_create(members)
    Expert.objects.bulk_create(experts)


def _expert(now: Supervised, group: Group, kind: ExpertKind, trade: str, station: Station, since: dt.date) -> Expert:
    who = now.people.draw()
    one = Expert(group=group, kind=kind, trade=trade, station=station, since=since, name=who.name, phone=who.phone)
    one.index_phone()
    return one


# --- projects -----------------------------------------------------------------------------


def _project(now: Supervised, plan: Plan, number: int) -> None:
    county, year = now.network.county, now.anchor.year
    same = Project.objects.filter(county=county, year=year, kind=plan.kind).count()
    project = Project.objects.create(
        county=county,
        kind=plan.kind,
        year=year,
        number=same + 1,
        title=plan.title,
        goal=plan.goal,
        field=plan.field,
        department=now.department(plan.department),
        group=now.groups[plan.field],
        created_by=now.office,
        created_at=now.at(dt.date(year, 1, 20)),
    )
    if plan.about:
        cases = Suggestion.objects.filter(county=county, title__contains=plan.about).order_by("pk")[:1]
        project.cases.set(cases)
    rows = []
    for title, owner, milestones in plan.tasks:
        task = Task.objects.create(project=project, title=title, department=now.department(owner))
        rows += [_milestone(now, task, name, dt.date(year, month, day)) for name, month, day in milestones]
    due = [row for row in rows if row.done_on is not None]
    if plan.late and due:
        due[-1].progress, due[-1].done_on = 70, None
        due[-1].note = "已完成七成，余下的等设备到货。"
    Milestone.objects.bulk_create(rows)
    now.projects[plan.title] = project


def _milestone(now: Supervised, task: Task, title: str, due_on: dt.date) -> Milestone:
    """Done a few days before its limit; within two months of it under way."""
    one = Milestone(task=task, title=title, due_on=due_on)
    clerk = now.network.clerks.get(task.department_id)
    left = (due_on - now.anchor).days
    if left < 0:
        one.done_on = due_on - dt.timedelta(days=task.pk % 6)
        one.progress, one.note = 100, f"{title}，已经验收。"
        one.reported_by, one.reported_at = clerk, now.at(one.done_on, 16)
    elif left < 60:
        one.progress, one.note = 90 - left, "正在施工，按计划推进。"
        one.reported_by, one.reported_at = clerk, now.at(now.anchor - dt.timedelta(days=8), 16)
    return one
