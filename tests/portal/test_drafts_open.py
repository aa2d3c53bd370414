"""Draft laws for everybody: read article by article, an opinion left without an account."""

import datetime as dt
import re

import pytest
from django.core import signing
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from legislation.models import DraftState, Giver, Opinion
from portal.forms import SALT
from portal.limiting import OPINIONS
from portal.models import HeldWord
from tests.legislation.factories import draft_law, material, opinion

TODAY = timezone.localdate
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def law(people):
    return draft_law(people)


def url(law):
    return reverse("portal:give_opinion", args=[law.pk])


def written(**fields):
    """As somebody who took a minute over it."""
    opened = signing.dumps(timezone.now().timestamp() - 60, salt=SALT)
    return {"text": "犬链的长度要写清楚。", "token": "t-1", "opened": opened, **fields}


def test_the_list_leads_to_the_draft_and_the_draft_to_each_article(people, law, client):
    listed = client.get(reverse("portal:county_drafts", args=[people.county.code])).content.decode()
    page = client.get(reverse("portal:draft", args=[law.pk])).content.decode()
    assert reverse("portal:draft", args=[law.pk]) in listed
    assert all(f"{url(law)}?article={one.pk}" in page for one in law.articles.all())


@pytest.mark.parametrize("hidden", [{"state": DraftState.PREPARING}, {"opens_on": TODAY() + dt.timedelta(days=1)}])
def test_what_is_not_published_or_has_not_begun_is_not_there(people, client, hidden):
    one = draft_law(people, **hidden)
    for name in ("draft", "give_opinion"):
        assert client.get(reverse(f"portal:{name}", args=[one.pk])).status_code == 404
    row = material(one)
    assert client.get(reverse("portal:draft_file", args=[one.pk, row.pk])).status_code == 404


def test_a_material_of_another_draft_is_not_served_through_an_open_one(people, law, client):
    own, other = material(law), material(draft_law(people, state=DraftState.PREPARING))
    assert client.get(reverse("portal:draft_file", args=[law.pk, own.pk])).status_code == 200
    assert client.get(reverse("portal:draft_file", args=[law.pk, other.pk])).status_code == 404


def test_an_opinion_is_taken_with_contact_encrypted_and_a_receipt_given(people, law, client):
    article = law.articles.last()
    sent = written(
        article=article.pk, wording="不超过一点五米", station=people.town.pk, name="贺提议", phone="135 0000 8888"
    )
    answer = client.post(url(law), sent, follow=True)
    row = Opinion.objects.get()
    assert (row.kind, row.article, row.station, row.entered_by) == ("public", article, people.town, None)
    assert row.giver.phone == "13500008888" and row.number in answer.content.decode()
    assert "贺提议" not in answer.content.decode()


def test_without_township_the_county_collected_it_and_without_contact_nothing_personal_is_kept(people, law, client):
    client.post(url(law), written())
    assert Opinion.objects.get().station == people.hub and not Giver.objects.exists()


def test_a_second_press_finds_the_first_ones_opinion(law, client):
    client.post(url(law), written())
    again = client.post(url(law), written())
    assert again.url == reverse("portal:opinion_receipt") and Opinion.objects.count() == 1


def test_once_the_period_is_over_what_was_typed_stays_on_the_page(people, client):
    over = draft_law(people, opens_on=TODAY() - dt.timedelta(days=5), closes_on=TODAY() - dt.timedelta(days=1))
    assert "现在不能再提交" in client.get(url(over)).content.decode()
    page = client.post(url(over), written(text="我写了很久的意见。")).content.decode()
    assert "截止，现在不能再提交" in page and "我写了很久的意见。" in page and not Opinion.objects.exists()


def test_the_second_one_answers_a_question_and_keeps_what_was_typed(law, client):
    client.post(url(law), written())
    refused = client.post(url(law), written(token="t-2", text="第二条意见。"))
    page = refused.content.decode()
    assert "请答下面的小问题" in page and "第二条意见。" in page and Opinion.objects.count() == 1
    one, sign, two = re.search("([一二三四五六七八九])([加减])([一二三四五六七八九])等于几", page).groups()
    digits = "零一二三四五六七八九"
    right = digits.index(one) + (1 if sign == "加" else -1) * digits.index(two)
    key = re.search('name="captcha_key" value="([^"]+)"', page)[1]
    client.post(url(law), written(token="t-2", text="第二条意见。", captcha_key=key, captcha=str(right)))
    assert Opinion.objects.count() == 2


def test_who_is_faster_than_anybody_types_is_asked(law, client):
    page = client.post(url(law), {"text": "快", "token": "t-3"}).content.decode()
    assert "请答下面的小问题" in page and not Opinion.objects.exists()


def test_a_network_that_sends_too_many_is_held_off(law, client):
    OPINIONS.count("127.0.0.1", times=OPINIONS.most)
    page = client.post(url(law), written()).content.decode()
    assert "太多了" in page and "犬链的长度要写清楚。" in page and not Opinion.objects.exists()


def test_words_of_the_countys_list_are_shown_to_the_office_alone(people, law, client):
    HeldWord.objects.create(county=people.county, word="堵路", folded="堵路")
    page = client.post(url(law), written(text="不改就去堵 路。"), follow=True).content.decode()
    assert Opinion.objects.get().held_words == "堵路" and "待审" not in page


def test_an_id_number_is_refused(law, client):
    page = client.post(url(law), written(text="410822199001011234")).content.decode()
    assert "不登记身份证号" in page and not Opinion.objects.exists()


def test_answers_are_public_only_when_all_are_given(people, client):
    one = draft_law(people, state=DraftState.SENT, closes_on=TODAY())
    opinion(people, one, text="原话不公开", outcome="adopted", adopted_text="束犬链一点五米。")
    address = reverse("portal:draft", args=[one.pk])
    assert "束犬链一点五米。" not in client.get(address).content.decode()
    one.state = DraftState.CONCLUDED
    one.save()
    page = client.get(address).content.decode()
    assert "束犬链一点五米。" in page and "采纳 1 条" in page and "原话不公开" not in page


def test_without_an_opinion_of_ones_own_there_is_no_receipt(client):
    assert client.get(reverse("portal:opinion_receipt")).url == reverse("portal:home")
