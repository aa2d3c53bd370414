"""What deputies and the county office are told of a meeting, and whether it is still true when it is sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from deputies import reach
from meetings.models import Answer, Attendee, Meeting, MeetingState
from messaging import outbox
from receptions.arrangements import staff_near
from receptions.dates import full_date
from stations.models import Kind, Station

if TYPE_CHECKING:
    from accounts.models import User


def when(one: Meeting) -> str:
    return f"{full_date(one.held_on)} {one.starts_at:%H:%M}，{one.place}"


def _tell(one: Meeting, rows: Iterable[Attendee], what: str, subject: str, body: str, relevance: str) -> None:
    """One message a deputy; where the link leads, the deputy answers with one press."""
    if outbox.is_muted():
        return
    outbox.tell_all(
        outbox.Message(
            key=f"meeting:{one.pk}:r{one.revision}:{what}:{row.pk}",
            recipients=[reach.recipient(row.deputy)],
            subject=subject,
            body=body,
            link=reverse("meetings:answer", args=[row.pk]) if what != "off" else reverse("meetings:list"),
            relevance=f"meetings.telling.{relevance}:{one.pk}:{one.revision}:{row.deputy_id}",
            scope=_hub_path(one),
            sms={"template": f"meeting_{what}", "params": [f"{row.deputy.name}代表", one.title, when(one)]},
        )
        for row in rows
        if row.deputy is not None
    )


def _hub_path(one: Meeting) -> str:
    hub = Station.objects.filter(county=one.county_id, kind=Kind.HUB).first()
    return hub.path if hub else ""


def invited(one: Meeting, rows: Iterable[Attendee]) -> None:
    if one.held_on >= timezone.localdate():
        body = f"{when(one)}\n能否参加，请点开答复。"
        _tell(one, rows, "invited", f"请您列席{one.title}", body, "is_invited")


def moved(one: Meeting, rows: Iterable[Attendee]) -> None:
    if one.held_on >= timezone.localdate():
        _tell(one, rows, "moved", f"{one.title}的时间地点有变", f"现在是：{when(one)}", "is_invited")


def cancelled(one: Meeting, rows: Iterable[Attendee]) -> None:
    body = f"原定{when(one)}\n原因：{one.cancel_reason}"
    _tell(one, rows, "cancelled", f"{one.title}取消", body, "is_cancelled")


def taken_off(row: Attendee) -> None:
    one = row.meeting
    if one.held_on >= timezone.localdate():
        _tell(one, [row], "off", f"不用列席{one.title}了", f"原定{when(one)}", "is_off")


def answered(row: Attendee, *, by: User) -> None:
    """The county office hears who is not coming; that somebody comes stands on the page."""
    hub = Station.objects.filter(county=row.meeting.county_id, kind=Kind.HUB).first()
    if row.answer != Answer.DECLINED or row.deputy is None or hub is None:
        return
    outbox.tell(
        key=f"meeting:{row.meeting_id}:declined:{row.pk}:{row.answered_at:%Y%m%d%H%M%S}",
        people=[person for person in staff_near(hub) if person != by],
        subject=f"{row.deputy.name}代表不能列席{row.meeting.title}",
        body=f"原因：{row.reason}",
        link=reverse("meetings:meeting", args=[row.meeting_id]),
        relevance=f"meetings.telling.has_declined:{row.pk}",
        scope=hub.path,
    )


# --- asked when it is sent ----------------------------------------------------------------


def is_invited(meeting: str, revision: str, deputy: str) -> bool:
    found = Attendee.objects.filter(meeting=int(meeting), deputy=int(deputy), meeting__state=MeetingState.PLANNED)
    return found.filter(meeting__revision=int(revision), meeting__held_on__gte=timezone.localdate()).exists()


def is_cancelled(meeting: str, revision: str, deputy: str) -> bool:
    found = Meeting.objects.filter(pk=int(meeting), state=MeetingState.CANCELLED)
    return found.filter(held_on__gte=timezone.localdate()).exists()


def is_off(meeting: str, revision: str, deputy: str) -> bool:
    return not Attendee.objects.filter(meeting=int(meeting), deputy=int(deputy)).exists()


def has_declined(attendee: str) -> bool:
    return Attendee.objects.filter(pk=int(attendee), answer=Answer.DECLINED).exists()
