import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from suggestions import workflow
from suggestions.choices import State
from suggestions.models import Rating, Suggestion
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    cache.clear()
    return factories.cast()


def ask(client, number, code):
    return client.post(reverse("portal:query"), {"number": number, "code": code}, follow=True)


def follow(client, case):
    answer = ask(client, case.number, case.query_code)
    assert answer.redirect_chain
    return answer.content.decode()


def test_number_and_code_show_where_it_stands(client, people):
    text = follow(client, factories.case_in(people, State.HANDLING))
    assert "承办单位正在办理" in text and "已交有关单位办理" in text and "应在" in text


@pytest.mark.parametrize("change", [str.lower, lambda text: f" {text} ", lambda text: text.replace("-", "")])
def test_number_and_code_may_be_typed_carelessly(client, people, change):
    case = factories.case_in(people, State.SUBMITTED)
    assert "正在决定是否受理" in ask(client, change(case.number), change(case.query_code)).content.decode()


def test_unknown_number_and_wrong_code_get_the_same_words(client, people):
    case = factories.case_in(people, State.SUBMITTED)
    wrong = ask(client, case.number, "ABCD2345").content.decode()
    unknown = ask(client, "BA2020-00001", "ABCD2345").content.decode()
    assert "编号或查询码不对" in wrong and "编号或查询码不对" in unknown


def test_after_five_wrong_codes_even_the_right_one_waits(client, people):
    case = factories.case_in(people, State.SUBMITTED)
    for _ in range(5):
        ask(client, case.number, "ABCD2345")
    assert "15 分钟后再试" in ask(client, case.number, case.query_code).content.decode()
    # From elsewhere too: the number itself is held, so that nobody guesses through many addresses.
    assert "15 分钟后再试" in ask(Client(REMOTE_ADDR="10.9.9.9"), case.number, case.query_code).content.decode()


def test_nothing_shows_without_the_code(client, people):
    factories.case_in(people, State.REPLIED)
    for name in ("case", "receipt"):
        assert client.get(reverse(f"portal:{name}")).status_code == 302
    for name in ("rate", "withdraw"):
        assert client.post(reverse(f"portal:{name}"), {"satisfaction": "satisfied"}).status_code == 302
    assert not Rating.objects.exists()


@pytest.mark.parametrize("state", State.values)
def test_every_state_is_told_without_names_of_staff_or_notes(client, people, state):
    case = factories.case_in(people, state)
    workflow.remark(case.pk, note="内部记事：此人电话13800001234", by=people.hub_staff)
    text = follow(client, case)
    for secret in ("内部记事", "13800001234", "赵小满", "钱有才", "BA-town_staff", "BA-clerk", "修好了。</em>"):
        assert secret not in text, secret


def test_a_refusal_gives_its_reason(client, people):
    case = factories.submit(people)
    workflow.refuse(case.pk, reason="court", note="法院已立案。", by=people.town_staff)
    assert "已由人民法院受理" in follow(client, case)


def rate(client, **data):
    return client.post(reverse("portal:rate"), data, follow=True).content.decode()


def test_a_satisfied_voter_closes_the_case(client, people):
    case = factories.case_in(people, State.REPLIED)
    assert "请您评价" in follow(client, case)
    assert "已经归档" in rate(client, satisfaction="satisfied", solved="1", in_time="0")
    rating = Rating.objects.get()
    assert (rating.solved, rating.in_time, rating.understood, rating.called_by) == (True, False, None, None)
    assert Suggestion.objects.get(pk=case.pk).state == State.CLOSED


def test_not_satisfied_needs_a_reason_and_has_it_done_again(client, people):
    case = factories.case_in(people, State.REPLIED)
    follow(client, case)
    assert "不满意请说明原因" in rate(client, satisfaction="not")
    assert "重新办理" in rate(client, satisfaction="not", reason="又坏了")
    assert Suggestion.objects.get(pk=case.pk).state == State.ASSIGNED


def test_a_second_rating_of_the_same_reply_is_told_why_not(client, people):
    case = factories.case_in(people, State.REPLIED)
    follow(client, case)
    rate(client, satisfaction="satisfied")
    rate(client, satisfaction="satisfied")
    assert Rating.objects.count() == 1


def test_a_voter_withdraws_what_nobody_has_assigned_yet(client, people):
    case = factories.submit(people)
    follow(client, case)
    assert "已撤回" in client.post(reverse("portal:withdraw"), follow=True).content.decode()
    assert Suggestion.objects.get().state == State.WITHDRAWN


def test_what_is_being_handled_cannot_be_withdrawn(client, people):
    case = factories.case_in(people, State.HANDLING)
    follow(client, case)
    assert "不能“撤回”" in client.post(reverse("portal:withdraw"), follow=True).content.decode()


def test_a_lent_phone_forgets_the_case(client, people):
    follow(client, factories.case_in(people, State.REPLIED))
    client.post(reverse("portal:leave"))
    assert client.get(reverse("portal:case")).status_code == 302
