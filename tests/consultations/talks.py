"""Consultations for tests: one of 甲镇 with its three kinds of party, carried to a step by the real acts."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from consultations import conduct, promises
from consultations.models import Consultation, ConsultationFile, Progress, Promise, Step, StepRelease
from tests import factories

RESULT = {
    "chair": "刘建国 镇人大主席",
    "minutes": "村民说了积水的情况，单位算了工程量，各方同意先清淤再硬化。",
    "agreement": "由村镇建设中心清淤硬化，村委会出劳力。",
    "residents_came": 12,
}


def today() -> dt.date:
    return timezone.localdate()


def prepared(people: SimpleNamespace, **fields: Any) -> Consultation:
    """Of today, about the drain; the deputy, the township's department and the village committee are asked."""
    table = {
        "deputies": [people.deputy],
        "departments": [people.town_department],
        "others": ["甲村村委会"],
        "cases": [],
        **fields.pop("table", {}),
    }
    content = {
        "topic": "甲村排水沟怎么修",
        "background": "雨季房前屋后积水，要商量走向和出资。",
        "date": today(),
        "starts_at": dt.time(9),
        "place": "甲村文化大院",
        "office": "甲镇人大主席团",
        "residents": "受积水影响的住户代表 12 人",
    }
    return conduct.create(by=people.town_staff, station=people.town, table=table, **{**content, **fields})


def told(people: SimpleNamespace, **fields: Any) -> Consultation:
    return conduct.announce(prepared(people, **fields).pk, by=people.town_staff)


def underway(people: SimpleNamespace, *, came: bool = True, **fields: Any) -> Consultation:
    """With ``came`` everybody has signed in."""
    one = conduct.start(told(people, **fields).pk, by=people.town_staff)
    for party in one.parties.all() if came else ():
        conduct.sign_in(one.pk, party.pk, by=people.town_staff)
    return Consultation.objects.get(pk=one.pk)


def concluded(people: SimpleNamespace, **fields: Any) -> Consultation:
    return conduct.conclude(underway(people, **fields).pk, by=people.town_staff, **RESULT)


def promised(people: SimpleNamespace, one: Consultation | None = None, **fields: Any) -> Promise:
    """By the township's department, due in ten days."""
    one = one or concluded(people)
    said = {"what": "清淤并硬化排水沟", "department": people.town_department, "due_on": today() + dt.timedelta(days=10)}
    return promises.give(one.pk, by=people.town_staff, **{**said, **fields})


def at_work(people: SimpleNamespace) -> Promise:
    """One row of everything that belongs to consultations; returns the promise."""
    promise = promised(people)
    one = promise.consultation
    Progress.objects.create(promise=promise, happened_on=today(), text="已进场。", entered_by=people.clerk)
    ConsultationFile.objects.create(
        consultation=one, step=Step.BEFORE, name="方案.pdf", media_type="application/pdf", size=5
    )
    StepRelease.objects.create(consultation=one, step=Step.BEFORE, notice=factories.notice(people))
    return promise
