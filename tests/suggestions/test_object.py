import pytest

from suggestions import workflow
from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import again, events, fresh, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.ASSIGNED)


def test_with_a_reason_it_goes_back_to_the_desk(client, people, case):
    answer = press(client, people.clerk, "object", case, reason="路灯由供电所管理。")
    assert "已申退，退回博爱县甲镇联络站" in said(answer)
    case = fresh(case)
    assert (case.state, case.lead) == (State.REGISTERED, None)
    page = show(client, people.town_staff, "case", case)
    assert "路灯由供电所管理。" in page.text


@pytest.mark.parametrize("reason", ["", "   ", "\u3000\u200b"])
def test_without_a_reason_it_stays(client, people, case, reason):
    page = press(client, people.clerk, "object", case, reason=reason)
    assert "请填写。" in page.text
    assert fresh(case).state == State.ASSIGNED


def test_once_taken_it_is_too_late(client, people, case):
    workflow.take(case.pk, by=people.clerk)
    page = press(client, people.clerk, "object", case, reason="不属于本单位。")
    assert "不能“申退”" in page.text
    assert events(case)[-1] == "take"


def test_the_department_still_sees_what_it_objected_to(client, people, case):
    press(client, people.clerk, "object", case, reason="不属于本单位。")
    assert show(client, again(people.clerk), "case", case).status_code == 200


def test_the_desk_cannot_object(client, people, case):
    assert press(client, people.town_staff, "object", case, reason="退").status_code == 403
