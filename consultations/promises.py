"""承诺事项: given, followed, kept or not. Each act locks the consultation and is an event of its chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError

from consultations import telling
from consultations.access import may_report
from consultations.conduct import Act, ConductError, act
from consultations.models import Progress, Promise, PromiseState
from stations.models import Department

if TYPE_CHECKING:
    from accounts.models import User

NO_OWNER = (
    "请写明由谁来办：没有承诺方的事项没有人落实，也没法到期提醒。"
    "请选承办单位；不是承办单位的（如村委会、物业），写在“其他承诺方”里。您填写的内容还在。"
)
TWO_OWNERS = "承办单位和“其他承诺方”只填一个：一项承诺由一方负责。几方都有份的，请分成几项登记。"


def check_owner(department: Department | None, owner_name: str) -> None:
    if department is None and not owner_name.strip():
        raise ValidationError({"department": NO_OWNER})
    if department is not None and owner_name.strip():
        raise ValidationError({"owner_name": TWO_OWNERS})


def give(
    consultation_pk: int,
    *,
    by: User,
    what: str,
    due_on: dt.date,
    department: Department | None = None,
    owner_name: str = "",
    at: dt.datetime | None = None,
) -> Promise:
    """Promised by a department, whose staff are told, or by somebody else by name."""
    check_owner(department, owner_name)
    with act("promise", consultation_pk, by=by, at=at) as now:
        if due_on < now.on.date:
            raise ValidationError({"due_on": "兑现期限不能早于协商日期。"})
        promise = Promise.objects.create(
            consultation=now.on,
            what=what,
            department=department,
            owner_name=owner_name.strip(),
            due_on=due_on,
            created_at=now.at,
        )
        now.after |= {"promise": promise.pk, "department": promise.department_id, "due_on": due_on}
        now.note = what
        telling.tell_promise(promise, by=by)
    return promise


def edit(
    pk: int, *, by: User, what: str, due_on: dt.date, department: Department | None = None, owner_name: str = ""
) -> Promise:
    """While it is open; another date or owner is an event with both."""
    check_owner(department, owner_name)
    with _on(pk, by=by) as (now, promise):
        if due_on < now.on.date:
            raise ValidationError({"due_on": "兑现期限不能早于协商日期。"})
        now.before |= {"due_on": promise.due_on, "department": promise.department_id}
        moved = (promise.due_on, promise.department_id) != (due_on, department.pk if department else None)
        promise.what, promise.due_on = what, due_on
        promise.department, promise.owner_name = department, owner_name.strip()
        promise.save(update_fields=["what", "due_on", "department", "owner_name"])
        now.after |= {"promise": pk, "due_on": due_on, "department": promise.department_id}
        if moved:
            telling.tell_promise(promise, by=by)
    return promise


def report(
    pk: int,
    *,
    by: User,
    text: str,
    happened_on: dt.date,
    says_done: bool = False,
    at: dt.datetime | None = None,
) -> Progress:
    """How it goes, by the owner's department or the station; ``says_done`` asks the station to look whether it is."""
    with _on(pk, by=by, own=True, at=at) as (now, promise):
        if not may_report(by, promise):
            raise PermissionDenied("进展由承诺单位或组织协商的站点填写。")
        if happened_on > now.today:
            raise ValidationError({"happened_on": "日期不能晚于今天。"})
        row = Progress.objects.create(
            promise=promise, happened_on=happened_on, text=text, says_done=says_done, entered_by=by, entered_at=now.at
        )
        now.after |= {"promise": pk, "progress": row.pk, "says_done": says_done}
        now.note = text
        if says_done:
            telling.tell_says_done(promise, row.pk, text, by=by)
    return row


def end(pk: int, *, by: User, kept: bool, ended_on: dt.date, ending: str, at: dt.datetime | None = None) -> Promise:
    """Kept, or not, with what was found: the station's word, not the owner's."""
    with _on(pk, by=by, at=at) as (now, promise):
        if ended_on > now.today:
            raise ValidationError({"ended_on": "日期不能晚于今天。"})
        if ended_on < now.on.date:
            raise ValidationError({"ended_on": "日期不能早于协商日期。"})
        if not ending.strip():
            raise ValidationError({"ending": "请写明办成了什么样，或者为什么没有办成。"})
        promise.state = PromiseState.KEPT if kept else PromiseState.BROKEN
        promise.ended_on, promise.ending = ended_on, ending.strip()
        promise.save(update_fields=["state", "ended_on", "ending"])
        now.after |= {"promise": pk, "promise_state": promise.state, "ended_on": ended_on}
        now.note = promise.ending
    return promise


def reopen(pk: int, *, by: User, reason: str) -> Promise:
    """Said to be kept, and found not to be."""
    with _on(pk, by=by, ended=True) as (now, promise):
        if not reason.strip():
            raise ConductError("请写明为什么要继续办。")
        now.before["promise_state"] = promise.state
        promise.state, promise.ended_on, promise.ending = PromiseState.OPEN, None, ""
        promise.save(update_fields=["state", "ended_on", "ending"])
        now.after |= {"promise": pk, "promise_state": promise.state}
        now.note = reason.strip()
        telling.tell_promise(promise, by=by)
    return promise


@contextmanager
def _on(
    pk: int, *, by: User, own: bool = False, ended: bool = False, at: dt.datetime | None = None
) -> Iterator[tuple[Act, Promise]]:
    consultation = Promise.objects.values_list("consultation_id", flat=True).get(pk=pk)
    with act("promise", consultation, by=by, own=own, at=at) as now:
        promise = Promise.objects.select_related("department").get(pk=pk)
        promise.consultation = now.on
        if ended == (promise.state == PromiseState.OPEN):
            raise ConductError(f"这项承诺现在是“{promise.get_state_display()}”，不用再办这一步。")
        yield now, promise
