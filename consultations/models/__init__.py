"""Consultations (协商议事) with parties, three steps, promises; whistles (吹哨) and check-ins."""

from consultations.models.consultation import (
    HELD_STATES,
    OPEN_STATES,
    Consultation,
    ConsultationFile,
    ConsultationQuerySet,
    Party,
    PartyKind,
    State,
    Step,
    StepRelease,
)
from consultations.models.promise import Progress, Promise, PromiseQuerySet, PromiseState
from consultations.models.whistle import (
    OPEN_CALLS,
    Call,
    CallQuerySet,
    CallState,
    Ground,
    Justified,
    Response,
    Solved,
    Whistle,
    WhistleQuerySet,
)

__all__ = [
    "HELD_STATES",
    "OPEN_CALLS",
    "OPEN_STATES",
    "Call",
    "CallQuerySet",
    "CallState",
    "Consultation",
    "ConsultationFile",
    "ConsultationQuerySet",
    "Ground",
    "Justified",
    "Party",
    "PartyKind",
    "Progress",
    "Promise",
    "PromiseQuerySet",
    "PromiseState",
    "Response",
    "Solved",
    "State",
    "Step",
    "StepRelease",
    "Whistle",
    "WhistleQuerySet",
]
