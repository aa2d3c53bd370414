import pytest
from django.core.cache import cache
from django.urls import reverse

from history.models import Event
from portal.held_words import found_in, lines, save_words
from portal.models import HeldWord
from suggestions import workflow
from suggestions.choices import State
from suggestions.models import Suggestion
from tests import factories
from tests.portal.test_leave_message import leave

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    cache.clear()
    return factories.cast()


def office(as_user, people):
    return as_user(people.hub_staff)


@pytest.mark.parametrize(
    "text", ["他们开赌场", "开赌 场", "赌-场", "赌·场", "赌＊场", "赌\n场", "赌。场", "赌\u200b场"]
)
def test_a_word_is_found_however_it_is_spread_out(people, text):
    save_words(people.county, ["赌场"], actor=people.hub_staff)
    assert found_in(people.county.pk, "标题", text) == "赌场"


@pytest.mark.parametrize("text", ["ＶＰＮ软件", "vpn软件", "V.P.N软件"])
def test_width_and_case_make_no_difference(people, text):
    save_words(people.county, ["VPN"], actor=people.hub_staff)
    assert found_in(people.county.pk, text) == "VPN"


def test_what_is_not_there_is_not_found_and_texts_are_not_joined(people):
    save_words(people.county, ["赌场"], actor=people.hub_staff)
    assert found_in(people.county.pk, "赌", "场") == "" and found_in(people.county.pk, "路灯坏了") == ""


def test_the_list_of_one_county_is_not_that_of_another(people, strangers):
    save_words(people.county, ["赌场"], actor=people.hub_staff)
    assert found_in(strangers.county.pk, "赌场") == ""


def test_lines_are_taken_as_pasted():
    assert lines("赌场\r\n\n  赌　场 \n上访 闹事\n。。\n") == ["赌场", "上访 闹事"]


def test_the_office_edits_the_list_and_the_history_counts_without_naming(as_user, people):
    client = office(as_user, people)
    text = client.post(reverse("portal:held_words"), {"words": "赌场\n上访\n赌 场"}, follow=True).content.decode()
    assert "新增 2 个" in text
    text = client.post(reverse("portal:held_words"), {"words": "上访\n闹事"}, follow=True).content.decode()
    assert "新增 1 个，去掉 1 个" in text
    assert set(HeldWord.objects.values_list("word", flat=True)) == {"上访", "闹事"}
    event = Event.objects.filter(action="held_words_edit").last()
    assert event.after == {"added": 1, "removed": 1} and "闹事" not in event.note


@pytest.mark.parametrize(("words", "said"), [("堵", "2 到 30 个字"), ("长" * 31, "2 到 30 个字")])
def test_a_word_too_short_or_too_long_is_said(as_user, people, words, said):
    text = office(as_user, people).post(reverse("portal:held_words"), {"words": words}).content.decode()
    assert said in text and not HeldWord.objects.exists()


def test_a_message_with_such_a_word_is_submitted_like_any_other_and_the_voter_reads_nothing_of_it(client, people):
    save_words(people.county, ["堵路"], actor=people.hub_staff)
    text = leave(client, people, content="再不修我们就堵 路。").content.decode()
    case = Suggestion.objects.get()
    assert (case.state, case.held_words, case.is_held) == (State.SUBMITTED, "堵路", True)
    assert case.due_on and "留言已收到" in text and "待审" not in text
    page = client.get(reverse("portal:case")).content.decode()
    assert "待审" not in page and "词表" not in page


@pytest.mark.parametrize("field", ["title", "content", "place", "name", "address"])
def test_a_word_is_found_wherever_a_voter_types(client, people, field):
    save_words(people.county, ["堵路"], actor=people.hub_staff)
    leave(client, people, **{field: "明天堵 路"})
    assert Suggestion.objects.get().held_words == "堵路"


@pytest.mark.parametrize("where", ["triage", "case"])
def test_whoever_sorts_it_sees_the_mark_and_the_words(as_user, people, where):
    case = factories.submit(people, held_words="堵路")
    args = [case.pk] if where == "case" else []
    text = as_user(people.town_staff).get(reverse(f"suggestions:{where}", args=args)).content.decode()
    assert "待审" in text and "堵路" in text


def test_the_mark_goes_when_somebody_has_decided(as_user, people):
    case = factories.submit(people, held_words="堵路")
    case = workflow.accept(case.pk, by=people.town_staff)
    text = as_user(people.town_staff).get(reverse("suggestions:case", args=[case.pk])).content.decode()
    assert not case.is_held and 'status-wait" title="来信里有' not in text and "堵路" in text
