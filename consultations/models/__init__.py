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
    "OPEN_CALLS",
    "Call",
    "CallQuerySet",
    "CallState",
    "Ground",
    "Justified",
    "Response",
    "Solved",
    "Whistle",
    "WhistleQuerySet",
]
