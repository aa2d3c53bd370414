import pytest
from django.db import connection

from suggestions.models import Suggestion
from suggestions.search import matching, newest_hint
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamp():
    people = factories.cast()
    factories.register(people, title="排水沟堵塞", content="下雨天积水")
    return factories.register(people, title="村口路灯不亮", content="晚上孩子放学看不清路")


@pytest.mark.parametrize("query", ["路灯", "放学", "村口路灯", "路灯 孩子", "ＢＡ"])
def test_words_of_two_characters_and_more_are_found(lamp, query):
    assert lamp in matching(Suggestion.objects.all(), query)


@pytest.mark.parametrize("query", ["路灯", "村口路灯 孩子", "灯", "学路", "ＢＡ", "5组"])
def test_the_hint_for_a_page_hides_nothing_that_is_found(lamp, query):
    found = matching(Suggestion.objects.order_by("pk"), query)
    assert list(found.filter(newest_hint(query))) == list(found)


def test_a_case_is_found_by_its_number(lamp):
    assert list(matching(Suggestion.objects.all(), lamp.number)) == [lamp]


def test_a_word_that_is_not_there_finds_nothing(lamp):
    assert not matching(Suggestion.objects.all(), "学路").exists()


def test_a_single_character_looks_into_titles(lamp):
    assert list(matching(Suggestion.objects.all(), "灯")) == [lamp]


def test_an_edited_title_is_found_by_its_new_words_only(lamp):
    lamp.title = "桥面破损"
    lamp.save(update_fields=["title"])
    assert lamp in matching(Suggestion.objects.all(), "桥面")
    assert lamp not in matching(Suggestion.objects.all(), "路灯")


@pytest.mark.parametrize("query", ['"路灯', "路灯*", "(路灯)", "路灯' --", "路灯:"])
def test_signs_of_the_search_language_are_only_signs(lamp, query):
    assert list(matching(Suggestion.objects.all(), query)) == [lamp]


@pytest.mark.parametrize("query", ["5组", "二〇", "𠅤家", "3号楼"])
def test_numbers_beside_words_and_rare_characters_are_found(lamp, query):
    lamp.content = "许良村5组𠅤家3号楼旁，二〇二六年起"
    lamp.save(update_fields=["content"])
    assert list(matching(Suggestion.objects.all(), query)) == [lamp]


def test_the_index_made_for_it_is_used(lamp):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # so small a table is read as a whole otherwise
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = matching(Suggestion.objects.order_by(), "路灯").explain()
    assert "suggestions_search" in plan if connection.vendor == "postgresql" else "VIRTUAL TABLE INDEX" in plan
