import datetime as dt

import pytest
from django.utils import timezone

from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import fresh, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.REPORTED)


def test_with_a_reason_the_department_goes_on(client, people, case):
    answer = press(client, people.town_staff, "send_back", case, reason="请附现场照片。")
    assert "已退回村镇建设中心继续办理" in said(answer)
    assert fresh(case).state == State.HANDLING
    page = show(client, people.clerk, "case", case)
    assert "请附现场照片。" in page.text
    assert [row.action for row in page.context["main_steps"]] == ["report"]


def test_until_a_date(client, people, case):
    day = timezone.localdate() + dt.timedelta(days=3)
    press(client, people.town_staff, "send_back", case, reason="请附照片。", due_on=day.isoformat())
    assert fresh(case).due_on == day


@pytest.mark.parametrize("days", [0, -3])
def test_a_date_that_has_passed_is_explained(client, people, case, days):
    day = timezone.localdate() + dt.timedelta(days=days)
    page = press(client, people.town_staff, "send_back", case, reason="请附照片。", due_on=day.isoformat())
    assert "新的期限要在今天之后" in page.text
    assert fresh(case).state == State.REPORTED


def test_without_a_reason_it_stays(client, people, case):
    press(client, people.town_staff, "send_back", case, reason="")
    assert fresh(case).state == State.REPORTED
