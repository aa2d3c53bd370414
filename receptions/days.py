"""What an office does with one reception day: add, move, cancel, reopen, edit, give back to the rule.

Each locks the day, changes it, appends to its history and marks who has to hear of it, in one transaction. What cannot
be done is a ValidationError in plain Chinese; who may not do it gets a PermissionDenied.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from receptions import brands, changes
from receptions.access import require_manage
from receptions.dates import day_and_year
from receptions.models import Brand, DayState, ReceptionDay
from receptions.planning import BY_RULE, Planned, planned
from receptions.schedule import rule_for
from stations.models import Station
from workdays.calendar import Calendar

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

FARTHEST = 800  # days ahead; further is a slip of the year


@transaction.atomic
def add(
    station: Station,
    *,
    date: dt.date,
    starts_at: dt.time,
    ends_at: dt.time,
    by: User,
    reason: str = "",
    brand: Brand | None = None,
    **details: str,
) -> ReceptionDay:
    """A day beside those of the rule. ``details``: place, theme, activity."""
    require_manage(by, station)
    if not station.is_active:
        raise ValidationError(f"{station}已停用，不能安排接待日。")
    _check_hours(starts_at, ends_at)
    _check_date(station, date)
    brands.check(brand, station)
    when: dict[str, Any] = {"date": date, "starts_at": starts_at, "ends_at": ends_at}
    day = ReceptionDay(station=station, county_id=station.county_id, planned_on=date, by_hand=True, **when, **details)
    day.brand, day.why = brand, _why("加开", date, reason)
    day.save(force_insert=True)
    after = {**when, "place": day.place} | ({"brand": brand.name} if brand else {})
    changes.record(day, "add", actor=by, after=after, note=reason)
    return day


@transaction.atomic
def move_to(pk: int, *, to: dt.date, reason: str, by: User, seen: str = "") -> ReceptionDay:
    day = changes.locked(pk, by=by, seen=seen)
    if day.state != DayState.PLANNED:
        raise ValidationError(f"{day.get_state_display()}的接待日不能改期。")
    if to == day.date:
        raise ValidationError({"to": f"本来就是{day_and_year(to)}。"})
    _check_date(day.station, to, field="to", besides=day)
    why = _why(f"原定{day.date:%-m月%-d日}", to, reason)
    changed = changes.change(day, date=to, why=why, by_hand=True, provisional=False)
    changes.save(day)
    changes.record(day, "move", actor=by, note=reason, **changes.sides(_only(changed, "date")))
    return day


@transaction.atomic
def cancel(pk: int, *, reason: str, by: User, seen: str = "") -> ReceptionDay:
    """Also of a day in the past that was not held; of such a day nobody is told."""
    day = changes.locked(pk, by=by, seen=seen)
    if day.state == DayState.CANCELLED:
        raise ValidationError("这个接待日已经取消了。")
    if day.state != DayState.PLANNED:
        raise ValidationError(f"{day.get_state_display()}的接待日不能取消。")
    if not reason.strip():
        raise ValidationError({"reason": "请写明取消的原因。"})
    changed = changes.change(day, state=DayState.CANCELLED, cancel_reason=reason.strip())
    if day.date < timezone.localdate():
        day.to_tell = False
    changes.save(day)
    changes.record(day, "cancel", actor=by, note=reason, **changes.sides(_only(changed, "state")))
    return day


@transaction.atomic
def reopen(pk: int, *, by: User, seen: str = "") -> ReceptionDay:
    day = changes.locked(pk, by=by, seen=seen)
    if day.state != DayState.CANCELLED:
        raise ValidationError("这个接待日没有取消，不用恢复。")
    if not day.station.is_active:
        raise ValidationError(f"{day.station}已停用，不能恢复接待日。")
    _check_date(day.station, day.date, field="", besides=day)
    # What the rule cancelled and the office wants all the same is the office's from now on.
    by_hand = day.by_hand or day.cancel_reason == BY_RULE
    changed = changes.change(day, state=DayState.PLANNED, cancel_reason="", by_hand=by_hand)
    changes.save(day)
    changes.record(day, "reopen", actor=by, **changes.sides(_only(changed, "state")))
    return day


@transaction.atomic
def follow_rule(pk: int, *, by: User, seen: str = "") -> ReceptionDay:
    """Give a day whose date was fixed by hand back to the rule: on the rule's date, which moves on with rule and calendar."""
    day = changes.locked(pk, by=by, seen=seen)
    plan = rule_date(day)
    if plan.date != day.date:
        _check_date(day.station, plan.date, field="", besides=day)
    wanted = {"planned_on": plan.planned_on, "date": plan.date, "why": plan.why, "provisional": plan.provisional}
    changed = changes.change(day, by_hand=False, **wanted)
    changes.save(day)
    changes.record(day, "follow_rule", actor=by, **changes.sides(_only(changed, "date", "by_hand")))
    return day


def rule_date(day: ReceptionDay) -> Planned:
    """Where the rule of its station puts a day that was fixed by hand."""
    if day.state != DayState.PLANNED:
        raise ValidationError(f"{day.get_state_display()}的接待日不能改期。")
    if not day.period or not day.by_hand:
        raise ValidationError("这个接待日没有手工定过日期，不用恢复。" if day.period else "加开的接待日不按规则排。")
    rule = rule_for(day.station)
    if not rule.holds:
        raise ValidationError(f"按现在的规则，{day.station}不设接待日。")
    year, month = (int(part) for part in day.period.split("-"))
    return planned(rule, year, month, Calendar.current())


EDITED = ("place", "starts_at", "ends_at", "theme", "activity", "brand")


@transaction.atomic
def edit(pk: int, *, by: User, seen: str = "", **fields: Any) -> dict[str, tuple[Any, Any]]:
    """Set some of ``EDITED``; returns field → (before, after) of what really changed. The date stays, and stays the
    rule's; hours that were set by hand are kept when a rule changes."""
    if not fields.keys() <= set(EDITED):
        raise TypeError(f"not edited here: {sorted(fields.keys() - set(EDITED))}")
    day = changes.locked(pk, by=by, seen=seen)
    if day.state != DayState.PLANNED:
        raise ValidationError(f"{day.get_state_display()}的接待日不能再改安排。")
    _check_hours(fields.get("starts_at", day.starts_at), fields.get("ends_at", day.ends_at))
    if "brand" in fields:
        brands.check(fields["brand"], day.station, was=day.brand_id)
    changed = changes.change(day, **fields)
    if changed:
        changes.save(day)
        changes.record(day, "edit", actor=by, **changes.sides(changed))
    return changed


def _check_hours(starts_at: dt.time, ends_at: dt.time) -> None:
    if ends_at <= starts_at:
        raise ValidationError({"ends_at": "结束时间要晚于开始时间。"})


def _check_date(station: Station, date: dt.date, *, field: str = "date", besides: ReceptionDay | None = None) -> None:
    """``field`` of the form is what an error is shown at; empty: at none."""
    today, trouble = timezone.localdate(), ""
    # One at a time for a station: the second of two clerks who choose the same day reads that it is taken.
    Station.objects.select_for_update(of=("self",), no_key=True).get(pk=station.pk)
    if date < today:
        trouble = f"{day_and_year(date)}已经过去了。"
    elif (date - today).days > FARTHEST:
        trouble = "太远了，请检查年份。"
    elif _standing(station, besides).filter(date=date).exists():
        trouble = f"{station}在{day_and_year(date)}已经有接待日。"
    if trouble:
        raise ValidationError({field: trouble} if field else trouble)


def _standing(station: Station, besides: ReceptionDay | None) -> QuerySet[ReceptionDay]:
    days = ReceptionDay.objects.standing().filter(station=station)
    return days.exclude(pk=besides.pk) if besides else days


def _why(what: str, date: dt.date, reason: str) -> str:
    """Why the day is this one, and that it is a day off where it is."""
    day = Calendar.current().day(date)
    off = "" if day.is_workday else f"当天是{day.why}"
    return "，".join(filter(None, (what, reason.strip(), off)))[:200]


def _only(changed: dict[str, tuple[Any, Any]], *names: str) -> dict[str, tuple[Any, Any]]:
    return {name: pair for name, pair in changed.items() if name in names}
