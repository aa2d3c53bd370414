import pytest

from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


def test_the_county_office_marks_the_case(client, people):
    case = factories.case_in(people, State.HANDLING)
    assert "已督办" in said(press(client, people.hub_staff, "supervise", case, note="请重点督办。"))
    assert "县督办" in show(client, people.clerk, "case", case).text


def test_the_township_does_not_supervise(client, people):
    case = factories.case_in(people, State.HANDLING)
    assert press(client, people.town_staff, "supervise", case).status_code == 403
