import pytest

from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import fresh, photo, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.ASSESSING)


def test_the_hub_writes_the_conclusion_and_the_case_ends(client, people, case):
    answer = press(client, people.hub_staff, "assess", case, text="组织三方现场评估，更换线路。", files=[photo()])
    assert "评估结论已登记" in said(answer)
    assert fresh(case).state == State.CLOSED
    page = show(client, people.hub_staff, "case", case)
    assert "组织三方现场评估，更换线路。" in page.text
    assert "照片.jpg" in page.text


def test_a_conclusion_of_4001_characters_is_explained(client, people, case):
    assert "最多 4000 字，现在是 4001 字" in press(client, people.hub_staff, "assess", case, text="评" * 4001).text
    assert fresh(case).state == State.ASSESSING


def test_the_township_does_not_assess(client, people, case):
    assert press(client, people.town_staff, "assess", case, text="评估").status_code == 403
