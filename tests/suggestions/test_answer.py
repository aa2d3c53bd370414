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
    return factories.case_in(people, State.REGISTERED)


def test_the_deputy_answers_on_the_spot(client, people, case):
    answer = press(client, people.deputy_user, "answer", case, text="已当场联系供电所。")
    assert "已当场答复" in said(answer)
    case = fresh(case)
    assert (case.state, case.on_the_spot, case.reply) == (State.REPLIED, True, "已当场联系供电所。")


def test_staff_answer_on_the_spot(client, people, case):
    press(client, people.town_staff, "answer", case, text="已解释政策。")
    assert fresh(case).state == State.REPLIED


def test_an_empty_answer_is_none(client, people, case):
    press(client, people.town_staff, "answer", case, text="")
    assert fresh(case).state == State.REGISTERED
