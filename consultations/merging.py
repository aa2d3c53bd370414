"""A department is merged into another (``liaison.lib.handovers``): its seat at consultations to come, its open promises, and
the whistles it has not answered go over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone

from consultations import conduct
from consultations.models import OPEN_CALLS, Call, CallState, Party, Promise, PromiseState, State
from consultations.whistling import locked
from history import log
from liaison.lib.handovers import Matter

if TYPE_CHECKING:
    from accounts.models import User
    from stations.models import Department

TO_COME = (State.PREPARING, State.UNDERWAY)


def _parties(department: Department) -> QuerySet[Party]:
    return Party.objects.filter(department=department, consultation__state__in=TO_COME, signed_in_at__isnull=True)


def _promises(department: Department) -> QuerySet[Promise]:
    return Promise.objects.filter(department=department, state=PromiseState.OPEN)


def _calls(department: Department) -> QuerySet[Call]:
    return Call.objects.open().filter(department=department)


def open_with(old: Department) -> list[Matter]:
    return [
        Matter("要参加的协商", _parties(old).count(), "次"),
        Matter("协商承诺（没有兑现的）", _promises(old).count(), "项"),
        Matter("吹哨（没有办完的）", _calls(old).count(), "次", "接替单位也被同一次吹哨叫到的，并为一次"),
    ]


def take_over(old: Department, new: Department, *, by: User) -> None:
    concerned = {*_parties(old).values_list("consultation", flat=True)}
    concerned |= {*_promises(old).values_list("consultation", flat=True)}
    for pk in sorted(concerned):
        _move_consultation(pk, old, new, by=by)
    for pk in list(_calls(old).order_by("whistle", "pk").values_list("pk", flat=True)):
        _move_call(pk, old, new, by=by)


def _move_consultation(pk: int, old: Department, new: Department, *, by: User) -> None:
    on = conduct.lock(pk)
    parties, promises = _parties(old).filter(consultation=on), _promises(old).filter(consultation=on)
    after = {"department": new.pk, "promises": sorted(promises.values_list("pk", flat=True))}
    now = conduct.Act(on, by, timezone.now(), {"department": old.pk}, after, f"{old.name}已并入{new.name}")
    if Party.objects.filter(consultation=on, department=new).exists():
        parties.delete()  # it sits at the table already
    else:
        parties.update(department=new)
    promises.update(department=new)
    on.version += 1
    on.save(update_fields=["version"])
    conduct.record(now, "merge")


def _move_call(pk: int, old: Department, new: Department, *, by: User) -> None:
    """A whistle calls a department once, and a case has one open call of it: else the old one's call ends here."""
    call = locked(pk)
    before, note = call.state, f"{old.name}已并入{new.name}"
    twice = Call.objects.filter(whistle=call.whistle_id, department=new)
    if call.case_id is not None:
        twice = twice | Call.objects.filter(case=call.case_id, department=new, state__in=OPEN_CALLS)
    if twice.exists():
        note += f"，由{new.name}一并办理；它已办结而事情没完的，请重新吹哨。"
        call.state, call.since, call.decision = CallState.WITHDRAWN, timezone.now(), note
    else:
        call.department = new
    call.save(update_fields=["state", "since", "decision", "department"])
    log.append(
        call.whistle.chain,
        action="merge",
        actor=by,
        seat=by.seats.label,
        before={"state": before, "department": old.pk},
        after={"call": pk, "state": call.state, "department": call.department_id},
        note=note,
    )
