"""Leave, swaps and the roster at the same moment."""

import pytest
from django.core.exceptions import ValidationError

from receptions import duties, rosters, swaps
from receptions.models import Duty, Leave, LeaveState, SwapState
from tests import factories
from tests.locks import second_waits
from tests.receptions.duties.scene import ask_swap, on, scene
from tests.suggestions.test_atomicity import race


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_agreeing_while_the_office_takes_the_partner_off_never_leaves_half_an_exchange():
    town = scene(factories.cast())
    swap = ask_swap(town)
    results = race(
        lambda: swaps.agree(swap.pk, by=town.partner_user).state,
        lambda: rosters.unassign(town.later.pk, town.partner.pk, by=town.town_staff),
    )
    swap.refresh_from_db()
    if swap.state == SwapState.AGREED:
        assert results == [SwapState.AGREED, False] and on(town.day) == {"赵一"} and on(town.later) == {"张为民"}
    else:
        assert swap.state == SwapState.VOID and on(town.day) == {"张为民"} and on(town.later) == set()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_agreement_waits_for_the_office_that_is_changing_the_day_and_then_sees_what_it_did():
    town = scene(factories.cast())
    swap = ask_swap(town)

    def take_off():
        rosters.unassign(town.later.pk, town.deputy.pk, by=town.town_staff)  # not on duty: only the lock
        town.later_duty.delete()

    done = second_waits(take_off, lambda: swaps.agree(swap.pk, by=town.partner_user).state)
    assert done == SwapState.VOID and on(town.day) == {"张为民"} and on(town.later) == set()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_presses_on_agree_exchange_once():
    town = scene(factories.cast())
    swap = ask_swap(town)
    results = race(*[lambda: swaps.agree(swap.pk, by=town.partner_user).state] * 2)
    assert sum(result == SwapState.AGREED for result in results) == 1
    assert sum(isinstance(result, ValidationError) for result in results) == 1
    assert on(town.day) == {"赵一"} and on(town.later) == {"张为民"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_offices_at_once_do_not_put_one_deputy_on_duty_twice_on_one_date():
    town = scene(factories.cast())
    point_day = factories.reception_day(town, town.later.date, station=town.point)
    results = race(
        lambda: rosters.assign(town.later.pk, town.deputy.pk, by=town.town_staff),
        lambda: rosters.assign(point_day.pk, town.deputy.pk, by=town.point_staff),
    )
    assert sum(isinstance(result, ValidationError) for result in results) == 1
    assert Duty.objects.filter(deputy=town.deputy, day__date=town.later.date).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_granting_leave_while_the_deputy_is_put_on_duty_ends_without_that_duty():
    town = scene(factories.cast())
    leave = duties.ask_leave(
        town.deputy.pk, starts_on=town.later.date, ends_on=town.later.date, reason="出差", by=town.deputy_user
    )
    race(
        lambda: duties.grant_leave(leave.pk, by=town.town_staff),
        lambda: rosters.assign(town.later.pk, town.deputy.pk, by=town.hub_staff),
    )
    assert on(town.later) == {"赵一"} and Leave.objects.get().state == LeaveState.GRANTED
