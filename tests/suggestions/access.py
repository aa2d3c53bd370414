"""The rows of this room for tests/test_access_matrix.py."""

from types import SimpleNamespace
from typing import Any

from suggestions import formal_signing
from tests.suggestions import factories

# The paper is of the county deputy, whose home is 甲镇; the county's office receives it. Asked to sign: somebody of 甲镇.
WRITERS = "224444244"
GET: dict[str, str] = {
    "suggestions:raise_formal": "222233232",
    "suggestions:check_formal": "234444344",
    "suggestions:formal_opinion": "334444244",
    **dict.fromkeys(
        (f"suggestions:{name}" for name in ("edit_formal", "withdraw_formal", "change_lead", "ask_signers")), WRITERS
    ),
}
READ: dict[str, str] = {
    "suggestions:formal_list": "222222222",
    "suggestions:formal": WRITERS,
    "suggestions:formal_sheet": WRITERS,
    "reports:export_formal": "222233232",
}
POST: dict[str, str] = {
    **dict.fromkeys((f"suggestions:{name}" for name in ("submit_formal", "drop_signer", "remind_signers")), WRITERS),
    "suggestions:answer_signing": "334444344",  # the deputy who is asked has none of these seats
}
STRICTER_POSTS: dict[str, str] = {}


def arguments(people: SimpleNamespace) -> dict[str, dict[str, Any]]:
    """URL name → its arguments, of things made for the scene; the things belong to 甲镇."""
    paper = factories.paper(people)
    (asked,) = formal_signing.ask(paper.pk, factories.colleagues(people, 1), by=people.town_staff)
    names = [
        "formal",
        "check_formal",
        "edit_formal",
        "withdraw_formal",
        "change_lead",
        "ask_signers",
        "submit_formal",
        "formal_opinion",
    ]
    names += ["formal_sheet", "drop_signer", "remind_signers"]
    found = {f"suggestions:{name}": {"pk": paper.pk} for name in names}
    return found | {"suggestions:answer_signing": {"pk": asked.pk}}
