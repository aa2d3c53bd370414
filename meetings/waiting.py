"""What of meetings waits for somebody today, on 我的待办 (liaison/lib/panels.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from liaison.lib.panels import Line, Panel
from meetings.models import Answer, Attendee, MeetingState

if TYPE_CHECKING:
    from accounts.models import User
    from suggestions.faces import Faces


def for_user(user: User, faces: Faces) -> list[Panel]:
    """A deputy's invitations without an answer, as long as the meeting is to come."""
    if not user.seats.deputies:
        return []
    asked = Attendee.objects.filter(deputy__in=user.seats.deputy_ids, answer=Answer.ASKED)
    coming = asked.filter(meeting__state=MeetingState.PLANNED, meeting__held_on__gte=faces.today)
    lines = [_line(row) for row in coming.select_related("meeting").order_by("meeting__held_on", "pk")]
    if not lines:
        return []
    url = reverse("meetings:list")
    return [Panel("meetings", "请您列席的会议", lines, len(lines), url, colour="yellow")]


def _line(row: Attendee) -> Line:
    one = row.meeting
    return Line(
        one.title,
        reverse("meetings:meeting", args=[one.pk]),
        (f"{one.held_on:%-m月%-d日} {one.starts_at:%-H:%M}", one.place),
        step="答复能否参加",
        step_url=reverse("meetings:answer", args=[row.pk]),
    )
