import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from liaison.lib.querycodes import grouped
from portal.limiting import MESSAGES
from suggestions.choices import Channel, State
from suggestions.models import Suggestion, Voter
from tests import factories

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n0000"


@pytest.fixture
def people():
    cache.clear()
    return factories.cast()


def send(client, people, **changes):
    data = {
        "title": "村口路灯坏了",
        "content": "晚上看不清路。",
        "place": "村口",
        "deputy": people.deputy.pk,
        "name": "钱有才",
        "phone": "139 0000 5678",
        "address": "甲村",
        "token": "t-1",
        **changes,
    }
    url = reverse("portal:leave_message", args=[people.town.pk])
    return client.post(url, {name: value for name, value in data.items() if value is not None}, follow=True)


def test_a_message_becomes_a_submitted_case_with_a_receipt(client, people):
    answer = send(client, people)
    case = Suggestion.objects.get()
    assert (case.state, case.channel, case.station, case.deputy) == (
        State.SUBMITTED,
        Channel.WEB,
        people.town,
        people.deputy,
    )
    text = answer.content.decode()
    assert case.number in text and grouped(case.query_code) in text and "决定是否受理" in text
    voter = Voter.objects.get()
    assert (voter.name, voter.phone, voter.address) == ("钱有才", "13900005678", "甲村")


def test_neither_name_nor_phone_is_needed(client, people):
    send(client, people, name="", phone="", address="", deputy="")
    assert Suggestion.objects.get().deputy is None and not Voter.objects.exists()


def test_sending_the_same_form_again_makes_no_second_case(client, people):
    send(client, people)
    answer = send(client, people)
    assert Suggestion.objects.count() == 1 and Suggestion.objects.get().number in answer.content.decode()


def test_publicity_is_asked_and_not_given_by_default(client, people):
    send(client, people)
    send(client, people, token="t-2", may_publish="on")
    assert list(Suggestion.objects.order_by("pk").values_list("may_publish", flat=True)) == [False, True]


def test_photos_come_along(client, people):
    send(client, people, photos=[SimpleUploadedFile("路灯.png", PNG), SimpleUploadedFile("路.png", PNG)])
    assert Suggestion.objects.get().attachments.count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "一句话说明是什么事"),
        ({"content": "长" * 8001}, "最多 8000 字，现在是 8001 字"),
        ({"phone": "12345"}, "电话号码不对"),
        ({"content": "我的身份证410822196805120011"}, "像身份证号"),
        ({"photos": [SimpleUploadedFile("a.exe", b"MZ00")]}, "类型不能上传"),
        ({"photos": [SimpleUploadedFile(f"{i}.png", PNG) for i in range(6)]}, "最多传 5 个，您选了 6 个"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client, people, changes, words):
    text = send(client, people, **changes).content.decode()
    assert words in text and not Suggestion.objects.exists()
    assert "钱有才" in text  # what was typed is still there


def test_eight_thousand_characters_and_emoji_are_fine(client, people):
    send(client, people, content="🙂" + "长" * 7999)
    assert len(Suggestion.objects.get().content) == 8000


def test_a_deputy_of_another_county_cannot_be_chosen(client, people):
    other = factories.other_cast().deputy
    assert "有效" in send(client, people, deputy=other.pk).content.decode()
    assert not Suggestion.objects.exists()


def test_a_program_that_fills_in_everything_leaves_nothing(client, people):
    send(client, people, website="http://spam.example")
    assert not Suggestion.objects.exists()


def test_too_many_messages_from_one_address_are_asked_to_wait(client, people):
    for number in range(MESSAGES.most):
        send(client, people, token=f"t{number}")
    text = send(client, people, token="one-more").content.decode()
    assert "请过一会儿再试" in text and Suggestion.objects.count() == MESSAGES.most


def test_the_receipt_belongs_to_the_browser_that_sent(client, people):
    send(client, people)
    from django.test import Client

    assert Client().get(reverse("portal:receipt")).status_code == 302
    answer = client.get(reverse("portal:receipt"))
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
