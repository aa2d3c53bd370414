"""What a deputy does about the own duties: "收到", leave. Who may: the deputy, or the staff who arrange the station's
days in the deputy's name; only staff decide. Swaps are in ``swaps.py``."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy
from receptions import duty_changes, duty_notices
from receptions.access import may_manage
from receptions.changes import record
from receptions.models import DayState, Duty, Leave, LeaveState, ReceptionDay
from stations.changes import record as record_in_county

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_LEAVE = dt.timedelta(days=366)


def is_self(user: User, deputy: Deputy) -> bool:
    """A seat that sleeps (an ended term) is no seat."""
    return deputy.pk in user.seats.deputy_ids


def may_decide_leave(user: User, deputy: Deputy) -> bool:
    """The staff of the deputy's station, or of one above it."""
    return deputy.home_station is not None and may_manage(user, deputy.home_station)


def may_ask_leave(user: User, deputy: Deputy) -> bool:
    return is_self(user, deputy) or may_decide_leave(user, deputy)


def may_acknowledge(user: User, duty: Duty) -> bool:
    """``duty`` with its deputy and its day's station. Staff do so for a deputy who answered on the telephone."""
    return is_self(user, duty.deputy) or may_manage(user, duty.day.station)


# --- 收到 -----------------------------------------------------------------------------------


@transaction.atomic
def acknowledge(duty_pk: int, *, revision: int, by: User) -> Duty:
    """ "收到" for the arrangement of ``revision``, which is what the page showed. Once more changes nothing."""
    duty_changes.lock_days(Q(pk=Duty.objects.values_list("day_id", flat=True).get(pk=duty_pk)))
    duty = Duty.objects.select_related("day__station", "deputy").filter(pk=duty_pk).first()
    if duty is None:
        raise ValidationError("这次值班已改由别人承担，不用回复了。")
    if not may_acknowledge(by, duty):
        raise PermissionDenied("值班由代表本人回复收到。")
    duty_changes.require_ahead(duty.day)
    if duty.day.revision != revision:
        raise ValidationError("接待日的时间或地点刚刚有变动，请看过新的安排再回复收到。")
    if not duty.is_acknowledged:
        duty.acknowledged_at, duty.acknowledged_revision = timezone.now(), revision
        duty.save(update_fields=["acknowledged_at", "acknowledged_revision"])
        after = {"deputy": duty.deputy_id, "revision": revision}
        record(duty.day, "duty_acknowledge", actor=by, after=after)
    return duty


# --- 请假 -----------------------------------------------------------------------------------


def _record(leave: Leave, action: str, *, by: User, **more: object) -> None:
    """In the county's chain; the reason, which may be about somebody's health, stays out of it."""
    after = {"leave": leave.pk, "deputy": leave.deputy_id, "from": leave.starts_on, "to": leave.ends_on, **more}
    record_in_county(leave.deputy.county_id, action, actor=by, after=after)


@transaction.atomic
def ask_leave(deputy_pk: int, *, starts_on: dt.date, ends_on: dt.date, reason: str, by: User) -> Leave:
    deputy = duty_changes.lock_deputies([deputy_pk])[deputy_pk]
    if not may_ask_leave(by, deputy):
        raise PermissionDenied("请假由代表本人申请，或由所在联络站代为登记。")
    if deputy.home_station is None:
        raise ValidationError("您还没有编入联络站，请先与县人大代表工委联系。")
    if ends_on < starts_on:
        raise ValidationError("结束日期不能早于开始日期。")
    if ends_on < timezone.localdate():
        raise ValidationError("这些日子已经过去，不用请假了。")
    if ends_on - starts_on > LONGEST_LEAVE:
        raise ValidationError("一次请假不超过一年。")
    standing = Leave.objects.filter(deputy=deputy, state__in=(LeaveState.ASKED, LeaveState.GRANTED))
    if same := standing.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).first():
        raise ValidationError(
            f"{duty_notices.leave_words(same)}已经申请过（{same.get_state_display()}），不用重复申请。"
        )
    leave = Leave.objects.create(deputy=deputy, starts_on=starts_on, ends_on=ends_on, reason=reason)
    _record(leave, "leave_ask", by=by)
    duty_notices.leave_asked(leave, deputy.home_station, by=by)
    return leave


def _lock_leave(pk: int) -> Leave:
    return Leave.objects.select_for_update(of=("self",)).get(pk=pk)


def _decide(pk: int, state: LeaveState, *, note: str, by: User) -> Leave:
    """``leave`` locked after its deputy, checked and set; its days are changed by the caller, in the same transaction."""
    deputy_pk = Leave.objects.values_list("deputy_id", flat=True).get(pk=pk)
    deputy = duty_changes.lock_deputies([deputy_pk])[deputy_pk]
    if not may_decide_leave(by, deputy):
        raise PermissionDenied("请假由代表所在联络站和上级站的工作人员批复。")
    leave = _lock_leave(pk)
    leave.deputy = deputy
    if leave.state != LeaveState.ASKED:
        raise ValidationError(f"这次请假已经是“{leave.get_state_display()}”，不能再批复。")
    leave.state, leave.note, leave.decided_by, leave.decided_at = state, note, by, timezone.now()
    leave.save(update_fields=["state", "note", "decided_by", "decided_at"])
    return leave


@transaction.atomic
def grant_leave(pk: int, *, note: str = "", by: User) -> list[ReceptionDay]:
    """Grant, and take the deputy off the duties in between. Returns the days that lack somebody now, by date."""
    leave = _decide(pk, LeaveState.GRANTED, note=note, by=by)
    first = max(leave.starts_on, timezone.localdate())
    on_duty = Duty.objects.filter(deputy=leave.deputy, day__date__range=(first, leave.ends_on))
    days = duty_changes.lock_days(Q(pk__in=on_duty.values("day")) & Q(state=DayState.PLANNED))
    duty_changes.change_duties([(day, [leave.deputy_id], []) for day in days], actor=by, action="duty_leave")
    duty_changes.void_swaps(days, by=by)
    days.sort(key=lambda day: (day.date, day.pk))
    _record(leave, "leave_grant", by=by, days=[day.pk for day in days])
    duty_notices.leave_decided(leave, days)
    return days


@transaction.atomic
def decline_leave(pk: int, *, note: str, by: User) -> Leave:
    """With the reason in ``note``."""
    if not note.strip():
        raise ValidationError("不批准请写明原因，代表会看到。")
    leave = _decide(pk, LeaveState.DECLINED, note=note, by=by)
    _record(leave, "leave_decline", by=by)
    duty_notices.leave_decided(leave, [])
    return leave


@transaction.atomic
def withdraw_leave(pk: int, *, by: User) -> Leave:
    """Before it is decided, or afterwards as long as it has not ended; duties given away do not come back."""
    deputy_pk = Leave.objects.values_list("deputy_id", flat=True).get(pk=pk)
    deputy = duty_changes.lock_deputies([deputy_pk])[deputy_pk]
    if not may_ask_leave(by, deputy):
        raise PermissionDenied("请假由代表本人撤回。")
    leave = _lock_leave(pk)
    leave.deputy = deputy
    if leave.state not in (LeaveState.ASKED, LeaveState.GRANTED):
        raise ValidationError(f"这次请假已经是“{leave.get_state_display()}”，不用撤回。")
    if leave.ends_on < timezone.localdate():
        raise ValidationError("这次请假已经结束，不用撤回。")
    before = leave.state
    leave.state = LeaveState.WITHDRAWN
    leave.save(update_fields=["state"])
    _record(leave, "leave_withdraw", by=by, was=before)
    if before == LeaveState.GRANTED and deputy.home_station is not None:
        duty_notices.leave_withdrawn(leave, deputy.home_station, by=by)
    return leave
