from meetings.models.meeting import (
    Answer,
    Attendee,
    AttendeeKind,
    AttendeeQuerySet,
    Citizen,
    Meeting,
    MeetingQuerySet,
    MeetingState,
)

__all__ = [
    "Answer",
    "Attendee",
    "AttendeeKind",
    "AttendeeQuerySet",
    "Citizen",
    "Meeting",
    "MeetingQuerySet",
    "MeetingState",
]
