"""A department is merged into another (``liaison.lib.handovers``): invitations to days to come go over, with their answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from liaison.lib.handovers import Matter
from receptions.changes import record
from receptions.models import UNFINISHED, Invitation, InvitationState
from receptions.sittings import lock

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from stations.models import Department

STANDING = (InvitationState.ASKED, InvitationState.ACCEPTED)


def to_come(department: Department) -> QuerySet[Invitation]:
    days = {"day__date__gte": timezone.localdate(), "day__state__in": UNFINISHED}
    return Invitation.objects.filter(department=department, state__in=STANDING, came__isnull=True, **days)


def open_with(old: Department) -> list[Matter]:
    return [Matter("邀请进站（还没到日子的）", to_come(old).count(), "次")]


def take_over(old: Department, new: Department, *, by: User) -> None:
    """Where the successor is invited to the same day, the old one's invitation is withdrawn: one department, one seat."""
    for pk, day_pk in to_come(old).order_by("day_id", "pk").values_list("pk", "day_id"):
        day = lock(day_pk)
        one = Invitation.objects.select_for_update(of=("self",)).get(pk=pk)
        before = {"department": old.pk, "answer": one.state}
        invited = Invitation.objects.filter(day=day, department=new).exclude(state=InvitationState.WITHDRAWN)
        if invited.exists():
            one.state = InvitationState.WITHDRAWN
        else:
            one.department = new
        one.save(update_fields=["state", "department"])
        if before["answer"] == InvitationState.ACCEPTED:  # who comes is part of what was told
            day.to_tell = True
            day.save(update_fields=["to_tell"])
        after = {"invitation": pk, "department": one.department_id, "answer": one.state}
        note = f"{old.name}已并入{new.name}"
        record(day, "invitation_merge", actor=by, before=before, after=after, note=note)
