"""Who is put on duty and taken off: the one place where ``Duty`` rows come and go.

Locks are taken in one order by every act: deputies, then reception days, then a leave or a swap, each by key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy
from history import log
from receptions import duty_notices
from receptions.arrangements import may_serve
from receptions.changes import record
from receptions.dates import short_date
from receptions.models import DayState, Duty, Leave, ReceptionDay, Swap, SwapState
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User


def lock_deputies(pks: Iterable[int]) -> dict[int, Deputy]:
    rows = Deputy.objects.select_for_update(of=("self",)).filter(pk__in=set(pks)).order_by("pk")
    return {deputy.pk: deputy for deputy in rows.select_related("home_station", "term", "user")}


def lock_days(condition: Q) -> list[ReceptionDay]:
    """In the order of their keys, which every act keeps to; sort by date what is shown."""
    days = ReceptionDay.objects.select_for_update(of=("self",)).filter(condition)
    return list(days.select_related("station", "county").order_by("pk"))


def is_ahead(day: ReceptionDay, today: dt.date | None = None) -> bool:
    """Whether who is on duty can still be changed."""
    return day.state == DayState.PLANNED and day.date >= (today or timezone.localdate())


def require_ahead(day: ReceptionDay) -> None:
    if not is_ahead(day):
        why = "已经取消" if day.state == DayState.CANCELLED else "已经开始或已经过去"
        raise ValidationError(f"{duty_notices.day_words(day)}{why}，值班不能再改。")


def may_add(day: ReceptionDay, today: dt.date | None = None) -> bool:
    """Whether somebody can still be put on duty: also while the day is held, for whoever came unasked."""
    return is_ahead(day, today) or day.state == DayState.OPEN


def require_may_add(day: ReceptionDay) -> None:
    if not may_add(day):
        require_ahead(day)


# --- who can serve --------------------------------------------------------------------------


def may_serve_at(deputy: Deputy, station: Station) -> bool:
    """A deputy of the station, of one below it or of one above it."""
    home = deputy.home_station
    return home is not None and (home.covers(station) or station.covers(home))


def obstacle(deputy: Deputy, day: ReceptionDay, *, besides: Iterable[int] = ()) -> str:
    """Why ``deputy`` cannot be on duty on ``day``, in words; empty: nothing stands against it. ``besides``: days whose
    duties do not count, because they are about to be given away."""
    if not may_serve(deputy, day.date):
        return f"{deputy}届时不在任"
    if not may_serve_at(deputy, day.station):
        return f"{deputy}不是{day.station}的代表"
    if Leave.objects.granted_on(day.date).filter(deputy=deputy).exists():
        return f"{deputy}{short_date(day.date)}请假"
    same_date = Duty.objects.filter(deputy=deputy, day__date=day.date).exclude(day__state=DayState.CANCELLED)
    other = same_date.exclude(day__in=list(besides)).select_related("day__station").first()
    if other is not None:
        return f"{deputy}{short_date(day.date)}已在{other.day.station}值班"
    return ""


def hindered(day: ReceptionDay, on: dt.date | None = None) -> dict[int, str]:
    """Of those on duty on ``day`` the deputies (by key) who cannot come, were it held on the date ``on`` (its own), and
    why, in a few words. Three queries."""
    on = on or day.date
    duties = list(day.duties.select_related("deputy__term"))
    pks = [duty.deputy_id for duty in duties]
    found = {duty.deputy_id: "届时不在任" for duty in duties if not may_serve(duty.deputy, on)}
    for pk in Leave.objects.granted_on(on).filter(deputy__in=pks).values_list("deputy_id", flat=True):
        found.setdefault(pk, "请假")
    elsewhere = Duty.objects.filter(deputy__in=pks, day__in=ReceptionDay.objects.standing().filter(date=on))
    for duty in elsewhere.exclude(day=day).select_related("day__station"):
        found.setdefault(duty.deputy_id, f"在{duty.day.station.name}值班")
    return found


def hindered_words(day: ReceptionDay, on: dt.date | None = None) -> str:
    """ "李建设（请假）、王芳（届时不在任）"; empty where everybody can come."""
    why = hindered(day, on)
    names = Deputy.objects.in_bulk(why)
    return "、".join(f"{names[pk].name}（{words}）" for pk, words in why.items())


# --- on and off -----------------------------------------------------------------------------


Change = tuple[ReceptionDay, Iterable[int], Iterable[int]]  # the day, whom to take off, whom to put on (keys)


def change_duties(
    changes: Iterable[Change], *, actor: User, action: str, by_hand: bool = False, note: str = ""
) -> None:
    """Put deputies on duty and take them off, with an event for each day; the days are locked. A fixed number of
    statements, however many days.

    Whoever has to hear of it, coming or going, is told by the reminder (``to_tell``).
    """
    chosen = [(day, set(off), set(on)) for day, off, on in changes]
    before = _on_duty(day for day, _, _ in chosen)
    gone = [Q(day=day, deputy__in=off) for day, off, _ in chosen if off]
    Duty.objects.filter(reduce(or_, gone, Q(pk__in=[]))).delete()
    Duty.objects.bulk_create(
        [Duty(day=day, deputy_id=pk, by_hand=by_hand) for day, _, on in chosen for pk in sorted(on)], batch_size=500
    )
    log.append_all(
        log.Entry(
            day.chain,
            action,
            before={"deputies": sorted(before[day.pk])},
            after={"deputies": sorted(before[day.pk] - off | on)},
            note=note,
            actor=actor,
            seat=actor.seats.label,
        )
        for day, off, on in chosen
    )
    for day, _, _ in chosen:
        day.to_tell = True
    ReceptionDay.objects.filter(pk__in=before).update(to_tell=True)


def _on_duty(days: Iterable[ReceptionDay]) -> dict[int, set[int]]:
    """By day the deputies who are on it (keys)."""
    found: dict[int, set[int]] = {day.pk: set() for day in days}
    for day_pk, deputy_pk in Duty.objects.filter(day__in=found).order_by().values_list("day", "deputy"):
        found[day_pk].add(deputy_pk)
    return found


def void_swaps(days: Iterable[ReceptionDay], *, by: User) -> None:
    """Swaps asked for that the changed duties of ``days`` have overtaken; both sides are told."""
    pks = [day.pk for day in days]
    asked = Swap.objects.select_for_update(of=("self",)).filter(state=SwapState.ASKED)
    related = ("day__station", "partner_day__station", "deputy__user", "partner__user")
    for swap in asked.filter(Q(day__in=pks) | Q(partner_day__in=pks)).select_related(*related).order_by("pk"):
        if why := overtaken(swap):
            void(swap, why, by=by)


def overtaken(swap: Swap) -> str:
    """What the swap was about and is no longer so, in words; empty: the duties are as they were."""
    for day, deputy in ((swap.day, swap.deputy), (swap.partner_day, swap.partner)):
        if day is None:
            continue
        if not is_ahead(day):
            why = "已取消" if day.state == DayState.CANCELLED else "已开始或已过去"
            return f"{duty_notices.day_words(day)}{why}"
        if not day.duties.filter(deputy=deputy).exists():
            return f"{deputy}已不在{short_date(day.date)}值班"
    return ""


def void(swap: Swap, why: str, *, by: User) -> None:
    """``swap`` is locked, its days and deputies are loaded."""
    swap.state, swap.answer, swap.answered_at = SwapState.VOID, why[:120], timezone.now()
    swap.save(update_fields=["state", "answer", "answered_at"])
    record(swap.day, "swap_void", actor=by, after={"swap": swap.pk}, note=why)
    duty_notices.swap_answered(swap, by=by)
