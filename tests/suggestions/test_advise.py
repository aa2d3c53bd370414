import pytest

from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import events, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.HANDLING)


def test_the_co_handler_sends_its_opinion_to_the_lead(client, people, case):
    answer = press(client, people.second_clerk, "advise", case, text="可以提供电源。")
    assert "协办意见已送主办单位村镇建设中心" in said(answer)
    assert "可以提供电源。" in show(client, people.clerk, "case", case).text


def test_the_lead_does_not_advise_itself(client, people, case):
    assert press(client, people.clerk, "advise", case, text="意见").status_code == 403


def test_an_empty_opinion_is_none(client, people, case):
    press(client, people.second_clerk, "advise", case, text="")
    assert events(case)[-1] == "take"
