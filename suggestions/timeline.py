"""The history of a case as people read it: events turned into sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from deputies.models import Deputy
from history.models import Event
from stations.models import Department, Station
from suggestions.choices import Field, Kind, RefuseReason, ResultKind, Satisfaction, State
from suggestions.models import Formal, Suggestion
from suggestions.standing import day
from suggestions.transitions import ACTION_LABELS, CREATIONS, TRANSITIONS

# Looking and fetching: told apart from what moved the case.
LOOKS = frozenset({"view_contact", "download", "export", "receipt", "print"})
# What was printed, by the name of its view.
PAPERS = {
    "assignment_order": "交办单",
    "reply_letter": "答复函",
    "opinion_form": "征询意见表",
    "motion_sheet": "建议专用纸",
    "case_file": "办理全卷",
}

MOVED = (("from_department", "原单位"), ("to_department", "接替单位"), ("from_deputy", "原代表"))


@dataclass
class Entry:
    event: Event
    label: str
    facts: list[str] = field(default_factory=list)

    @property
    def at(self) -> dt.datetime:
        return self.event.at

    @property
    def who(self) -> str:
        name = self.event.actor.name if self.event.actor else ""
        return " ".join(part for part in (self.event.seat, name) if part)

    @property
    def note(self) -> str:
        return "（说明已按要求删除）" if self.event.note_erased else self.event.note

    @property
    def is_look(self) -> bool:
        return self.event.action in LOOKS


def events_of(case: Suggestion) -> list[Event]:
    return list(Event.objects.filter(chain=case.chain).select_related("actor").order_by("seq"))


def since(case: Suggestion, version: int) -> list[Entry]:
    """What has been done to the case since a page showed it at ``version``, oldest first."""
    steps = Event.objects.filter(
        chain=case.chain, action__in=[*TRANSITIONS, "answer_merged", "transfer", "transfer_deputy"]
    )
    count = max(case.version - version, 0)
    return entries(list(steps.select_related("actor").order_by("-seq")[:count])[::-1])


def entries(events: Sequence[Event]) -> list[Entry]:
    names = _Names(events)
    return [Entry(event, _title(event), _facts(event, names)) for event in events]


def _title(event: Event) -> str:
    if event.action == "rate" and event.actor_id is None:
        return "选民评价"
    return ACTION_LABELS.get(event.action, event.action)


FORMAL_LABELS = {
    "formal_raise": "起草",
    "formal_edit": "修改",
    "formal_ask": "请代表附议",
    "sign_confirm": "附议",
    "sign_decline": "不附议",
    "sign_withdraw": "撤回附议",
    "formal_withdraw": "撤回",
    "formal_drop": "从名单去掉",
    "formal_remind": "提醒附议",
    "formal_lead": "换领衔代表",
    "formal_submit": "提交预审",
    "formal_return": "退回修改",
    "formal_file": "立案（受理）",
    "formal_opinion": "反馈办理意见",
}


def formal_history(paper: Formal) -> list[Entry]:
    """Of a paper, the newest first; deputies by name."""
    events = list(Event.objects.filter(chain=paper.chain).select_related("actor").order_by("-seq"))
    wanted = {pk for event in events for pk in _deputies_in(event)}
    names = dict(Deputy.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    return [
        Entry(event, FORMAL_LABELS.get(event.action, event.action), _formal_facts(event, names)) for event in events
    ]


def _deputies_in(event: Event) -> list[int]:
    after = event.after
    return [*after.get("deputies", []), *([after["deputy"]] if "deputy" in after else []), *_leads(event)]


def _leads(event: Event) -> list[int]:
    return [event.after["lead"]] if event.action in ("formal_lead", "formal_raise") else []


def _formal_facts(event: Event, names: dict[int, str]) -> list[str]:
    after = event.after
    named = [names.get(pk, "") for pk in _deputies_in(event)]
    own = event.actor is not None and named == [event.actor.name]  # who acted stands there already
    facts = ["、".join(named)] if named and not own else []
    for key, word in (("signed", "联名 {} 名"), ("asked_again", "请 {} 名代表重新确认"), ("seq", "第 {} 号")):
        if after.get(key):
            facts.append(word.format(after[key]))
    if after.get("satisfaction"):
        facts.append(_label(Satisfaction, after["satisfaction"]))
    if after.get("on_paper"):
        facts.append("纸质签名")
    for key, word in (("sources", "来源意见"), ("case", "办理件"), ("merged", "并入")):
        if after.get(key):
            value = after[key]
            facts.append(f"{word}：{value if isinstance(value, str) else '、'.join(value)}")
    return facts


class _Names:
    """The names behind the ids that events hold: one query per kind, however many events."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.stations = self._of(Station, "desk_id", events)
        self.departments = self._of(Department, "lead_id", events)
        self.deputies = self._of(Deputy, "deputy_id", events)

    @staticmethod
    def _of(model: Any, key: str, events: Iterable[Event]) -> dict[int, str]:
        wanted = {event.after.get(key) for event in events if event.action not in CREATIONS} - {None}
        return dict(model.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def _label(choices: Any, value: Any) -> str:
    return choices(value).label if value in choices.values else str(value or "")


def _date(value: Any) -> str:
    try:
        return day(dt.date.fromisoformat(str(value)[:10]))
    except ValueError:
        return ""


def _facts(event: Event, names: _Names) -> list[str]:
    after, facts = event.after, []
    creation = event.action in CREATIONS
    if after.get("lead_id") and event.action != "take":
        facts.append(f"主办：{names.departments.get(after['lead_id'], '')}")
    if after.get("co"):
        facts.append(f"协办：{'、'.join(after['co'])}")
    if after.get("handle_by"):
        facts.append(f"办理期限：{_date(after['handle_by'])}")
    if after.get("desk_id") and not creation:
        facts.append(f"转到：{names.stations.get(after['desk_id'], '')}")
    if after.get("deputy_id") and not creation:
        facts.append(f"接待代表：{names.deputies.get(after['deputy_id'], '')}")
    for key, choices, word in (
        ("result_kind", ResultKind, "办理结果"),
        ("satisfaction", Satisfaction, "评价"),
        ("reason", RefuseReason, "原因"),
    ):
        if after.get(key):
            facts.append(f"{word}：{_label(choices, after[key])}")
    if event.action == "classify":
        facts += [_label(Field, after["field"])] if after.get("field") else []
        facts += [_label(Kind, after["kind"])] if after.get("kind") else []
        facts += ["标题有改动"] if after.get("title_changed") else []
    if after.get("guardian"):
        facts.append("父母或其他监护人替孩子提交")
    if "granted" in after:
        facts.append("批准" if after["granted"] else "不批准")
    if event.action == "decide_extension" and after.get("granted") and after.get("due_on"):
        facts.append(f"新期限：{_date(after['due_on'])}")
    if after.get("asked_until"):
        facts.append(f"申请延至：{_date(after['asked_until'])}")
    if "may_publish" in after:
        facts.append("同意公开" if after["may_publish"] else "不同意公开")
    if after.get("for_deputy"):
        facts.append("由工作人员代接待代表回复")
    if "done" in after:
        facts.append("已经办成" if after["done"] else "还在办")
    for key, word in (*MOVED, ("into", "并入"), ("number", "并入本件的意见"), ("main", "主件"), ("file", "文件")):
        if after.get(key):
            facts.append(f"{word}：{after[key]}")
    if after.get("form") in PAPERS:
        facts.append(f"打印：{PAPERS[after['form']]}")
    if after.get("files"):
        facts.append(f"附件：{'、'.join(file['name'] for file in after['files'])}")
    if event.action == "rate" and after.get("state") in (State.ASSIGNED, State.REGISTERED):
        facts.append("重新办理")
    return facts
