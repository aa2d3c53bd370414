import pytest

from suggestions import workflow
from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import fresh, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


def test_a_replied_case_is_archived_by_the_desk(client, people):
    case = factories.case_in(people, State.REPLIED)
    assert "已归档" in said(press(client, people.town_staff, "archive", case))
    assert fresh(case).state == State.CLOSED


def test_the_deputy_does_not_archive(client, people):
    case = factories.case_in(people, State.REPLIED)
    assert press(client, people.deputy_user, "archive", case).status_code == 403


def test_what_is_planned_is_asked_again(client, people):
    case = factories.case_in(people, State.HANDLING)
    workflow.report(case.pk, result_kind="planned", text="列入明年计划。", by=people.clerk)
    workflow.hand_over(case.pk, by=people.town_staff)
    workflow.reply(case.pk, text="明年修。", by=people.deputy_user)
    press(client, people.town_staff, "archive", case)
    assert "回访" in show(client, people.town_staff, "case", case).text
