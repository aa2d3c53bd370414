"""What every act on a reception day has in common: the day locked, the event in its history, who must hear of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from history import log
from receptions.access import require_manage
from receptions.models import Brand, ReceptionDay

if TYPE_CHECKING:
    from accounts.models import User

ARRANGEMENT = ("date", "starts_at", "ends_at", "place", "state")  # those who were told must hear of a change
STALE = "这个接待日刚刚被别人改动过，请刷新页面看看现在的安排再改。"


def record(day: ReceptionDay, action: str, *, actor: User | None = None, **what: Any) -> None:
    """An event in the day's own history; without an actor the system did it."""
    log.append(day.chain, action=action, actor=actor, seat=actor.seats.label if actor else "", **what)


def locked(pk: int, *, by: User, seen: str = "") -> ReceptionDay:
    """The day, this transaction's alone until it ends; 403 for who does not arrange it. ``seen`` is the stamp of the
    page that was acted from: another one now means that the page is stale."""
    day = ReceptionDay.objects.select_for_update(of=("self",)).select_related("station").get(pk=pk)
    require_manage(by, day.station)
    if seen and seen != stamp(day):
        raise ValidationError(STALE)
    return day


def stamp(day: ReceptionDay) -> str:
    """Changes with everything that the schedule's forms can change."""
    seen = [
        str(day.revision),
        *(str(getattr(day, name)) for name in (*ARRANGEMENT, "theme", "activity", "brand_id", "why", "planned_on")),
    ]
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def change(day: ReceptionDay, **fields: Any) -> dict[str, tuple[Any, Any]]:
    """Set ``fields`` on the locked ``day`` without saving it; returns field → (before, after) of those that differ.

    A change of the arrangement grows ``revision``. Whoever was told is to be told again, of a new theme as well (the
    notice on the board shows it); a day that nobody was told of and that is not held is nobody's business.
    """
    changed = {name: (getattr(day, name), value) for name, value in fields.items() if getattr(day, name) != value}
    for name, (_, value) in changed.items():
        setattr(day, name, value)
    if any(name in ARRANGEMENT for name in changed):
        day.revision += 1
    if changed.keys() & {*ARRANGEMENT, "theme", "activity"}:
        day.to_tell = day.told_at is not None or day.state != "cancelled"
    return changed


# What ``change`` may have touched.
WRITTEN = (
    *ARRANGEMENT,
    "planned_on",
    "why",
    "provisional",
    "by_hand",
    "theme",
    "activity",
    "brand",
    "cancel_reason",
    "revision",
    "to_tell",
)


def save(day: ReceptionDay) -> None:
    day.save(update_fields=WRITTEN)


def sides(changed: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    """``before`` and ``after`` of an event."""
    return {
        "before": {name: _plain(old) for name, (old, _) in changed.items()},
        "after": {name: _plain(new) for name, (_, new) in changed.items()},
    }


def _plain(value: Any) -> Any:
    """As an event keeps it: a brand by the name it has now."""
    return value.name if isinstance(value, Brand) else value
