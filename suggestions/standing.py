"""Where a case stands, in plain words: whom it waits for, and how far it has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from history.models import Event
from suggestions.choices import Channel, State
from suggestions.models import Suggestion
from suggestions.transitions import intake_office, is_above_intake

TONES = {
    State.SUBMITTED: "wait",
    State.REGISTERED: "wait",
    State.ASSIGNED: "wait",
    State.HANDLING: "run",
    State.REPORTED: "run",
    State.HANDED_OVER: "wait",
    State.REPLIED: "done",
    State.ASSESSING: "bad",
    State.CLOSED: "end",
    State.MERGED: "end",
    State.REFUSED: "end",
    State.WITHDRAWN: "end",
}
"""The look of each state's chip (``.status-…`` in liaison.css)."""


def day(value: dt.date | None) -> str:
    """``11月23日``, with the year where it is not this one."""
    if value is None:
        return ""
    year = "" if value.year == timezone.localdate().year else f"{value.year}年"
    return f"{year}{value.month}月{value.day}日"


def waiting_for(case: Suggestion) -> str:
    """Whose turn it is to do what, as a sentence without its full stop."""
    desk, lead = case.desk.name, case.lead.name if case.lead else "承办单位"
    match case.state:
        case State.SUBMITTED:
            return f"等{desk}决定是否受理"
        case State.REGISTERED:
            return f"等{desk}研判交办"
        case State.ASSIGNED:
            return f"等{lead}签收"
        case State.HANDLING:
            return f"等{lead}办理并报告结果"
        case State.REPORTED if is_above_intake(case):
            return f"等{desk}把结果转回{intake_office(case).name}"
        case State.REPORTED:
            return f"等{desk}核对结果，{'答复' if case.is_formal else '反馈'}代表"
        case State.HANDED_OVER if case.deputy:
            return f"等{case.deputy.name}代表回复选民"
        case State.HANDED_OVER:
            return f"等{desk}回复选民"
        case State.REPLIED:
            return "等代表反馈意见" if case.is_formal else "等选民评价"
        case State.ASSESSING:
            return f"等{desk}组织评估"
        case State.MERGED:
            return f"已并入{case.merged_into.number}，随那一件一起答复" if case.merged_into else "已并案"
        case State.REFUSED:
            return f"不予受理：{case.get_refuse_reason_display()}"
        case State.WITHDRAWN:
            return "来信人已撤回"
        case _:
            later = f"；列入计划，{day(case.follow_up_on)}回访" if case.follow_up_on else ""
            return f"已经办结归档{later}"


@dataclass(frozen=True)
class Stage:
    """One stop of the road. ``look`` is done, now, skipped, next or stopped."""

    label: str
    look: str
    text: str = ""


ROAD = ("登记", "交办", "办理", "反馈", "回复", "归档")
# At which stop a case of this state stands (0 is 登记).
STOPS = {
    State.SUBMITTED: 0,
    State.REGISTERED: 1,
    State.ASSIGNED: 2,
    State.HANDLING: 2,
    State.REPORTED: 3,
    State.HANDED_OVER: 4,
    State.REPLIED: 5,
    State.ASSESSING: 5,
    State.CLOSED: 6,
    State.MERGED: 1,
    State.REFUSED: 0,
    State.WITHDRAWN: 0,
}
PASSED_BY = (
    ("register", "accept"),
    ("assign",),
    ("report",),
    ("hand_over",),
    ("reply", "answer", "answer_merged"),
    ("rate", "archive", "assess"),
)
"""Which actions leave each stop behind."""


def road(case: Suggestion, events: Iterable[Event]) -> list[Stage]:
    """公布接待 → 登记 → 交办 → 办理 → 反馈 → 回复 → 归档, with the day each stop was left behind."""
    left: dict[str, dt.date] = {}
    for event in events:  # the last of its kind counts: a redo goes the road again
        left[event.action] = timezone.localdate(event.at)
    first = "公布接待" if case.channel == Channel.RECEPTION else "反映"
    stages = [Stage(first, "done", f"{day(case.happened_on)} {case.get_channel_display()}")]
    stop = STOPS[State(case.state)]
    ended = case.state in (State.MERGED, State.REFUSED, State.WITHDRAWN)
    for index, label in enumerate(ROAD):
        when = next((left[action] for action in PASSED_BY[index] if action in left), None)
        if index < stop:
            stages.append(Stage(label, "done", day(when)) if when else Stage(label, "skipped", "不经过"))
        elif index == stop and ended:
            stages.append(Stage(label, "stopped", case.get_state_display()))
        elif index == stop:
            stages.append(Stage(label, "now", case.get_state_display()))
        else:
            stages.append(Stage(label, "next"))
    return stages
