"""The history of a whistle as people read it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from consultations.models import Call, Justified, Response, Solved, Whistle
from consultations.whistling import STEPS
from history.models import Event
from suggestions.choices import Satisfaction

LABELS = {"blow": "吹哨", "missed": "超过期限没有报到", "merge": "承办单位合并"} | {
    name: step.label for name, step in STEPS.items()
}
CHOICES = (("response", Response), ("solved", Solved), ("content", Satisfaction), ("justified", Justified))


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


def entries(whistle: Whistle, only: set[int] | None = None) -> list[Entry]:
    """Newest first; with ``only`` what happened to these calls, and the blowing itself."""
    names = dict(Call.objects.filter(whistle=whistle).values_list("pk", "department__name"))
    events = Event.objects.filter(chain=whistle.chain).select_related("actor").order_by("-seq")
    seen = [one for one in events if only is None or one.after.get("call") in only or one.action == "blow"]
    return [Entry(one, LABELS.get(one.action, one.action), _facts(one, names)) for one in seen]


def _facts(event: Event, names: dict[int, str]) -> list[str]:
    after = event.after
    found = [names.get(after["call"], "")] if "call" in after else []
    if after.get("late"):
        found.append("超过报到期限")
    if after.get("finish_on"):
        found.append(f"办结期限 {dt.date.fromisoformat(after['finish_on']):%Y-%m-%d}")
    if "must_come" in after:
        found.append("应当到场" if after["must_come"] else "同意退哨")
    found += [str(choices(after[name]).label) for name, choices in CHOICES if name in after]
    return [" · ".join(filter(None, found))] if found else []
