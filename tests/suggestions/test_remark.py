import pytest

from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import events, photo, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.mark.parametrize("seat", ["town_staff", "clerk", "second_clerk", "deputy_user", "hub_staff"])
def test_whoever_has_a_part_in_it_may_note_something(client, people, seat):
    case = factories.case_in(people, State.HANDLING)
    assert "已记下" in said(press(client, getattr(people, seat), "remark", case, note="电话联系过。"))
    assert "电话联系过。" in show(client, people.town_staff, "case", case).text


def test_with_a_file(client, people):
    case = factories.case_in(people, State.HANDLING)
    press(client, people.clerk, "remark", case, note="现场看过。", files=[photo("现场.jpg")])
    assert "现场.jpg" in show(client, people.town_staff, "case", case).text


def test_an_empty_note_is_none(client, people):
    case = factories.case_in(people, State.HANDLING)
    press(client, people.clerk, "remark", case, note="")
    assert "remark" not in events(case)
