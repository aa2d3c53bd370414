"""The history of a reception day as people read it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from deputies.models import Deputy
from history.models import Event
from receptions.dates import day_and_year
from receptions.models import DayState, ReceptionDay

# What happened, by the action of the event. An action without a label is shown by its own name.
LABELS = {
    # schedule
    "add": "加开",
    "move": "改期",
    "cancel": "取消",
    "reopen": "恢复",
    "edit": "修改安排",
    "follow_rule": "恢复按规则",
    "settle": "节假日安排公布后调整",
    "replan": "规则变动后重排",
    "conform": "站点停用或恢复",
    # roster and duties
    "roster_fill": "自动排班",
    "duty_assign": "手工安排值班",
    "duty_unassign": "撤下值班代表",
    "duty_leave": "批准请假",
    "duty_swap": "换班",
    "duty_acknowledge": "回复收到",
    "swap_ask": "申请换班",
    "swap_agree": "同意换班",
    "swap_decline": "不同意换班",
    "swap_withdraw": "撤回换班",
    "swap_void": "换班失效",
    # telling
    "tell": "通知并公示",
    "tell_again": "再次提醒",
    # the day itself
    "open": "开始接待",
    "sitting_reopen": "继续接待",
    "sign_in": "代表签到",
    "sign_in_undo": "撤销签到",
    "officer_sign_in": "驻站人员到站",
    "officer_sign_in_undo": "撤销驻站人员到站",
    "close": "结束接待",
    "correct": "更正接待记录",
    "add_photos": "上传照片",
    "remove_photo": "删除照片",
    "release_summary": "接待小结送审、公示",
    "print_register": "打印接待选民登记表（含个人信息）",
    # invitations
    "invite": "邀请单位进站",
    "invitation_accept": "单位应邀",
    "invitation_decline": "单位不能到站",
    "invitation_withdraw": "撤回邀请",
    "invitation_merge": "被邀请的单位合并",
    "invitation_outcome": "登记单位到站情况",
}
# Kept in the history, but too many to read: the number itself stands at the close.
TALLY = ("count",)
NAMES = {
    "date": "日期",
    "starts_at": "开始",
    "ends_at": "结束",
    "place": "地点",
    "theme": "主题",
    "activity": "活动",
    "brand": "特色载体",
    "state": "状态",
}


@dataclass
class Entry:
    event: Event
    label: str
    facts: list[str] = field(default_factory=list)

    @property
    def who(self) -> str:
        name = self.event.actor.name if self.event.actor else "系统"
        return " ".join(part for part in (self.event.seat, name) if part)

    @property
    def note(self) -> str:
        return "（说明已按要求删除）" if self.event.note_erased else self.event.note


def entries(day: ReceptionDay) -> list[Entry]:
    """Newest first."""
    events = list(
        Event.objects.filter(chain=day.chain).exclude(action__in=TALLY).select_related("actor").order_by("-seq")
    )
    people = {pk for event in events for side in (event.before, event.after) for pk in _people(side)}
    names = dict(Deputy.objects.filter(pk__in=people).values_list("pk", "name"))
    return [Entry(event, LABELS.get(event.action, event.action), facts(event, names)) for event in events]


def _people(side: dict[str, Any]) -> list[int]:
    return [*side.get("deputies", ()), *(side[key] for key in ("deputy", "partner") if key in side)]


def facts(event: Event, names: dict[int, str]) -> list[str]:
    found = _duty_facts(event, names)
    for name, label in NAMES.items():
        if name in event.after:
            old, new = said(name, event.before.get(name)), said(name, event.after[name])
            found.append(f"{label}：{old} → {new}" if old and event.before else f"{label}：{new or '（空）'}")
    return [*found, *_of_the_sitting(event.after)]


def _of_the_sitting(after: dict[str, Any]) -> list[str]:
    numbers = (("visitors", "来访人次"), ("cases", "登记意见"), ("answered", "当场答复"), ("photos", "照片"))
    found = [f"{label}：{after[name]}" for name, label in numbers if name in after]
    if "badge" in after:
        found.append("已佩戴代表证" if after["badge"] else "没有佩戴代表证")
    if "came" in after:
        found.append("到站了" if after["came"] else "没有到站")
    if after.get("summary_changed"):
        found.append("小结有改动")
    return found


def _duty_facts(event: Event, names: dict[int, str]) -> list[str]:
    """Who came and went, or whom it is about."""
    if "deputies" not in event.before or "deputies" not in event.after:
        who = [names.get(pk, "") for pk in _people(event.after)]
        return ["、".join(filter(None, who))] if any(who) else []
    before, after = event.before["deputies"], event.after["deputies"]
    on = [names.get(pk, "") for pk in after if pk not in before]
    off = [names.get(pk, "") for pk in before if pk not in after]
    return [f"{word}：{'、'.join(who)}" for word, who in (("排上", on), ("撤下", off)) if who]


def said(name: str, value: str | None) -> str:
    """A value of an event in words; events keep dates and times as text."""
    if not value:
        return ""
    if name == "date":
        return day_and_year(dt.date.fromisoformat(value))
    if name == "state":
        return dict(DayState.choices).get(value, value)
    return value[:5] if name in ("starts_at", "ends_at") else value
