"""Reception days (接待日): the rule, the days it makes, who is on duty, and what happens on the day."""

from receptions.models.brand import Brand
from receptions.models.day import UNFINISHED, DayPhoto, DayState, ReceptionDay, ReceptionDayQuerySet
from receptions.models.duty import Duty, DutyQuerySet, OfficerSignIn
from receptions.models.feed import CalendarFeed
from receptions.models.invitation import Invitation, InvitationQuerySet, InvitationState
from receptions.models.leave import Leave, LeaveQuerySet, LeaveState
from receptions.models.rule import QuarterTheme, ReceptionRule
from receptions.models.swap import Swap, SwapState

__all__ = [
    "UNFINISHED",
    "Brand",
    "CalendarFeed",
    "DayPhoto",
    "DayState",
    "Duty",
    "DutyQuerySet",
    "Invitation",
    "InvitationQuerySet",
    "InvitationState",
    "Leave",
    "LeaveQuerySet",
    "LeaveState",
    "OfficerSignIn",
    "QuarterTheme",
    "ReceptionDay",
    "ReceptionDayQuerySet",
    "ReceptionRule",
    "Swap",
    "SwapState",
]
