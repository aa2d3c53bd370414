import pytest

from suggestions.choices import State
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", State.values)
def test_a_case_reaches_every_state_by_the_real_steps(state):
    people = factories.cast()
    assert factories.case_in(people, state).state == state
