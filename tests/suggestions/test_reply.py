import pytest

from suggestions import workflow
from suggestions.choices import State
from tests import factories
from tests.suggestions.acts import fresh, press, said, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.HANDED_OVER)


def test_the_deputy_replies(client, people, case):
    answer = press(client, people.deputy_user, "reply", case, text="路灯修好了，请您看看。")
    assert "已回复选民，谢谢" in said(answer)
    case = fresh(case)
    assert (case.state, case.reply) == (State.REPLIED, "路灯修好了，请您看看。")


def test_the_result_can_be_put_in_with_one_press(client, people, case):
    assert 'data-phrase="路灯已修好。"' in show(client, people.deputy_user, "reply", case).text


def test_staff_reply_for_the_deputy_and_the_history_says_so(client, people, case):
    assert "您代其回复" in show(client, people.town_staff, "reply", case).text
    press(client, people.town_staff, "reply", case, text="修好了。")
    assert "由工作人员代接待代表回复" in show(client, people.town_staff, "case", case).text


def test_an_empty_reply_is_none(client, people, case):
    press(client, people.deputy_user, "reply", case, text="  ")
    assert fresh(case).state == State.HANDED_OVER


def test_another_deputy_does_not_even_see_it(client, people, case):
    assert press(client, people.other_deputy_user, "reply", case, text="修好了。").status_code == 404


def test_everybody_whose_case_was_merged_gets_the_reply(client, people, case):
    merged = factories.register(people, title="路灯坏了")
    workflow.merge(merged.pk, into=case.pk, by=people.town_staff)
    press(client, people.deputy_user, "reply", case, text="修好了。")
    assert (fresh(merged).state, fresh(merged).reply) == (State.REPLIED, "修好了。")
