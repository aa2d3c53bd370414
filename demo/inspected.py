"""What the demo's groups looked at: the manhole covers that 城建代表组 saw three times (今年4月初城建代表组3次现场查看) and that
came back, an inspection to answer, a township's own."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from demo import accounts
from demo.supervised import MANHOLES, Supervised
from deputies.models import Deputy
from stations.fields import Field
from supervision.models import (
    Answer,
    Finding,
    FindingState,
    FindingStep,
    Group,
    Inspection,
    InspectionKind,
    InspectionState,
    Participant,
    StepKind,
)


def add_inspections(now: Supervised, *, manholes: bool = True) -> None:
    if manholes:
        _manholes(now)
    _coming(now)
    _of_station(now)


def _inspection(now: Supervised, group: Group | None, title: str, day: dt.date, **fields: object) -> Inspection:
    values: dict[str, object] = {"kind": InspectionKind.INSPECTION, "place": f"{now.network.county.name}人大常委会门口"}
    values |= {"county": now.network.county, "group": group, "title": title, "date": day, "starts_at": dt.time(9)}
    values |= {"created_by": now.office, "created_at": now.at(day - dt.timedelta(days=8))}
    return Inspection.objects.create(**{**values, **fields})


def _took_part(one: Inspection, group: Group, *, held: bool) -> None:
    people = [member.deputy for member in group.members.select_related("deputy")]
    people = [group.leader, *(person for person in people if person != group.leader)] if group.leader else people
    rows = []
    for number, deputy in enumerate(people):
        answer = Answer.LEAVE if number == 3 else Answer.COMING
        row = Participant(inspection=one, deputy=deputy, answer=answer, reason="外出学习" if number == 3 else "")
        if held:
            row.attended = number not in (3, 6)
        elif number % 3 == 0 and number != 3:
            row.answer = Answer.ASKED
        rows.append(row)
    rows += [
        Participant(inspection=one, expert=expert, attended=True if held else None) for expert in group.experts.all()
    ]
    Participant.objects.bulk_create(rows)


def _manholes(now: Supervised) -> None:
    """今年4月初城建代表组3次现场查看: what was put right came loose again, and once more in autumn."""
    group, project = now.groups[Field.CONSTRUCTION], now.projects[MANHOLES.title]
    first = dt.date(now.anchor.year, 4, 2)
    if first > now.anchor - dt.timedelta(days=45):
        first = now.anchor - dt.timedelta(days=75)
    seen = {"state": InspectionState.HELD, "project": project, "kind": InspectionKind.INSPECTION}
    days = [first, first + dt.timedelta(days=6), first + dt.timedelta(days=20), now.anchor - dt.timedelta(days=16)]
    texts = (
        "沿人民路、中山路看了 60 座窨井，随机打开 12 座，防坠网齐全的 9 座。",
        "回看第一次发现的问题，又看了文化路、鸿昌路 45 座。",
        "第三次现场查看，人民路的井盖又有松动，井圈没有重新浇筑。",
        "入冬前回头看，重点看车流大的路口。",
    )
    held = []
    for number, (day, text) in enumerate(zip(days, texts, strict=True), start=1):
        title = f"城市窨井设施改造第 {number} 次现场查看" if number < 4 else "窨井设施改造回头看"
        one = _inspection(now, group, title, day, summary=text, **seen)
        _took_part(one, group, held=True)
        held.append(one)
    builder = now.department("住房和城乡建设局")
    loose = {"title": "人民路窨井盖松动", "place": "人民路与文化路口东侧", "department": builder}
    before = _closed(now, held[0], loose, "车辆经过时翻动，夜间行人有危险。", "更换井盖 4 座，加装橡胶垫圈。", days=5)
    _closed(
        now,
        held[1],
        {"title": "鸿昌路窨井没有防坠网", "place": "鸿昌路小学门前", "department": builder},
        "3 座窨井没有防坠网，离学校大门不到 50 米。",
        "3 座都已加装防坠网，并对学校周边 200 米全部复查。",
        days=9,
    )
    again = _closed(
        now,
        held[2],
        loose,
        "上次换过的井盖又松动，只换了盖，没有处理井圈。",
        "井圈重新浇筑，养护七天后开放。",
        days=24,
        previous=before,
        rounds=1,
    )
    _open(now, held[3], loose, "同一路口又有 2 座松动，是新压坏的。", FindingState.REPORTED, previous=again)
    city = now.department("城市管理局")
    late = {"title": "巡查记录缺三天", "place": "城区第二巡查段", "department": city}
    _open(now, held[3], late, "10 月下旬有三天没有巡查记录。", FindingState.SENT, due=now.anchor - dt.timedelta(days=4))
    noted: dict[str, object] = {"title": "雨水箅子被落叶堵住", "place": "中山路北段", "department": None}
    _open(now, held[3], noted, "近百米路段的雨水箅子被落叶和泥沙堵住，下雨就积水。", FindingState.NOTED)


def _finding(now: Supervised, of: Inspection, about: dict[str, object], problem: str, **fields: object) -> Finding:
    leader = of.group.leader if of.group else None
    by = leader.user if leader and leader.user else of.created_by
    values = {"county": now.network.county, "inspection": of, "problem": problem, "field": Field.CONSTRUCTION}
    return Finding.objects.create(**{**values, **about, "noted_by": by, "noted_at": now.at(of.date, 11), **fields})


def _closed(
    now: Supervised,
    of: Inspection,
    about: dict[str, object],
    problem: str,
    done: str,
    *,
    days: int,
    previous: Finding | None = None,
    rounds: int = 0,
) -> Finding:
    """Sent the day after, reported and passed ``days`` later."""
    sent_on, closed_on = of.date + dt.timedelta(days=1), of.date + dt.timedelta(days=days)
    limit = sent_on + dt.timedelta(days=30)
    states = {"state": FindingState.CLOSED, "sent_on": sent_on, "due_on": limit, "closed_on": closed_on}
    one = _finding(now, of, about, problem, previous=previous, rounds=rounds, **states)
    clerk = now.network.clerks.get(one.department_id or 0)
    steps = [(StepKind.SENT, "请尽快处理，并查一查同一路段有没有同样的问题。", now.office, sent_on)]
    if rounds:
        steps.append((StepKind.REPORTED, "井盖已重新固定。", clerk, sent_on + dt.timedelta(days=7)))
        steps.append(
            (StepKind.BACK, "用手能晃动，没有处理井圈，请重新整改。", now.office, sent_on + dt.timedelta(days=9))
        )
    steps.append((StepKind.REPORTED, done, clerk, closed_on - dt.timedelta(days=1)))
    steps.append((StepKind.PASSED, "现场看过，稳固平整。", now.office, closed_on))
    _steps(now, one, steps)
    return one


def _open(
    now: Supervised,
    of: Inspection,
    about: dict[str, object],
    problem: str,
    state: FindingState,
    *,
    previous: Finding | None = None,
    due: dt.date | None = None,
) -> Finding:
    sent_on = of.date + dt.timedelta(days=1)
    limits = (
        {} if state == FindingState.NOTED else {"sent_on": sent_on, "due_on": due or now.anchor + dt.timedelta(days=14)}
    )
    one = _finding(now, of, about, problem, state=state, previous=previous, **limits)
    if state != FindingState.NOTED:
        steps = [(StepKind.SENT, "请整改，并说明怎样防止再出现。", of.created_by, sent_on)]
        if state == FindingState.REPORTED:
            clerk = now.network.clerks.get(one.department_id or 0)
            steps.append(
                (StepKind.REPORTED, "已更换为防沉降井盖，井圈加厚浇筑。", clerk, now.anchor - dt.timedelta(days=2))
            )
        _steps(now, one, steps)
    return one


def _steps(now: Supervised, one: Finding, steps: list[tuple[StepKind, str, User | None, dt.date]]) -> None:
    FindingStep.objects.bulk_create(
        FindingStep(
            finding=one,
            kind=kind,
            text=text,
            by=by,
            at=now.at(day, 15),
            due_on=one.due_on if kind == StepKind.SENT else None,
        )
        for kind, text, by, day in steps
    )


def _coming(now: Supervised) -> None:
    """One to answer for the deputy whom the demo logs in as, and one of each other kind."""
    education, farming = now.groups[Field.EDUCATION], now.groups[Field.AGRICULTURE]
    health = now.groups[Field.HEALTH]
    one = _inspection(
        now,
        education,
        "小学午休和课后服务视察",
        now.anchor + dt.timedelta(days=6),
        matter="看午休秩序、课桌椅质量，问家长收费情况。",
    )
    _took_part(one, education, held=False)
    deputy = Deputy.objects.filter(county=now.network.county, user__username=accounts.COUNTY_DEPUTY).first()
    if deputy is not None:
        Participant.objects.create(inspection=one, deputy=deputy)
    law = _inspection(
        now,
        health,
        "基本医疗卫生与健康促进法执法检查",
        now.anchor - dt.timedelta(days=40),
        kind=InspectionKind.ENFORCEMENT,
        state=InspectionState.HELD,
        summary="查了 6 所村卫生室，药品台账齐全；2 所没有公示收费标准，当场改正。",
    )
    _took_part(law, health, held=True)
    talk = _inspection(
        now,
        farming,
        "怀药产业灌溉调研",
        now.anchor - dt.timedelta(days=62),
        kind=InspectionKind.RESEARCH,
        state=InspectionState.HELD,
        summary="走访 4 个村、11 户种植户，机井通电慢是共同的难处。",
    )
    _took_part(talk, farming, held=True)


def _of_station(now: Supervised) -> None:
    """许良镇's own look at its drainage channel, put right by the township's department."""
    station = now.network.townships.get("许良镇")
    if station is None:
        return
    department = next(one for one in now.network.departments[station.pk] if one.name.endswith("村镇建设中心"))
    one = _inspection(
        now,
        None,
        "许良村排水沟汛后查看",
        now.anchor - dt.timedelta(days=21),
        station=station,
        created_by=now.network.staff.get(station.pk),
        place="许良村党群服务中心",
        state=InspectionState.HELD,
        summary="3.2 千米排水沟全线畅通，两处盖板破损。",
    )
    people = Deputy.objects.serving().filter(home_station=station).order_by("pk")[:5]
    Participant.objects.bulk_create(
        Participant(inspection=one, deputy=deputy, answer=Answer.COMING, attended=True) for deputy in people
    )
    about = {"title": "排水沟盖板破损", "place": "许良村二组路口", "department": department}
    _open(now, one, about, "两块盖板断裂，孩子上学从旁边走。", FindingState.SENT, due=now.anchor + dt.timedelta(days=3))
