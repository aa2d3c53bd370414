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
    return factories.case_in(people, State.REGISTERED)


def test_up_to_the_county_office(client, people, case):
    answer = press(client, people.town_staff, "escalate", case, opinion="超出本镇权限。")
    assert "已上报博爱县中心站" in said(answer)
    assert fresh(case).desk == people.hub


def test_level_by_level(client, people):
    case = factories.register(people, station=people.point, by=people.point_staff)
    press(client, people.point_staff, "escalate", case, opinion="请镇里研究。")
    assert fresh(case).desk == people.town


def test_without_a_reason_it_stays(client, people, case):
    press(client, people.town_staff, "escalate", case, opinion="")
    assert fresh(case).desk == people.town


def test_above_the_hub_there_is_nothing(client, people):
    case = factories.register(people, by=people.hub_staff, station=people.hub)
    assert "没有上级站" in show(client, people.hub_staff, "escalate", case).text


def test_who_sent_it_up_still_sees_it(client, people, case):
    press(client, people.town_staff, "escalate", case, opinion="超出本镇权限。")
    page = show(client, again(people.town_staff), "case", case)
    assert page.status_code == 200
    assert page.context["main_steps"] == []
