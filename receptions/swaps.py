"""换班: a deputy asks another one to take a duty, with or without one in exchange; the other agrees, the office is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy
from receptions import duty_changes, duty_notices
from receptions.access import may_manage
from receptions.arrangements import may_serve
from receptions.changes import record
from receptions.dates import short_date
from receptions.duties import is_self
from receptions.models import DayState, Duty, Leave, LeaveState, ReceptionDay, Swap, SwapState

if TYPE_CHECKING:
    from accounts.models import User

RELATED = ("day__station", "partner_day__station", "deputy__user", "partner__user")


def may_ask(user: User, deputy: Deputy) -> bool:
    """Only the deputy: the office puts people on duty and takes them off by itself."""
    return is_self(user, deputy)


def may_answer(user: User, swap: Swap) -> bool:
    """The partner; the office for a partner who answered on the telephone."""
    days = filter(None, (swap.day, swap.partner_day))
    return is_self(user, swap.partner) or all(may_manage(user, day.station) for day in days)


def partners(day: ReceptionDay, deputy: Deputy) -> list[tuple[Deputy, list[ReceptionDay]]]:
    """Who can be asked to take ``deputy``'s duty of ``day``, each with the days that ``deputy`` could take in exchange:
    the station's own deputies, and whoever is on duty there in the days to come."""
    ahead = Duty.objects.filter(day__in=ReceptionDay.objects.upcoming().filter(station=day.station))
    by_deputy: dict[int, list[ReceptionDay]] = {}
    for duty in ahead.filter(day__state=DayState.PLANNED).select_related("day__station").order_by("day__date"):
        by_deputy.setdefault(duty.deputy_id, []).append(duty.day)
    people = Deputy.objects.serving().filter(Q(home_station=day.station) | Q(pk__in=by_deputy)).exclude(pk=deputy.pk)
    away = set(Leave.objects.granted_on(day.date).values_list("deputy_id", flat=True))
    busy = set(
        Duty.objects.filter(day__in=ReceptionDay.objects.standing().filter(date=day.date)).values_list(
            "deputy_id", flat=True
        )
    )
    found = []
    for person in people.select_related("home_station", "term").order_by("pinyin", "pk"):
        fits = may_serve(person, day.date) and duty_changes.may_serve_at(person, day.station)
        if fits and person.pk not in away | busy:
            found.append((person, by_deputy.get(person.pk, [])))
    taken = _dates_taken(deputy, day)
    return [(person, [one for one in days if not taken(one.date)]) for person, days in found]


def _dates_taken(deputy: Deputy, given: ReceptionDay) -> Callable[[dt.date], bool]:
    """Whether ``deputy``, who gives away the duty of ``given``, cannot serve on a date."""
    leaves = list(Leave.objects.filter(deputy=deputy, state=LeaveState.GRANTED).values_list("starts_on", "ends_on"))
    others = Duty.objects.filter(deputy=deputy, day__in=ReceptionDay.objects.standing()).exclude(day=given)
    busy = set(others.values_list("day__date", flat=True))
    return lambda date: (
        date in busy or any(first <= date <= last for first, last in leaves) or not may_serve(deputy, date)
    )


def _obstacle(swap: Swap) -> str:
    """Why the exchange cannot be made now; the days are locked."""
    if why := duty_changes.overtaken(swap):
        return why
    given = [day.pk for day in (swap.day, swap.partner_day) if day]
    for deputy, day in ((swap.partner, swap.day), (swap.deputy, swap.partner_day)):
        if day is not None and (why := _in_the_way(deputy, day, given)):
            return why
    return ""


def _in_the_way(deputy: Deputy, day: ReceptionDay, given: list[int]) -> str:
    if day.duties.filter(deputy=deputy).exists():
        return f"{deputy}{short_date(day.date)}本来就值班"
    return duty_changes.obstacle(deputy, day, besides=given)


def _lock(swap: Swap) -> Swap:
    """Deputies, days and the swap, in this order; what comes back is as it is now."""
    people = duty_changes.lock_deputies([swap.deputy_id, swap.partner_id])
    pks = [pk for pk in (swap.day_id, swap.partner_day_id) if pk]
    days = {day.pk: day for day in duty_changes.lock_days(Q(pk__in=pks))}
    if swap.pk:
        swap = Swap.objects.select_for_update(of=("self",)).get(pk=swap.pk)
    swap.deputy, swap.partner = people[swap.deputy_id], people[swap.partner_id]
    swap.day = days[swap.day_id]
    swap.partner_day = days[swap.partner_day_id] if swap.partner_day_id else None
    return swap


@transaction.atomic
def ask(
    day_pk: int, deputy_pk: int, *, partner_pk: int, partner_day_pk: int | None = None, reason: str = "", by: User
) -> Swap:
    swap = Swap(day_id=day_pk, deputy_id=deputy_pk, partner_id=partner_pk, partner_day_id=partner_day_pk, reason=reason)
    swap = _lock(swap)
    if not may_ask(by, swap.deputy):
        raise PermissionDenied("换班由值班代表本人提出。")
    if deputy_pk == partner_pk:
        raise ValidationError("请选另一位代表。")
    if Swap.objects.filter(day=day_pk, deputy=deputy_pk, state=SwapState.ASKED).exists():
        raise ValidationError("这次值班已经请人换班，等对方答复；要换别人，请先撤回。")
    if why := _obstacle(swap):
        raise ValidationError(f"{why}，不能这样换。")
    swap.save()
    record(swap.day, "swap_ask", actor=by, after=_what(swap))
    duty_notices.swap_asked(swap)
    return swap


def _what(swap: Swap) -> dict[str, int | None]:
    return {
        "swap": swap.pk,
        "deputy": swap.deputy_id,
        "partner": swap.partner_id,
        "partner_day": swap.partner_day_id,
    }


def _open(pk: int) -> Swap:
    swap = _lock(Swap.objects.get(pk=pk))
    if swap.state != SwapState.ASKED:
        raise ValidationError(
            f"这次换班已经是“{swap.get_state_display()}”{f'：{swap.answer}' if swap.answer else ''}。"
        )
    return swap


def _finish(swap: Swap, state: SwapState, action: str, *, by: User, answer: str = "") -> Swap:
    swap.state, swap.answer, swap.answered_at = state, answer[:120], timezone.now()
    swap.save(update_fields=["state", "answer", "answered_at"])
    record(swap.day, action, actor=by, after=_what(swap), note=answer)
    duty_notices.swap_answered(swap, by=by)
    return swap


def _require_answer(swap: Swap, by: User) -> None:
    if not may_answer(by, swap):
        raise PermissionDenied("换班由对方代表答复。")


@transaction.atomic
def agree(pk: int, *, by: User) -> Swap:
    """Exchange the duties, both in one transaction. Where they are no longer what they were, or somebody cannot come
    any more, nothing is exchanged and the swap comes back void, its ``answer`` saying why."""
    _require_answer(Swap.objects.select_related(*RELATED).get(pk=pk), by)
    swap = _open(pk)
    if why := _obstacle(swap):
        duty_changes.void(swap, why, by=by)
        return swap
    _exchange(swap, by=by)
    _finish(swap, SwapState.AGREED, "swap_agree", by=by)
    duty_changes.void_swaps([day for day in (swap.day, swap.partner_day) if day], by=by)
    return swap


def _exchange(swap: Swap, *, by: User) -> None:
    """The partner has seen the arrangement and agreed to it, which is more than "收到"; the other one acknowledges the
    day taken in exchange as usual."""
    changes: list[duty_changes.Change] = [(swap.day, [swap.deputy_id], [swap.partner_id])]
    if swap.partner_day is not None:
        changes.append((swap.partner_day, [swap.partner_id], [swap.deputy_id]))
    duty_changes.change_duties(changes, actor=by, action="duty_swap", by_hand=True)
    if is_self(by, swap.partner):
        swap.day.duties.filter(deputy=swap.partner).update(
            acknowledged_at=timezone.now(), acknowledged_revision=swap.day.revision
        )


@transaction.atomic
def decline(pk: int, *, answer: str = "", by: User) -> Swap:
    _require_answer(Swap.objects.select_related(*RELATED).get(pk=pk), by)
    return _finish(_open(pk), SwapState.DECLINED, "swap_decline", by=by, answer=answer)


@transaction.atomic
def withdraw(pk: int, *, by: User) -> Swap:
    if not is_self(by, Swap.objects.select_related("deputy").get(pk=pk).deputy):
        raise PermissionDenied("换班由提出的代表撤回。")
    return _finish(_open(pk), SwapState.WITHDRAWN, "swap_withdraw", by=by)
