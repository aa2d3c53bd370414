import pytest

from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import fresh, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.SUBMITTED)


def test_with_one_of_the_six_reasons(client, people, case):
    answer = press(client, people.town_staff, "refuse", case, reason="court", note="请按诉讼程序反映。")
    assert "已由人民法院受理" in said(answer)
    case = fresh(case)
    assert (case.state, case.refuse_note) == (State.REFUSED, "请按诉讼程序反映。")


@pytest.mark.parametrize("reason", ["", "busy"])
def test_without_a_reason_it_stays(client, people, case, reason):
    press(client, people.town_staff, "refuse", case, reason=reason)
    assert fresh(case).state == State.SUBMITTED


def test_what_was_registered_by_hand_cannot_be_refused(client, people):
    case = factories.case_in(people, State.REGISTERED)
    assert "不能“不予受理”" in show(client, people.town_staff, "refuse", case).text
