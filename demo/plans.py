"""How far each case of the demo goes, and by which turns."""

from __future__ import annotations

from dataclasses import dataclass, field

from suggestions.choices import State


@dataclass(frozen=True)
class Plan:
    """How far a case goes and what happens to it on its way. ``ago``: calendar days before the anchor it began."""

    to: State
    ago: int
    turns: frozenset[str] = field(default_factory=frozenset)
    pace: int = 2  # working days between steps
    loud: bool = False  # tell people, so that inboxes are not empty


def plans() -> list[Plan]:
    """Every state, early and late, with every turn a case can take."""

    def some(to: State, days: list[int], *turns: str, pace: int = 2, loud: bool = False) -> list[Plan]:
        return [Plan(to, ago, frozenset(turns), pace, loud) for ago in days]

    S = State
    return [
        *some(S.SUBMITTED, [1, 2, 4], "web", loud=True),
        *some(S.SUBMITTED, [15], "web"),
        *some(S.REGISTERED, [1, 2, 3], loud=True),
        *some(S.REGISTERED, [7, 20]),
        *some(S.REGISTERED, [5], "county", "escalated"),
        *some(S.REGISTERED, [6], "phone"),
        *some(S.REGISTERED, [9], "objected"),
        *some(S.ASSIGNED, [4, 6, 8], loud=True, pace=1),
        *some(S.ASSIGNED, [26], "urged", pace=1),
        *some(S.ASSIGNED, [9], "county", "escalated", pace=1),
        *some(S.HANDLING, [10, 12, 14, 20]),
        *some(S.HANDLING, [16], "co"),
        *some(S.HANDLING, [32], "urged"),
        *some(S.HANDLING, [45], "supervised", "urged"),
        *some(S.HANDLING, [18], "extension asked"),
        *some(S.HANDLING, [30], "extension granted"),
        *some(S.HANDLING, [40, 60], "county", "escalated"),
        *some(S.HANDLING, [100], "county", "escalated", "supervised"),
        *some(S.REPORTED, [14, 18]),
        *some(S.REPORTED, [50], "county", "escalated", "unreturned"),
        *some(S.REPORTED, [40], pace=4),
        *some(S.HANDED_OVER, [16, 20, 24], loud=True),
        *some(S.HANDED_OVER, [55], pace=3),
        *some(S.HANDED_OVER, [48], "county", "escalated", loud=True),
        *some(S.REPLIED, [22, 26, 28]),
        *some(S.REPLIED, [60], "county", "escalated", pace=5),
        *some(S.ASSESSING, [120], pace=4),
        *some(S.MERGED, [9, 10], "web"),
        *some(S.REFUSED, [30], "web", "court"),
        *some(S.REFUSED, [44], "web", "vague"),
        *some(S.WITHDRAWN, [25], "web"),
        *some(S.ASSIGNED, [50], "redo", pace=3),
        *some(S.CLOSED, [150], "redo"),
        *some(S.CLOSED, [130], "joint"),
        *some(S.CLOSED, [200], "planned"),
        *some(S.CLOSED, [290], "planned", "county", "escalated"),
        *some(S.CLOSED, [90, 140], "objected"),
        *some(S.CLOSED, [110], "co", "county", "escalated"),
        *some(S.CLOSED, [80], "unrated", pace=3),
        *some(S.CLOSED, [30, 55, 75, 95, 115, 135, 155, 175, 195, 215, 235, 255], "answered"),
        *some(S.CLOSED, list(range(45, 285, 6))),
        *some(S.CLOSED, list(range(70, 290, 20)), "county", "escalated", pace=4),
    ]
