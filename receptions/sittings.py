"""The day itself (接待): open, sign in, count, close, and correct afterwards. Each act locks the day, records an event in
the day's chain and changes everything in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from deputies.models import Deputy
from history import log
from receptions.access import may_manage
from receptions.changes import record
from receptions.dates import plain_date
from receptions.models import DayState, Duty, OfficerSignIn, ReceptionDay
from stations.models import ResidentOfficer

if TYPE_CHECKING:
    from accounts.models import User

MOST_VISITORS = 9999
LATEST = 31  # days after its date that a day can still be opened, with the reason written down


class SittingError(ValidationError):
    """What was asked cannot be done now: a sentence that a clerk understands, shown on the page."""


class Stale(SittingError):
    """Somebody else did it, or something beside it, since the page was opened."""


@dataclass
class Act:
    day: ReceptionDay
    by: User
    at: dt.datetime
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    note: str = ""


def lock(pk: int) -> ReceptionDay:
    """The day with its row locked until the transaction ends."""
    rows = ReceptionDay.objects.select_for_update(of=("self",)).select_related("station", "county")
    return rows.get(pk=pk)


@contextmanager
def act(pk: int, action: str, *, by: User) -> Iterator[Act]:
    with transaction.atomic():
        day = lock(pk)
        if not may_manage(by, day.station):
            raise PermissionDenied(f"{day.station}的接待日由该站和上级站的工作人员主持。")
        now = Act(day, by, timezone.now())
        yield now
        record(day, action, actor=by, at=now.at, before=now.before, after=now.after, note=now.note)


def seen(day: ReceptionDay) -> int:
    """The number of what happened on the day so far; a page that shows an older one is stale."""
    return log.last_seq(day.chain)


# --- who may what -------------------------------------------------------------------------


def is_on_duty(user: User, day: ReceptionDay) -> bool:
    deputies = user.seats.deputy_ids
    return bool(deputies) and Duty.objects.filter(day=day, deputy_id__in=deputies).exists()


def may_enter(user: User, day: ReceptionDay) -> bool:
    """Who takes down what visitors say: the staff, the deputies on duty, the station's resident officers."""
    return may_manage(user, day.station) or day.station_id in user.seats.officer_station_ids or is_on_duty(user, day)


def check_entry(day: ReceptionDay, *, by: User, deputy: Deputy | None) -> None:
    """Whether a case may be taken down for ``day`` (locked), received by ``deputy``. Paper forms are typed in after
    the day was closed by the staff alone.

    Raises:
        SittingError: it cannot, with what to do.
    """
    if day.state == DayState.CANCELLED:
        raise SittingError("这个接待日已经取消，不能登记。")
    if day.state == DayState.PLANNED:
        raise SittingError("还没有开始接待，请工作人员先按“开始接待”。")
    if day.state == DayState.CLOSED and not may_manage(by, day.station):
        raise SittingError("这个接待日已经结束。补登请交工作人员，填写的内容还在。")
    if deputy is not None and not Duty.objects.filter(day=day, deputy=deputy).exists():
        raise SittingError(f"{deputy.name}不在这一天的值班代表里。临时来的代表，请先在值班表里加上。")


# --- open ---------------------------------------------------------------------------------


def open_day(pk: int, *, by: User, reason: str = "") -> ReceptionDay:
    """On its date; up to ``LATEST`` days later only with the ``reason``, to bring in a day that was held on paper."""
    with act(pk, "open", by=by) as now:
        day, today = now.day, timezone.localdate(now.at)
        if obstacle := cannot_open(day, today):
            raise SittingError(obstacle) if day.state != DayState.OPEN else Stale(obstacle)
        if day.date < today and not reason.strip():
            raise SittingError(
                f"接待日是{plain_date(day.date)}，已经过了。补开请写明原因，如：当天停电，按纸质登记表补录。"
            )
        day.state, day.opened_at = DayState.OPEN, now.at
        day.save(update_fields=["state", "opened_at"])
        now.before, now.after, now.note = {"state": DayState.PLANNED}, {"state": day.state}, reason.strip()
        now.after |= {"late": True} if day.date < today else {}
    return day


def cannot_open(day: ReceptionDay, today: dt.date) -> str:
    """Why the day cannot be opened on ``today``, or ""."""
    if day.state == DayState.CANCELLED:
        return f"这个接待日已经取消（{day.cancel_reason}），不能开始接待。"
    if day.state == DayState.OPEN:
        return f"已于 {timezone.localtime(day.opened_at):%H:%M} 开始接待。" if day.opened_at else "已经开始接待。"
    if day.state == DayState.CLOSED:
        return "这个接待日已经结束。当天可以“继续接待”，以后可以更正。"
    if day.date > today:
        return f"接待日是{plain_date(day.date)}，到那一天才能开始接待。"
    if day.date < today - dt.timedelta(days=LATEST):
        return f"接待日是{plain_date(day.date)}，已经过了 {LATEST} 天，不能再补开。"
    return ""


def reopen(pk: int, *, by: User) -> ReceptionDay:
    """Go on receiving, until midnight of the day it was closed."""
    with act(pk, "sitting_reopen", by=by) as now:
        day = now.day
        if day.state != DayState.CLOSED:
            raise Stale(f"这个接待日现在是“{day.get_state_display()}”，不用重新开始。")
        if not may_reopen(day, timezone.localdate(now.at)):
            raise SittingError("接待日在结束的当天可以继续接待，现在已经过了零点；需要改动请用“更正”。")
        day.state, day.closed_at, day.closed_by = DayState.OPEN, None, None
        day.save(update_fields=["state", "closed_at", "closed_by"])
        now.before, now.after = {"state": DayState.CLOSED}, {"state": day.state}
    return day


def may_reopen(day: ReceptionDay, today: dt.date) -> bool:
    return day.state == DayState.CLOSED and day.closed_at is not None and timezone.localdate(day.closed_at) == today


def _opened(day: ReceptionDay) -> None:
    if day.state == DayState.CLOSED:
        raise Stale(f"这个接待日已于 {timezone.localtime(day.closed_at):%H:%M} 结束；需要改动请用“更正”。")
    if day.state != DayState.OPEN:
        raise Stale(f"这个接待日现在是“{day.get_state_display()}”，请先开始接待。")


# --- sign in ------------------------------------------------------------------------------


def sign_in(pk: int, duty_id: int, *, badge: bool, by: User) -> Duty:
    """A deputy is there, with the deputy's badge or without. Again changes the badge alone. What was forgotten is made
    up for after the close; the history has the time."""
    with act(pk, "sign_in", by=by) as now:
        if now.day.state != DayState.CLOSED:
            _opened(now.day)
        now.after["late"] = now.day.state == DayState.CLOSED
        duty = _duty(now.day, duty_id)
        now.before = {"badge": duty.badge_worn} if duty.signed_in_at else {}
        duty.signed_in_at, duty.badge_worn, duty.absent_reason = duty.signed_in_at or now.at, badge, ""
        duty.save(update_fields=["signed_in_at", "badge_worn", "absent_reason"])
        now.after |= {"deputy": duty.deputy_id, "badge": badge}
    return duty


def undo_sign_in(pk: int, duty_id: int, *, by: User) -> Duty:
    with act(pk, "sign_in_undo", by=by) as now:
        _opened(now.day)
        duty = _duty(now.day, duty_id)
        if duty.signed_in_at is None:
            raise Stale(f"{duty.deputy.name}的签到已经撤销。")
        if now.day.suggestions.filter(deputy=duty.deputy_id).exists():
            raise SittingError(f"{duty.deputy.name}今天已经接待了选民，不能撤销签到。")
        duty.signed_in_at, duty.badge_worn = None, False
        duty.save(update_fields=["signed_in_at", "badge_worn"])
        now.after = {"deputy": duty.deputy_id}
    return duty


def _duty(day: ReceptionDay, duty_id: int) -> Duty:
    duty = Duty.objects.filter(day=day, pk=duty_id).select_related("deputy").first()
    if duty is None:
        raise Stale("值班表刚刚有变动，这位代表已不在今天的名单里。")
    return duty


def sign_in_officer(pk: int, officer_id: int, *, by: User) -> None:
    with act(pk, "officer_sign_in", by=by) as now:
        _opened(now.day)
        officer = ResidentOfficer.objects.filter(pk=officer_id, station=now.day.station_id, is_active=True).first()
        if officer is None:
            raise Stale("这位驻站人员已不在本站。")
        OfficerSignIn.objects.get_or_create(day=now.day, officer=officer, defaults={"signed_in_at": now.at})
        now.after = {"officer": officer.pk}


def undo_officer(pk: int, officer_id: int, *, by: User) -> None:
    with act(pk, "officer_sign_in_undo", by=by) as now:
        _opened(now.day)
        OfficerSignIn.objects.filter(day=now.day, officer=officer_id).delete()
        now.after = {"officer": officer_id}


# --- visitors -----------------------------------------------------------------------------


def registered(day: ReceptionDay) -> int:
    """Visitors of whom something was taken down: each telephone number once, whoever left none each time."""
    found = day.suggestions.aggregate(
        known=Count("voters__phone_index", filter=~Q(voters__phone_index=""), distinct=True),
        unknown=Count("voters", filter=Q(voters__phone_index="")),
        nameless=Count("pk", filter=Q(voters__isnull=True)),
    )
    return sum(found.values())


def count(pk: int, step: int, *, by: User) -> int:
    """One visitor more or fewer; never fewer than were taken down. Two presses at once count twice."""
    if step not in (1, -1):
        raise SittingError("一次加一位或减一位。")
    with act(pk, "count", by=by) as now:
        _opened(now.day)
        least = registered(now.day)
        if step < 0 and now.day.visitors <= least:
            raise SittingError(f"已经登记了 {least} 位来访人，来访人次不能再少。")
        if step > 0 and now.day.visitors >= MOST_VISITORS:
            raise SittingError("来访人次太多，请核对。")
        ReceptionDay.objects.filter(pk=pk).update(visitors=F("visitors") + step)
        now.day.visitors += step
        now.after = {"visitors": now.day.visitors}
    return now.day.visitors


def count_in(day: ReceptionDay) -> None:
    """After an entry: at least as many visitors as were taken down. ``day`` is locked."""
    ReceptionDay.objects.filter(pk=day.pk).update(visitors=Greatest(F("visitors"), registered(day)))


# --- close and correct --------------------------------------------------------------------


def close(pk: int, *, by: User, summary: str, visitors: int, absences: Mapping[int, str]) -> ReceptionDay:
    """End the day. ``absences`` is duty → reason for each deputy who did not sign in."""
    with act(pk, "close", by=by) as now:
        _opened(now.day)
        _write(now, summary, visitors, absences)
        day = now.day
        day.state, day.closed_at, day.closed_by = DayState.CLOSED, now.at, by
        day.save(update_fields=["state", "closed_at", "closed_by", "summary", "visitors"])
        now.before |= {"state": DayState.OPEN}
        now.after |= {"state": day.state, **figures(day).recorded()}
    return day


def correct(
    pk: int, *, by: User, seen_seq: int, summary: str, visitors: int, absences: Mapping[int, str], reason: str
) -> ReceptionDay:
    """Change what was written at the close; the ``reason`` and the fields stay in the history. ``seen_seq`` is what
    the page showed (:func:`seen`)."""
    with act(pk, "correct", by=by) as now:
        day = now.day
        if day.state != DayState.CLOSED:
            raise Stale(f"这个接待日现在是“{day.get_state_display()}”，结束以后才能更正。")
        if seen(day) != seen_seq:
            raise Stale("您打开这个页面以后，这一天的记录有了变动。您填写的内容还在，请核对后再按一次。")
        if not reason.strip():
            raise SittingError("请写明更正的原因。")
        old = day.summary
        _write(now, summary, visitors, absences)
        day.save(update_fields=["summary", "visitors"])
        now.note = reason.strip()
        now.after |= {"summary_changed": True} if old != day.summary else {}
    return day


def _write(now: Act, summary: str, visitors: int, absences: Mapping[int, str]) -> None:
    day, least = now.day, registered(now.day)
    if visitors < least:
        raise SittingError(f"已经登记了 {least} 位来访人，来访人次不能比这少。")
    if visitors > MOST_VISITORS:
        raise SittingError("来访人次太多，请核对。")
    missing = []
    received = set(day.suggestions.values_list("deputy_id", flat=True))
    for duty in Duty.objects.filter(day=day, signed_in_at=None).select_related("deputy"):
        if duty.deputy_id in received:
            raise SittingError(f"{duty.deputy.name}今天接待了选民，请先补签到。")
        reason = " ".join(absences.get(duty.pk, "").split())[:120]
        if not reason:
            missing.append(duty.deputy.name)
        elif reason != duty.absent_reason:
            duty.absent_reason = reason
            duty.save(update_fields=["absent_reason"])
            now.after.setdefault("absent", []).append(duty.deputy_id)
    if missing:
        raise SittingError(f"没有签到的代表请写明缺席原因：{'、'.join(missing)}。")
    if visitors != day.visitors:
        now.before["visitors"], now.after["visitors"] = day.visitors, visitors
    day.visitors, day.summary = visitors, summary.strip()


@dataclass(frozen=True)
class Figures:
    """What came of a day, in numbers."""

    visitors: int
    cases: int
    answered: int
    present: int
    absent: int
    officers: int

    def recorded(self) -> dict[str, int]:
        return dict(vars(self))


def figures(day: ReceptionDay) -> Figures:
    cases = day.suggestions.aggregate(cases=Count("pk"), answered=Count("pk", filter=Q(on_the_spot=True)))
    duties = day.duties.aggregate(
        present=Count("pk", filter=Q(signed_in_at__isnull=False)), absent=Count("pk", filter=Q(signed_in_at=None))
    )
    return Figures(visitors=day.visitors, officers=day.officer_sign_ins.count(), **cases, **duties)
