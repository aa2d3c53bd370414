"""The rows of this room for tests/test_access_matrix.py."""

from types import SimpleNamespace
from typing import Any

from tests.consultations import factories

# The whistle is 甲镇's and calls the clerk's department.
DEPARTMENT_STEP = "334424444"
STATION_STEP = "224434444"

GET: dict[str, str] = {
    "consultations:whistle_blow": "222233332",  # each for the own station
    **dict.fromkeys(
        (f"consultations:whistle_{step}" for step in ("check_in", "note", "report", "refuse", "judge")), DEPARTMENT_STEP
    ),
    **dict.fromkeys(
        (f"consultations:whistle_{step}" for step in ("answer", "send_back", "withdraw", "rate")), STATION_STEP
    ),
    "consultations:whistle_decide": "234434444",
}
READ: dict[str, str] = {
    "consultations:whistles": "222222222",
    "consultations:whistle": "224424444",
}
POST: dict[str, str] = {}
STRICTER_POSTS: dict[str, str] = {}


def arguments(people: SimpleNamespace) -> dict[str, dict[str, Any]]:
    """URL name → its arguments, of things made for the scene; the things belong to 甲镇."""
    whistle = factories.whistle(people)
    (call,) = whistle.calls.all()
    steps = (name for name in GET if name != "consultations:whistle_blow")
    return {"consultations:whistle": {"pk": whistle.pk}} | {key: {"pk": call.pk} for key in steps}
