import datetime as dt

import pytest

from suggestions import workflow
from suggestions.choices import State
from suggestions.models import Extension
from tests import factories
from tests.suggestions.acts import fresh, press, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    case = factories.case_in(people, State.HANDLING)
    later = case.due_on + dt.timedelta(days=7)
    return workflow.ask_extension(case.pk, new_due_on=later, reason="雨季不能施工。", by=people.clerk)


def test_the_desk_sees_what_is_asked_and_why(client, people, case):
    page = show(client, people.town_staff, "decide_extension", case)
    assert "雨季不能施工。" in page.text
    assert "村镇建设中心" in page.text


def test_granted_the_limit_moves(client, people, case):
    old = case.due_on
    press(client, people.town_staff, "decide_extension", case, grant="yes")
    assert fresh(case).due_on == old + dt.timedelta(days=7)
    assert Extension.objects.get().decided_by == people.town_staff


def test_denied_needs_a_reason(client, people, case):
    page = press(client, people.town_staff, "decide_extension", case, grant="no")
    assert "不批准时请写明理由" in page.text
    assert Extension.objects.get().state == "asked"


def test_denied_the_limit_stays(client, people, case):
    old = case.due_on
    press(client, people.town_staff, "decide_extension", case, grant="no", note="可以先做排水。")
    assert fresh(case).due_on == old
    assert "可以先做排水。" in show(client, people.clerk, "case", case).text


def test_nothing_to_decide_is_said(client, people):
    case = factories.case_in(people, State.HANDLING)
    assert "没有待批准的延期申请" in show(client, people.town_staff, "decide_extension", case).text


def test_the_department_does_not_grant_its_own_request(client, people, case):
    assert press(client, people.clerk, "decide_extension", case, grant="yes").status_code == 403
