"""Things of this room for tests."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from consultations import whistling
from consultations.models import Call, Ground, Whistle


def whistle(people: SimpleNamespace, *departments: Any, **fields: Any) -> Whistle:
    """Blown by 甲镇 for the clerk's department, unless said otherwise."""
    by = fields.pop("by", people.town_staff)
    station = fields.pop("station", people.town)
    facts = {
        "ground": Ground.JOINT,
        "title": "主街污水管塌陷",
        "matter": "污水漫上主街，镇里已围挡，需要一起查清管线、定抢修办法。",
        "place": "甲村主街路口",
    }
    return whistling.blow(station, by=by, departments=departments or [people.town_department], **(facts | fields))


def call(people: SimpleNamespace, state: str = "called", **fields: Any) -> Call:
    """The call of the clerk's department, carried to ``state`` by the real acts."""
    (one,) = whistle(people, **fields).calls.all()
    acts = {
        "here": (_come,),
        "done": (_come, _report),
        "refused": (_refuse,),
        "raised": (_refuse, _pass_up),
        "excused": (_refuse, _excuse),
        "withdrawn": (_withdraw,),
    }
    for act in acts.get(state, ()):
        act(people, one)
    return Call.objects.get(pk=one.pk)


def _come(people: SimpleNamespace, one: Call) -> None:
    whistling.check_in(one.pk, by=people.clerk, who="李建 副主任")


def _report(people: SimpleNamespace, one: Call) -> None:
    whistling.report(one.pk, by=people.clerk, text="塌陷处已换管，路面恢复。")


def _refuse(people: SimpleNamespace, one: Call) -> None:
    whistling.refuse(one.pk, by=people.clerk, reason="这段管线归县城管局管。")


def _pass_up(people: SimpleNamespace, one: Call) -> None:
    whistling.pass_up(one.pk, by=people.town_staff, text="管线移交单上写的是村镇建设中心。")


def _excuse(people: SimpleNamespace, one: Call) -> None:
    whistling.excuse(one.pk, by=people.town_staff)


def _withdraw(people: SimpleNamespace, one: Call) -> None:
    whistling.withdraw(one.pk, by=people.town_staff, text="产权单位自己修好了。")
