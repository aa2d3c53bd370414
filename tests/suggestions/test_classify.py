import pytest

from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import events, fresh, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.REGISTERED)


def test_field_kind_and_title(client, people, case):
    fields = {"field": "construction", "kind": "suggestion", "title": "甲村村口三盏路灯不亮"}
    assert "已分类：城乡建设" in said(press(client, people.town_staff, "classify", case, **fields))
    case = fresh(case)
    assert (case.field, case.kind, case.title) == ("construction", "suggestion", "甲村村口三盏路灯不亮")
    assert "标题有改动" in show(client, people.town_staff, "case", case).text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"field": "moon"}, "领域"),
        ({"title": ""}, "标题"),
        ({"title": "长" * 81}, "最多 80 字，现在是 81 字"),
    ],
)
def test_what_does_not_fit_is_said(client, people, case, fields, message):
    sound = {"field": "construction", "kind": "opinion", "title": "路灯"}
    assert message in press(client, people.town_staff, "classify", case, **{**sound, **fields}).text
    assert events(case) == ["register"]


def test_a_case_that_is_being_handled_keeps_its_field(client, people):
    case = factories.case_in(people, State.HANDLING)
    assert "不能“分类”" in show(client, people.town_staff, "classify", case).text
