"""机构改革: a department is merged into another of the same station. What it has in hand goes over, in one transaction;
what is past stays with it, and it points at its successor (``Department.merged_into``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from liaison.lib import handovers
from liaison.lib.handovers import Matter
from messaging import outbox
from stations.changes import record, why_open
from stations.models import Department, DepartmentStaff

if TYPE_CHECKING:
    from collections.abc import Sequence

KEPT_BY = "承办单位由所属站点和上级站的工作人员合并。"


def successors(department: Department) -> QuerySet[Department]:
    """Into which ``department`` may be merged."""
    found = Department.objects.filter(station=department.station_id, is_active=True).exclude(pk=department.pk)
    return found.order_by("name")


def matters(department: Department) -> list[Matter]:
    """What would go over now."""
    clerks = Matter("经办人账号", department.staff.filter(user__is_active=True).count(), "个", "改为接替单位的经办人")
    return [*([clerks] if clerks.number else []), *handovers.open_with("department", department)]


@transaction.atomic
def merge(pk: int, *, into: int, by: User) -> Department:
    """Returns the successor, whose staff are told once. ValidationError says why two cannot be merged."""
    old, new = _both(pk, into)
    if not by.seats.covers(old.station):
        raise PermissionDenied(KEPT_BY)
    _check(old, new)
    over = matters(old)
    before = set(DepartmentStaff.objects.filter(department=old).values_list("user_id", flat=True))
    handovers.take_over("department", old, new, by=by)
    if reasons := why_open(old):  # a room that does not know of mergers: better refused than closed over it
        raise ValidationError(" ".join(reasons))
    _move_seats(old, new)
    old.is_active, old.merged_into = False, new
    old.save(update_fields=["is_active", "merged_into"])
    after = {"department": old.pk, "name": old.name, "into": new.pk, "into_name": new.name}
    after |= {"staff": sorted(before), "matters": [str(matter) for matter in over]}
    record(old.station.county_id, "department_merge", actor=by, after=after)
    _tell(old, new, over, by=by)
    return new


def _both(pk: int, into: int) -> tuple[Department, Department]:
    """The two locked, the lower id first: two mergers of the same two wait for each other. Not so that rows that point
    at them would wait, too (``no_key``)."""
    locked = Department.objects.select_for_update(of=("self",), no_key=True).select_related("station__county")
    rows = {row.pk: row for row in locked.filter(pk__in=(pk, into)).order_by("pk")}
    if into not in rows:
        raise ValidationError({"into": "请选择接替的单位。"})
    return rows[pk], rows[into]


def _check(old: Department, new: Department) -> None:
    if old.merged_into_id:
        raise ValidationError(f"{old.name}已经并入{old.merged_into}，不用再合并。")
    if not old.is_active:
        raise ValidationError(f"{old.name}已停用，手上没有在办的事项，不用合并。")
    if old.pk == new.pk:
        raise ValidationError({"into": "不能并入它自己，请选另一个单位。"})
    if old.station_id != new.station_id:
        raise ValidationError({"into": f"只能并入{old.station.name}自己的承办单位。"})
    if not new.is_active:
        raise ValidationError({"into": f"{new.name}已停用，不能并入；请先恢复，或选别的单位。"})


def _move_seats(old: Department, new: Department) -> None:
    there = DepartmentStaff.objects.filter(department=new).values("user_id")
    DepartmentStaff.objects.filter(department=old, user_id__in=list(there.values_list("user_id", flat=True))).delete()
    DepartmentStaff.objects.filter(department=old).update(department=new)


def _tell(old: Department, new: Department, over: Sequence[Matter], *, by: User) -> None:
    people = User.objects.filter(department_seats__department=new, is_active=True).exclude(pk=by.pk).distinct()
    rest = "\n".join(str(matter) for matter in over)
    outbox.tell(
        key=f"department:{old.pk}:merged",
        people=people,
        subject=f"{old.name}已并入{new.name}，请接着办理",
        body=f"转来的事项：\n{rest}\n办理时限不变。" if rest else "没有在办的事项转来。",
        link=reverse("stations:detail", args=[new.station_id]),
        scope=new.station.path,
    )
