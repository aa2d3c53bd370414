import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suggestions.choices import State
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", State.values)
def test_a_case_reaches_every_state_by_the_real_steps(state):
    people = factories.cast()
    assert factories.case_in(people, state).state == state


def test_a_whole_case_costs_few_queries():
    people = factories.cast()
    factories.case_in(people, State.CLOSED)  # the first of the year makes the series of numbers
    with CaptureQueriesContext(connection) as queries:
        factories.case_in(people, State.CLOSED)
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 47, "\n".join(asked)
