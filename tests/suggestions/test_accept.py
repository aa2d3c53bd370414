import pytest

from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import fresh, press, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.SUBMITTED)


def test_one_press_and_it_waits_for_triage(client, people, case):
    answer = press(client, people.town_staff, "accept", case)
    assert "已受理" in said(answer)
    assert fresh(case).state == State.REGISTERED


def test_the_deputy_it_is_addressed_to_does_not_accept_it(client, people, case):
    assert press(client, people.deputy_user, "accept", case).status_code == 403


def test_afterwards_one_stays_with_the_case_to_assign_it(client, people, case):
    assert press(client, people.town_staff, "accept", case).url == f"/cases/{case.pk}/"
