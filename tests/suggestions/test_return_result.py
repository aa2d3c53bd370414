import pytest

from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import fresh, press, said, show
from tests.suggestions.test_hand_over import reported_to_the_hub

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return reported_to_the_hub(people)


def test_the_result_comes_back_to_where_the_case_came_in(client, people, case):
    answer = press(client, people.hub_staff, "return_result", case, note="请反馈代表。")
    assert "结果已转回博爱县甲镇联络站" in said(answer)
    assert fresh(case).desk == people.town
    page = show(client, people.town_staff, "case", case)
    assert [row.action for row in page.context["main_steps"]] == ["hand_over"]


def test_it_is_the_expected_step_of_the_hub(client, people, case):
    page = show(client, people.hub_staff, "case", case)
    assert [row.action for row in page.context["main_steps"]] == ["return_result"]


def test_what_came_in_at_the_desk_has_nowhere_to_go_back_to(client, people):
    case = factories.case_in(people, State.REPORTED)
    assert "直接反馈代表即可" in show(client, people.town_staff, "return_result", case).text


def test_the_township_cannot_fetch_it(client, people, case):
    assert press(client, people.town_staff, "return_result", case).status_code == 403
