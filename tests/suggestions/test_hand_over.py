import pytest

from suggestions import workflow
from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import fresh, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.REPORTED)


def test_the_result_goes_to_the_receiving_deputy(client, people, case):
    answer = press(client, people.town_staff, "hand_over", case, note="请尽快回复。")
    assert "等张为民代表回复选民" in said(answer)
    assert fresh(case).state == State.HANDED_OVER


def test_the_result_is_on_the_page_to_be_checked(client, people, case):
    assert "路灯已修好。" in show(client, people.town_staff, "hand_over", case).text


def test_without_a_deputy_the_station_replies(client, people):
    case = factories.case_in(people, State.REPORTED, deputy=None)
    assert "没有接待代表" in show(client, people.town_staff, "hand_over", case).text
    answer = press(client, people.town_staff, "hand_over", case)
    assert "等博爱县甲镇联络站回复选民" in said(answer)


def test_what_the_hub_had_handled_goes_back_to_the_township_first(client, people):
    case = reported_to_the_hub(people)
    assert "先把结果转回博爱县甲镇联络站" in show(client, people.hub_staff, "hand_over", case).text
    press(client, people.hub_staff, "hand_over", case)
    assert fresh(case).state == State.REPORTED


def test_the_department_does_not_hand_over(client, people, case):
    assert press(client, people.clerk, "hand_over", case).status_code == 403


def reported_to_the_hub(people):
    case = factories.case_in(people, State.REGISTERED)
    workflow.escalate(case.pk, opinion="请县里研究。", by=people.town_staff)
    workflow.assign(case.pk, lead=people.county_department, by=people.hub_staff)
    workflow.take(case.pk, by=people.county_clerk)
    return workflow.report(case.pk, result_kind="solved", text="县里修好了。", by=people.county_clerk)
