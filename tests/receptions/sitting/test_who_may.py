"""Who may do what at the desk, and what may not be done now."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from history.models import Event
from receptions import photos, sittings
from receptions.models import DayState
from receptions.sittings import SittingError
from tests.receptions.sitting.scene import on
from tests.suggestions.acts import again

pytestmark = pytest.mark.django_db


ACTS = {
    "open": lambda day, by: sittings.open_day(day.pk, by=by),
    "go_on": lambda day, by: sittings.reopen(day.pk, by=by),
    "sign_in": lambda day, by: sittings.sign_in(day.pk, 0, badge=True, by=by),
    "undo_sign_in": lambda day, by: sittings.undo_sign_in(day.pk, 0, by=by),
    "officer": lambda day, by: sittings.sign_in_officer(day.pk, 0, by=by),
    "undo_officer": lambda day, by: sittings.undo_officer(day.pk, 0, by=by),
    "count": lambda day, by: sittings.count(day.pk, 1, by=by),
    "close": lambda day, by: sittings.close(day.pk, by=by, summary="", visitors=0, absences={}),
    "correct": lambda day, by: sittings.correct(
        day.pk, by=by, seen_seq=0, summary="", visitors=0, absences={}, reason="x"
    ),
    "add_photos": lambda day, by: photos.add(day.pk, [], by=by),
    "remove_photo": lambda day, by: photos.remove(day.pk, 0, by=by),
}


# hub, own town, other town, point below, department, deputy on duty, officer: y may (and reads why not now), n may not
MAY = "yynnnnn"


SEATS = ("hub_staff", "town_staff", "other_town_staff", "point_staff", "clerk", "deputy_user", "officer_user")


@pytest.mark.parametrize("action", ACTS)
def test_who_may(people, day, action):
    found = ""
    for seat in SEATS:
        on(day, day.date, state=DayState.PLANNED)
        try:
            ACTS[action](day, again(getattr(people, seat)))
        except PermissionDenied:
            found += "n"
        except SittingError:
            found += "y"
        else:
            found += "y"
    assert found == MAY


@pytest.mark.parametrize("action", [action for action in ACTS if action not in ("open", "undo_officer")])
def test_what_may_not_be_done_now_leaves_no_trace(people, day, action):
    with pytest.raises(SittingError):
        ACTS[action](day, people.town_staff)
    assert not Event.objects.filter(chain=day.chain).exists()
