"""Who may acknowledge, ask for leave and swap: action × seat."""

import pytest
from django.core.exceptions import PermissionDenied

from receptions import duties, swaps
from tests.receptions.duties.scene import ask_leave, ask_swap

SEATS = (
    "deputy_user",
    "partner_user",
    "town_staff",
    "hub_staff",
    "other_town_staff",
    "point_staff",
    "officer_user",
    "clerk",
)


# y may, - may not; the duty and the leave are of deputy_user, the partner is partner_user.
TABLE = {
    "acknowledge": "y-yy----",
    "ask_leave": "y-yy----",
    "grant_leave": "--yy----",
    "decline_leave": "--yy----",
    "withdraw_leave": "y-yy----",
    "ask_swap": "y-------",
    "agree_swap": "-yyy----",
    "decline_swap": "-yyy----",
    "withdraw_swap": "y-------",
}


ACTS = {
    "acknowledge": lambda t, by: duties.acknowledge(t.duty.pk, revision=1, by=by),
    "ask_leave": lambda t, by: ask_leave(t, by=by),
    "grant_leave": lambda t, by: duties.grant_leave(ask_leave(t).pk, by=by),
    "decline_leave": lambda t, by: duties.decline_leave(ask_leave(t).pk, note="人手不够", by=by),
    "withdraw_leave": lambda t, by: duties.withdraw_leave(ask_leave(t).pk, by=by),
    "ask_swap": lambda t, by: ask_swap(t, by=by),
    "agree_swap": lambda t, by: swaps.agree(ask_swap(t).pk, by=by),
    "decline_swap": lambda t, by: swaps.decline(ask_swap(t).pk, by=by),
    "withdraw_swap": lambda t, by: swaps.withdraw(ask_swap(t).pk, by=by),
}


@pytest.mark.django_db
@pytest.mark.parametrize("seat", SEATS)
@pytest.mark.parametrize("action", sorted(TABLE))
def test_who_may_do_what(town, action, seat):
    by = getattr(town, seat)
    if TABLE[action][SEATS.index(seat)] == "y":
        ACTS[action](town, by)
    else:
        with pytest.raises(PermissionDenied):
            ACTS[action](town, by)
