"""Meetings of the standing committee and who attends them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from meetings.models import Attendee, AttendeeKind, Citizen, Meeting


def meeting(people: SimpleNamespace, **fields: Any) -> Meeting:
    """第十五届人大常委会第三次会议, today at nine, unless ``fields`` say otherwise."""
    what = {
        "session": 15,
        "number": 3,
        "held_on": timezone.localdate(),
        "starts_at": "09:00",
        "place": "县人大三楼会议室",
    }
    agenda = "听取和审议民生实事进展情况的报告\n人事任免"
    one = Meeting.objects.create(**{"county": people.county, "agenda": agenda, **what, **fields})
    one.refresh_from_db()
    return one


def invited(one: Meeting, deputy: Any, **fields: Any) -> Attendee:
    return Attendee.objects.create(meeting=one, kind=AttendeeKind.DEPUTY, deputy=deputy, **fields)


def citizen(one: Meeting, **fields: Any) -> Attendee:
    """冯听会, whose telephone is known."""
    attendee = Attendee.objects.create(meeting=one, kind=AttendeeKind.CITIZEN, answer="coming")
    person = {"name": "冯听会", "phone": "13600007777", "address": "甲村"}
    Citizen.objects.create(attendee=attendee, **{**person, **fields})
    return attendee
