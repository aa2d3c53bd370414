"""What tests of this room are made of: the county's group of 城乡建设 with its project, of the cast of tests/factories.py."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from stations.fields import Field
from supervision.models import (
    Answer,
    Expert,
    ExpertKind,
    Finding,
    FindingPhoto,
    FindingState,
    FindingStep,
    Group,
    GroupMember,
    Inspection,
    InspectionKind,
    InspectionState,
    Milestone,
    Participant,
    Project,
    ProjectKind,
    StepKind,
    Task,
)

SINCE = dt.date(2026, 1, 15)


def group(people: SimpleNamespace, **fields: Any) -> Group:
    """城乡建设, led by the deputy of 甲镇, whose station helps."""
    values = {"field": Field.CONSTRUCTION, "name": "城乡建设监督小组", "lead_committee": "城建环保工委"}
    one = Group.objects.create(**{"county": people.county, "leader": people.deputy, **values, **fields})
    one.stations.add(people.town)
    return one


def member(one: Group, deputy: Any, **fields: Any) -> GroupMember:
    return GroupMember.objects.create(**{"group": one, "deputy": deputy, "since": SINCE, **fields})


def expert(one: Group, **fields: Any) -> Expert:
    """郭石匠, whose name and telephone must show to nobody who does not look on purpose."""
    who = {"name": "郭石匠", "phone": "13600002222", "kind": ExpertKind.CRAFTSMAN, "trade": "给排水"}
    return Expert.objects.create(**{"group": one, "since": SINCE, **who, **fields})


def project(people: SimpleNamespace, one: Group | None = None, **fields: Any) -> Project:
    year = timezone.localdate().year
    last = Project.objects.filter(county=people.county, year=year).count()
    values = {
        "county": people.county,
        "kind": ProjectKind.LIVELIHOOD,
        "year": year,
        "number": last + 1,
        "title": "城市窨井设施改造",
        "goal": "改造主城区窨井 1200 座，加装防坠网。",
        "field": Field.CONSTRUCTION,
        "department": people.county_department,
        "group": one,
        "created_by": people.hub_staff,
    }
    return Project.objects.create(**{**values, **fields})


def task(of: Project, **fields: Any) -> Task:
    return Task.objects.create(**{"project": of, "title": "排查建档", "department": of.department, **fields})


def milestone(of: Task, due_on: dt.date | None = None, **fields: Any) -> Milestone:
    due_on = due_on or of.project.last_day
    return Milestone.objects.create(**{"task": of, "title": "全部排查一遍", "due_on": due_on, **fields})


def supervised(people: SimpleNamespace) -> Project:
    """One row of everything of this room; returns the project."""
    one = group(people)
    member(one, people.other_deputy)
    expert(one)
    work = project(people, one)
    milestone(task(work))
    problem = sent(held(people, one, people.deputy), people.county_department)
    step = FindingStep.objects.create(finding=problem, kind=StepKind.SENT, text="请尽快加固。", by=people.hub_staff)
    FindingPhoto.objects.create(finding=problem, step=step, file="supervision/窨井.jpg", name="窨井.jpg")
    return work


def inspection(people: SimpleNamespace, one: Group | None = None, *deputies: Any, **fields: Any) -> Inspection:
    """Of the group in a week; without a group, of 甲镇. Who is named is asked."""
    values = {
        "county": people.county,
        "kind": InspectionKind.INSPECTION,
        "title": "城区窨井盖现场查看",
        "date": timezone.localdate() + dt.timedelta(days=7),
        "place": "县人大门口",
        "group": one,
        "station": None if one else people.town,
        "created_by": people.hub_staff,
    }
    made = Inspection.objects.create(**{**values, **fields})
    for deputy in deputies:
        Participant.objects.create(inspection=made, deputy=deputy)
    return made


def held(people: SimpleNamespace, one: Group | None = None, *deputies: Any, **fields: Any) -> Inspection:
    """Yesterday; who is named came."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    values = {"date": yesterday, "state": InspectionState.HELD, "summary": "沿人民路看了 40 座窨井。"}
    made = inspection(people, one, *deputies, **{**values, **fields})
    made.participants.update(answer=Answer.COMING, attended=True)
    return made


def finding(of: Inspection, **fields: Any) -> Finding:
    """Noted; with a ``state`` further on, as it would be there."""
    values = {
        "county": of.county,
        "inspection": of,
        "title": "人民路窨井盖松动",
        "problem": "车辆经过时翻动，夜间有危险。",
        "place": "人民路与文化路口",
        "field": Field.CONSTRUCTION,
        "noted_by": of.created_by,
    }
    return Finding.objects.create(**{**values, **fields})


def sent(of: Inspection, department: Any, **fields: Any) -> Finding:
    today = timezone.localdate()
    values = {"state": FindingState.SENT, "sent_on": today, "due_on": today + dt.timedelta(days=30)}
    return finding(of, department=department, **{**values, **fields})
