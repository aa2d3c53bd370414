import pytest

from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.HANDLING)


def test_the_desk_urges_and_the_count_grows(client, people, case):
    assert "第 1 次" in said(press(client, people.town_staff, "urge", case, note="请抓紧。"))
    assert "第 2 次" in said(press(client, people.hub_staff, "urge", case))
    page = show(client, people.clerk, "case", case)
    assert "已催办 2 次" in page.text
    assert "请抓紧。" in page.text


def test_the_department_does_not_urge_itself(client, people, case):
    assert press(client, people.clerk, "urge", case).status_code == 403
