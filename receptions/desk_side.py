"""What stands beside the entry on the desk: who is there, how many came, who was invited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from receptions.access import may_manage
from receptions.duty_changes import may_add
from receptions.models import DayState, InvitationState, ReceptionDay
from receptions.sittings import cannot_open, may_reopen
from stations.models import ResidentOfficer

if TYPE_CHECKING:
    from accounts.models import User


def side(user: User, day: ReceptionDay, problem: str = "") -> dict[str, Any]:
    """The context of ``receptions/desk_side.html``: four queries. ``problem`` is why the last press did nothing."""
    today = timezone.localdate()
    duties = list(day.duties.select_related("deputy").order_by("deputy__pinyin", "pk"))
    present = [duty.deputy_id for duty in duties if duty.signed_in_at]
    signed = {row.officer_id: row for row in day.officer_sign_ins.select_related("officer")}
    active = ResidentOfficer.objects.filter(station=day.station_id, is_active=True)
    officers = {officer.pk: officer for officer in active.order_by("kind", "name")}
    officers |= {pk: row.officer for pk, row in signed.items() if pk not in officers}
    guests = day.invitations.exclude(state=InvitationState.WITHDRAWN).select_related("department")
    return {
        "day": day,
        "manages": may_manage(user, day.station),
        "is_open": day.state == DayState.OPEN,
        "duties": duties,
        "only_present": present[0] if len(present) == 1 else None,
        "officers": [{"officer": officer, "signed": signed.get(pk)} for pk, officer in officers.items()],
        "guests": list(guests.order_by("pk")),
        "cannot_open": cannot_open(day, today) if day.state == DayState.PLANNED else "",
        "is_late": day.state == DayState.PLANNED and day.date < today,
        "left_open": day.state == DayState.OPEN and day.opened_at and timezone.localdate(day.opened_at) < today,
        "may_reopen": may_reopen(day, today),
        "may_add": may_add(day, today),
        "problem": problem,
    }
