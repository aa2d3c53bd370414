"""Where a case stands and how it came there, in the words of a voter: no names of staff, no notes, no other voter's case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from history.models import Event
from stations.models import Department, Station
from suggestions.choices import State
from suggestions.models import Suggestion

# What a voter is told of each step; steps between offices that are no news to the voter are left out.
STEPS = {
    "submit": "留言已提交",
    "register": "意见已登记",
    "accept": "联络站已受理",
    "refuse": "不予受理",
    "escalate": "已报上级站点",
    "delegate": "已转下级站点",
    "merge": "与同类意见合并办理",
    "assign": "已交有关单位办理",
    "take": "承办单位已签收",
    "object": "正在重新确定承办单位",
    "supervise": "已列入县人大督办",
    "report": "承办单位已报告办理结果",
    "send_back": "结果不够好，已请承办单位继续办理",
    "hand_over": "结果已交接待代表",
    "answer": "已答复",
    "reply": "已回复",
    "answer_merged": "已回复",
    "rate": "已评价",
    "assess": "已组织评估",
    "archive": "已归档",
    "withdraw": "已撤回",
    "supplement": "已补充材料",
    "consent": "公开意愿已更改",
}
STANDS = {
    State.SUBMITTED: "联络站正在决定是否受理",
    State.REGISTERED: "联络站正在研究由谁办理",
    State.ASSIGNED: "已交给承办单位，等待签收",
    State.HANDLING: "承办单位正在办理",
    State.REPORTED: "已有办理结果，正在审核",
    State.HANDED_OVER: "结果已交给代表，代表将回复您",
    State.REPLIED: "已回复，请您评价",
    State.ASSESSING: "县人大正在组织评估",
    State.CLOSED: "已办结归档",
    State.MERGED: "与同类意见合并办理，办好后同样回复您",
    State.REFUSED: "不予受理",
    State.WITHDRAWN: "已撤回",
}
LIMITS = {
    State.SUBMITTED: "联络站决定是否受理",
    State.REGISTERED: "联络站确定由谁办理",
    State.ASSIGNED: "承办单位签收",
    State.HANDLING: "承办单位报告办理结果",
    State.REPORTED: "审核结果、反馈代表",
    State.HANDED_OVER: "代表回复您",
    State.ASSESSING: "完成评估",
}
BY_DEPARTMENT = ("take", "object", "report")
BY_STATION = ("accept", "refuse", "merge", "assign", "supervise", "send_back", "hand_over", "assess")


@dataclass(frozen=True)
class Step:
    at: dt.datetime
    words: str
    where: str = ""
    said: str = ""  # by the voter whose case it is, in a supplement


@dataclass(frozen=True)
class Due:
    what: str
    on: dt.date
    late: int  # days past the limit; 0: not late, today included


def steps_of(case: Suggestion) -> list[Step]:
    events = list(Event.objects.filter(chain=case.chain, action__in=STEPS).order_by("seq"))
    names = _names(events)
    return [Step(event.at, _words(event, names), _where(event, names), _said(event)) for event in events]


def _names(events: Sequence[Event]) -> dict[str, dict[int, str]]:
    """Of stations and departments that events name by id: one query each, however many events."""
    found: dict[str, dict[int, str]] = {}
    for key, model in (("desk_id", Station), ("lead_id", Department)):
        ids = {event.after.get(key) or event.before.get(key) for event in events} - {None}
        manager: Any = model._default_manager
        found[key] = dict(manager.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    return found


def _words(event: Event, names: dict[str, dict[int, str]]) -> str:
    lead = names["lead_id"].get(event.after.get("lead_id") or 0, "")
    desk = names["desk_id"].get(event.after.get("desk_id") or 0, "")
    if event.action == "assign" and lead:
        return f"已交{lead}办理"
    if event.action in ("escalate", "delegate") and desk:
        return f"已转到{desk}"
    if event.action == "rate":
        again = event.after.get("state") in (State.ASSIGNED, State.REGISTERED)
        return "已评价，重新办理" if again else "已评价"
    if event.action == "consent":
        return f"公开意愿改为：{'可以公开' if event.after.get('may_publish') else '不公开'}"
    return STEPS[event.action]


def _said(event: Event) -> str:
    """The voter's own words come back to the voter; what anybody else noted does not."""
    return event.note if event.action == "supplement" else ""


def _where(event: Event, names: dict[str, dict[int, str]]) -> str:
    """Which office, never which person."""
    if event.action in BY_DEPARTMENT or event.action in BY_STATION:
        return event.seat
    if event.action in ("reply", "answer", "answer_merged"):
        return "人大代表" if event.seat == "接待代表" else event.seat
    return ""


def due_of(case: Suggestion, today: dt.date) -> Due | None:
    """The limit of the step that is being waited for; the voter's own (to rate) is none."""
    if case.due_on is None or State(case.state) not in LIMITS:
        return None
    return Due(LIMITS[State(case.state)], case.due_on, max((today - case.due_on).days, 0))
