"""The rows of this room for tests/test_access_matrix.py."""

from types import SimpleNamespace
from typing import Any

from tests.supervision import factories as make

EVERYBODY = "222222222"
COUNTY = "222222224"  # everybody with a seat in the county
OFFICE = "233333333"  # the county office, asked for nothing in particular
OF_OFFICE = "233333334"  # the same, for a thing of the county

GET: dict[str, str] = {
    **dict.fromkeys((f"supervision:{verb}" for verb in ("edit_group", "add_members", "add_expert")), OF_OFFICE),
    "supervision:edit_expert": OF_OFFICE,
}
READ: dict[str, str] = {
    "supervision:home": EVERYBODY,
    "supervision:group": COUNTY,
}
POST: dict[str, str] = {
    "supervision:found_groups": OFFICE,
    "supervision:reveal_experts": "233333234",  # the deputy leads the group
    "supervision:end_member": OF_OFFICE,
    "supervision:end_expert": OF_OFFICE,
}
STRICTER_POSTS: dict[str, str] = {}


def arguments(people: SimpleNamespace) -> dict[str, dict[str, Any]]:
    """URL name → its arguments, of things made for the scene; the things belong to 甲镇."""
    group = make.group(people)
    of_group = ("group", "edit_group", "reveal_experts", "add_members", "add_expert")
    expert = make.expert(group)
    return {
        **{f"supervision:{name}": {"pk": group.pk} for name in of_group},
        "supervision:end_member": {"pk": make.member(group, people.other_deputy).pk},
        **{f"supervision:{name}": {"pk": expert.pk} for name in ("edit_expert", "end_expert")},
    }
