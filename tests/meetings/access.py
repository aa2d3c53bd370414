"""The rows of this room for tests/test_access_matrix.py."""

from types import SimpleNamespace
from typing import Any

from tests.meetings.factories import invited, meeting

# The deputy of 甲镇 is invited to a meeting today.
EVERYBODY = "222222224"
COUNTY_OFFICE = "233333334"
OFFICE_OF_ROW = "234444344"  # of somebody invited: the county office; the deputy's staff and the deputy see the row

GET: dict[str, str] = {
    "meetings:create": "233333333",
    **dict.fromkeys(
        (f"meetings:{verb}" for verb in ("edit", "cancel", "invite", "add_citizen", "sign_in")), COUNTY_OFFICE
    ),
    "meetings:answer": "234444244",
}
READ: dict[str, str] = {
    "meetings:list": "222222222",
    "meetings:meeting": EVERYBODY,
    "meetings:sheet": COUNTY_OFFICE,
    **dict.fromkeys(("reports:export_meetings", "reports:export_attendance"), "222233332"),
}
POST: dict[str, str] = {
    "meetings:conclude": COUNTY_OFFICE,
    "meetings:reopen": COUNTY_OFFICE,
    "meetings:take_off": OFFICE_OF_ROW,
    "meetings:erase_citizen": OFFICE_OF_ROW,
}
STRICTER_POSTS: dict[str, str] = {}


def arguments(people: SimpleNamespace) -> dict[str, dict[str, Any]]:
    """URL name → its arguments, of things made for the scene; the things belong to 甲镇."""
    one = meeting(people)
    row = {"pk": invited(one, people.deputy).pk}
    pages = ("meeting", "edit", "cancel", "conclude", "reopen", "invite", "add_citizen", "sign_in", "sheet")
    rows = ("answer", "take_off", "erase_citizen")
    return {
        **{f"meetings:{name}": {"pk": one.pk} for name in pages},
        **{f"meetings:{name}": row for name in rows},
    }
