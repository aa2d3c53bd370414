"""A voter says anew, with number and query code, whether what came of it may be public."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from history.models import Event
from suggestions.choices import State
from suggestions.models import PublicResult
from tests import factories
from tests.portal.test_follow import follow

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    cache.clear()
    return factories.cast()


def say(client, word):
    return client.post(reverse("portal:consent"), {"may_publish": word}, follow=True).content.decode()


def test_a_voter_who_said_no_agrees_later(client, people):
    case = factories.case_in(people, State.HANDLING)
    assert "公开意愿：不公开" in follow(client, case)
    page = say(client, "1")
    assert "已改为可以公开" in page and "公开意愿改为：可以公开" in page
    case.refresh_from_db()
    assert case.may_publish and Event.objects.get(chain=case.chain, action="consent").seat == "选民"


def test_a_voter_who_agreed_takes_it_back_and_the_public_page_is_gone(client, people):
    case = factories.case_in(people, State.CLOSED, may_publish=True)
    result = factories.public_result(people, case)
    address = reverse("portal:result", args=[result.pk])
    assert address in follow(client, case) and client.get(address).status_code == 200
    page = say(client, "0")
    assert "公开过的内容已经撤下" in page and address not in page  # the words for what was public
    assert client.get(address).status_code == 404
    assert not PublicResult.objects.public().exists()


def test_neither_word_is_asked_for_again(client, people):
    follow(client, factories.case_in(people, State.REPLIED, may_publish=True))
    assert "请选“可以公开”或“不公开”" in say(client, "")


def test_a_no_to_what_was_never_public_does_not_speak_of_taking_down(client, people):
    follow(client, factories.case_in(people, State.HANDLING, may_publish=True))
    page = say(client, "0")
    assert "已改为不公开。" in page and "撤下" not in page


@pytest.mark.parametrize("state", [State.REFUSED, State.WITHDRAWN])
def test_what_is_never_made_public_has_no_such_question(client, people, state):
    assert "公开意愿" not in follow(client, factories.case_in(people, state))
    assert "不能“更改公开意愿”" in say(client, "1")


def test_a_mind_changed_ten_times_a_day_is_enough(client, people):
    follow(client, factories.case_in(people, State.REPLIED))
    for number in range(10):
        assert "已改为" in say(client, str(1 - number % 2))
    assert "请明天再来" in say(client, "1")


def test_without_the_code_nothing_is_changed(client, people):
    case = factories.case_in(people, State.CLOSED, may_publish=True)
    assert client.post(reverse("portal:consent"), {"may_publish": "0"}).status_code == 302
    case.refresh_from_db()
    assert case.may_publish
