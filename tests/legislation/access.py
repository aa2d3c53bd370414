"""The rows of this room for tests/test_access_matrix.py."""

from types import SimpleNamespace
from typing import Any

from tests.legislation.factories import draft_law, material, opinion

# A published draft of the county; an opinion that a deputy of 甲镇 gave.
EVERYBODY = "222222224"
COUNTY_OFFICE = "233333334"
OFFICE_OF_ROW = "234444344"  # the county office; the deputy sees the row, the deputy's staff too

GET: dict[str, str] = {
    "legislation:create": "233333333",
    "legislation:edit": COUNTY_OFFICE,
    "legislation:give": "222233234",  # staff of stations, deputies
    "legislation:mark": OFFICE_OF_ROW,
}
READ: dict[str, str] = {
    "legislation:list": "222222222",
    "legislation:draft": EVERYBODY,
    "legislation:material": EVERYBODY,
    "legislation:gathered_xlsx": COUNTY_OFFICE,
    "legislation:gathered_word": COUNTY_OFFICE,
    "legislation:opinion": "224444244",
    "reports:export_opinions": "222233332",
}
POST: dict[str, str] = {
    **{f"legislation:{verb}": COUNTY_OFFICE for verb in ("publish", "take_back", "send_up", "conclude")},
    **{
        f"legislation:{verb}": OFFICE_OF_ROW
        for verb in ("merge", "unmerge", "set_aside", "take_in", "reveal", "erase_giver")
    },
}
STRICTER_POSTS: dict[str, str] = {}
DRAFT = ("draft", "edit", "publish", "take_back", "send_up", "conclude", "gathered_xlsx", "gathered_word", "give")
OPINION = ("opinion", "merge", "unmerge", "set_aside", "take_in", "reveal", "erase_giver", "mark")


def arguments(people: SimpleNamespace) -> dict[str, dict[str, Any]]:
    """URL name → its arguments, of things made for the scene; the things belong to 甲镇."""
    one = draft_law(people)
    row = opinion(people, one, kind="deputy", deputy=people.deputy)
    file = {"pk": one.pk, "file_id": material(one).pk}
    return {
        **{f"legislation:{name}": {"pk": one.pk} for name in DRAFT},
        **{f"legislation:{name}": {"pk": row.pk} for name in OPINION},
        "legislation:material": file,
        "portal:draft_file": file,
        "portal:draft": {"pk": one.pk},
        "portal:give_opinion": {"pk": one.pk},
    }
