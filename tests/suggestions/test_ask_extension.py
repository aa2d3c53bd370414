import datetime as dt

import pytest
from django.utils import timezone

from suggestions.choices import State
from suggestions.limits import longest
from suggestions.models import Extension
from tests import factories
from tests.suggestions.acts import fresh, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.HANDLING)


def ask(client, people, case, day, reason="雨季不能施工。"):
    return press(client, people.clerk, "ask_extension", case, new_due_on=day.isoformat(), reason=reason)


def test_a_later_date_with_a_reason_waits_for_the_desk(client, people, case):
    old = case.due_on
    answer = ask(client, people, case, old + dt.timedelta(days=7))
    assert "送博爱县甲镇联络站审批" in said(answer)
    extension = Extension.objects.get()
    assert (extension.old_due_on, extension.new_due_on, extension.state) == (old, old + dt.timedelta(days=7), "asked")
    assert fresh(case).due_on == old


def test_the_page_says_how_far_it_may_go(client, people, case):
    page = show(client, people.clerk, "ask_extension", case)
    assert f"原期限 {case.due_on:%Y年%-m月%-d日}" in page.text
    last = longest(case.desk, case.county.rules, timezone.localdate())
    assert f"最迟可延至 {last:%Y年%-m月%-d日}" in page.text


@pytest.mark.parametrize("days", [-400, -1, 0, 400])
def test_a_date_that_is_no_extension_is_explained(client, people, case, days):
    page = ask(client, people, case, case.due_on + dt.timedelta(days=days))
    assert "延期后的日期要晚于原期限" in page.text
    assert not Extension.objects.exists()


def test_a_second_request_waits_for_the_first(client, people, case):
    ask(client, people, case, case.due_on + dt.timedelta(days=7))
    page = ask(client, people, case, case.due_on + dt.timedelta(days=8))
    assert "已有一份延期申请在等批准" in page.text
    assert Extension.objects.count() == 1


def test_without_a_reason_nothing_is_asked(client, people, case):
    ask(client, people, case, case.due_on + dt.timedelta(days=7), reason="")
    assert not Extension.objects.exists()
