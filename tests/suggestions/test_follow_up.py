import pytest

from suggestions import workflow
from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import fresh, press, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    case = factories.case_in(people, State.HANDLING)
    workflow.report(case.pk, result_kind="planned", text="列入明年计划。", by=people.clerk)
    workflow.hand_over(case.pk, by=people.town_staff)
    workflow.reply(case.pk, text="明年修。", by=people.deputy_user)
    return workflow.archive(case.pk, by=people.town_staff)


def test_still_going_on_is_asked_again_later(client, people, case):
    press(client, people.clerk, "follow_up", case, done="no", text="正在招标。")
    assert fresh(case).follow_up_on is not None
    assert "正在招标。" in show(client, people.clerk, "case", case).text


def test_done_is_a_solved_case(client, people, case):
    press(client, people.town_staff, "follow_up", case, done="yes", text="路灯装好了。")
    assert (fresh(case).follow_up_on, fresh(case).result_kind) == (None, "solved")


def test_a_case_that_was_solved_needs_none(client, people):
    case = factories.case_in(people, State.CLOSED)
    assert "不需要回访" in show(client, people.town_staff, "follow_up", case).text
