"""What holds programs and floods off the message window, and what an ordinary voter notices of it: nothing."""

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import captcha
from portal.limiting import MESSAGES, MESSAGES_OF_PHONE, PHOTOS
from portal.models import DraftPhoto
from suggestions.models import Suggestion
from tests import factories
from tests.portal.test_leave_message import contact, leave, matter, picture, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    cache.clear()
    return factories.cast()


@pytest.fixture
def clock(monkeypatch):
    hand = SimpleNamespace(time=timezone.now().replace(minute=0, second=0, microsecond=0))
    monkeypatch.setattr(timezone, "now", lambda: hand.time)
    return hand


def ready(people, **changes):
    """Another voter behind the same address, at the last step."""
    client = Client()
    title = changes.pop("title", "另一件事")
    matter(client, people.town, title=title)
    contact(client, **changes)
    return client


def question(client):
    text = client.get(reverse("portal:message_check")).content.decode()
    key = re.search(r'name="captcha_key" value="([^"]+)"', text)
    return SimpleNamespace(text=text, key=key and key[1])


def answers(key):
    digits, result = cache.get(f"portal:captcha:{key}").split()
    return {"digits": digits, "sum": result, "spoken": captcha._spoken(int(result))}


def test_the_first_message_of_an_address_is_asked_nothing(client, people):
    matter(client, people.town)
    assert "验证图片" not in contact(client).content.decode()


@pytest.mark.parametrize("way", ["digits", "sum", "spoken"])
def test_from_the_second_on_a_picture_or_a_sum_is_asked_and_either_passes(client, people, way):
    leave(client, people)
    second = ready(people)
    asked = question(second)
    assert "data:image/png" in asked.text and re.search(
        "[一二三四五六七八九][加减][一二三四五六七八九]等于几", asked.text
    )
    send(second, captcha_key=asked.key, captcha=answers(asked.key)[way])
    assert Suggestion.objects.count() == 2


@pytest.mark.parametrize("answer", ["", "9999", "不知道"])
def test_a_wrong_answer_is_asked_another_question_and_nothing_is_lost(client, people, answer):
    leave(client, people)
    second = ready(people)
    first = question(second)
    text = send(second, captcha_key=first.key, captcha=answer).content.decode()
    assert "没有答对" in text and "另一件事" in text and first.key not in text
    assert Suggestion.objects.count() == 1


def test_an_answer_counts_once(people):
    challenge = captcha.new()
    right = answers(challenge.key)["digits"]
    assert captcha.passes(challenge.key, f" {right[:2]} {right[2:]} ")
    assert not captcha.passes(challenge.key, right)


def test_an_hour_later_nothing_is_asked(client, people, clock):
    leave(client, people)
    clock.time += dt.timedelta(hours=1)
    assert question(ready(people)).key is None


def test_who_fills_in_the_hidden_field_is_asked_not_refused(client, people):
    matter(client, people.town, website="http://spam.example")
    contact(client)
    send(client)
    assert not Suggestion.objects.exists()
    asked = question(client)
    send(client, captcha_key=asked.key, captcha=answers(asked.key)["sum"])
    assert Suggestion.objects.count() == 1


@pytest.mark.parametrize("opened", [None, "", "made-up", "MTc2:abc:def"])
def test_a_form_that_was_never_looked_at_is_asked_too(client, people, opened):
    matter(client, people.town, opened=opened)
    assert "验证图片" in contact(client).content.decode()


def test_twenty_messages_an_hour_from_one_address_and_then_it_waits(client, people, clock):
    leave(client, people)
    MESSAGES.count("127.0.0.1", times=MESSAGES.most - 1)
    late = ready(people)
    asked = question(late)
    text = send(late, captcha_key=asked.key, captcha=answers(asked.key)["sum"]).content.decode()
    assert "请过一会儿再提交" in text and "另一件事" in text and Suggestion.objects.count() == 1
    clock.time += dt.timedelta(hours=1)
    send(late)
    assert Suggestion.objects.count() == 2


def test_five_messages_a_day_with_one_phone_wherever_they_come_from(people, clock):
    for number in range(MESSAGES_OF_PHONE.most + 1):
        client = Client(REMOTE_ADDR=f"10.0.0.{number}")
        matter(client, people.town, title=f"第 {number} 件")
        contact(client)
        text = send(client).content.decode()
    assert "这个电话今天的留言已经很多了" in text and Suggestion.objects.count() == MESSAGES_OF_PHONE.most
    other = ready(people, phone="13900009999")
    send(other)
    assert Suggestion.objects.count() == MESSAGES_OF_PHONE.most + 1


def test_the_cache_holds_no_phone_and_no_address(client, people):
    leave(client, people)
    import redis
    from django.conf import settings

    with redis.Redis.from_url(settings.CACHES["default"]["LOCATION"]) as store:
        keys = b" ".join(store.keys("*portal*"))
    assert keys and b"13900005678" not in keys and b"127.0.0.1" not in keys


def test_photos_are_counted_by_the_address_also_of_messages_never_sent(client, people):
    PHOTOS.count("127.0.0.1", times=PHOTOS.most)
    text = matter(client, people.town, photos=[picture()]).content.decode()
    assert "照片太多了" in text and not DraftPhoto.objects.exists()
