"""A department is merged into another (``liaison.lib.handovers``): its tie with a provincial or municipal deputy goes over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from deputies import ties
from deputies.models import Tie
from liaison.lib.handovers import Matter
from stations.changes import record

if TYPE_CHECKING:
    from accounts.models import User
    from stations.models import Department


def open_with(old: Department) -> list[Matter]:
    return [Matter("与省、市代表的联系关系", Tie.objects.current().filter(department=old).count(), "个")]


def take_over(old: Department, new: Department, *, by: User) -> None:
    """The tie ends, its log stays; the successor gets one of its own, unless it is tied already: they are one to one."""
    today = timezone.localdate()
    for tie in Tie.objects.current().filter(department=old).select_for_update(of=("self",)):
        ties.end_all(Tie.objects.filter(pk=tie.pk), today)
        record(tie.county_id, "tie_end", actor=by, after={"tie": tie.pk, "department_id": old.pk})
        if not Tie.objects.current().filter(department=new).exists():
            ends = {"deputy_id": tie.deputy_id, "department": new}
            made = Tie.objects.create(county_id=tie.county_id, kind=tie.kind, since=max(today, tie.since), **ends)
            after = {"tie": made.pk, "kind": tie.kind, "deputy_id": tie.deputy_id, "department_id": new.pk}
            record(tie.county_id, "tie_create", actor=by, after=after)
