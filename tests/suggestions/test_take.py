import pytest

from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import again, fresh, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.ASSIGNED)


def test_the_lead_takes_it_with_one_press(client, people, case):
    answer = press(client, people.clerk, "take", case)
    assert answer.status_code == 302
    assert "已签收。请在" in said(answer)
    assert fresh(case).state == State.HANDLING
    assert fresh(case).assignments.get(role="lead").taken_by == people.clerk


def test_the_page_alone_takes_nothing(client, people, case):
    show(client, people.clerk, "take", case)
    assert fresh(case).state == State.ASSIGNED


def test_the_co_handler_does_not_take_it(client, people, case):
    assert press(client, people.second_clerk, "take", case).status_code == 403
    assert fresh(case).state == State.ASSIGNED


def test_afterwards_the_page_asks_for_the_result(client, people, case):
    press(client, people.clerk, "take", case)
    page = show(client, again(people.clerk), "case", case)
    assert [row.action for row in page.context["main_steps"]] == ["report"]
