"""The history of a consultation as people read it."""

from __future__ import annotations

from dataclasses import dataclass

from consultations.models import Consultation, PromiseState, Step
from history.models import Event

# What happened, by the action of the event.
LABELS = {
    "create": "发起协商",
    "edit": "修改",
    "announce": "通知各方",
    "start": "开始协商",
    "sign_in": "签到",
    "conclude": "登记纪要和结果",
    "promise": "承诺事项",
    "add_files": "添加材料",
    "rate": "参加方评价",
    "count_ratings": "登记评价",
    "release": "送审公示",
    "finish": "办结",
    "cancel": "取消",
    "merge": "承办单位合并",
}


@dataclass(frozen=True)
class Entry:
    event: Event
    label: str


def entries(consultation: Consultation) -> list[Entry]:
    """Newest first. Who signed in stands beside the names at the table; here only what was undone of it."""
    events = Event.objects.filter(chain=consultation.chain).select_related("actor").order_by("-seq")
    shown = [event for event in events if event.action != "sign_in" or event.after.get("undone")]
    return [Entry(event, _label(event)) for event in shown]


def _label(event: Event) -> str:
    after = event.after
    if event.action == "promise":
        return _of_promise(after)
    label = LABELS.get(event.action, event.action)
    if event.action in ("release", "add_files") and after.get("step") in Step.values:
        label = f"{label}（{Step(after['step']).label}）"
    if after.get("undone") or after.get("removed"):
        label = {"sign_in": "撤销签到", "add_files": "删除材料"}.get(event.action, label)
    if event.action == "conclude" and event.before.get("state") == after.get("state"):
        label = "更正纪要和结果"
    return label


def _of_promise(after: dict) -> str:
    if "progress" in after:
        return "承诺进展：已办好，请核实" if after.get("says_done") else "承诺进展"
    state = after.get("promise_state")
    if state == PromiseState.OPEN:
        return "承诺继续办"
    if state in PromiseState.values:
        return f"承诺{PromiseState(state).label}"
    return "登记承诺事项"
