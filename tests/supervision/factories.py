"""What tests of this room are made of: the county's group of 城乡建设 with its project, of the cast of tests/factories.py."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from stations.fields import Field
from supervision.models import Expert, ExpertKind, Group, GroupMember, Milestone, Project, ProjectKind, Task

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
    return work
