"""What a voter wrote, and what was found out about the voter, stands on no page but the voter's own."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from suggestions.choices import State
from suggestions.models import Suggestion
from suggestions.registration import VoterData
from tests import factories
from tests.portal.test_leave_message import contact, leave, matter

pytestmark = pytest.mark.django_db
WORDS = ("桐油漆的门", "周吴郑", "13711112222", "暗巷九号", "137 1111 2222")
VOTER = VoterData(name="周吴郑", phone="13711112222", address="暗巷九号")
STARTS = ("/", "/query/", "/query/case/", "/receipt/", "/message/contact/", "/message/check/", "/message/station/")


@pytest.fixture
def people():
    cache.clear()
    found = factories.cast()
    for state in State.values:
        if state in (State.SUBMITTED, State.REFUSED):
            factories.submit(found, title="桐油漆的门", content="桐油漆的门", voter=VOTER)
        else:
            factories.case_in(found, state, title="桐油漆的门", content="桐油漆的门", voters=[VOTER])
    return found


def crawl(client, *starts):
    """Every address that a visitor comes to by following links, with what it answers and its headers."""
    waiting, seen = list(starts), {}
    while waiting:
        address = waiting.pop().partition("#")[0]
        if address in seen or address.startswith(("/static/", "/accounts/", "/admin/")):
            continue
        answer = client.get(address, follow=True)
        body = b"".join(answer) if answer.streaming else answer.content
        text = body.decode(errors="replace").replace("如 BA2026-00012", "")  # an example in an empty field
        seen[address] = text + str(answer.headers)
        waiting += [link.replace("&amp;", "&") for link in re.findall(r'(?:href|src)="(/[^"/][^"]*|/)"', seen[address])]
    return seen


def test_a_visitor_finds_nothing_of_any_case_on_any_page(people):
    pages = crawl(Client(), *STARTS, f"/s/{people.town.pk}/message/")
    numbers = list(Suggestion.objects.values_list("number", flat=True))
    assert len(pages) >= 10
    for address, text in pages.items():
        assert not [word for word in (*WORDS, *numbers) if word in text], address


def test_a_voter_who_follows_one_case_finds_nothing_of_another(people):
    client = Client()
    leave(client, people, name="钱有才")
    own = Suggestion.objects.order_by("pk").last()
    pages = crawl(client, *STARTS, f"/s/{people.town.pk}/message/")
    assert any("村口路灯坏了" in text for text in pages.values())
    others = list(Suggestion.objects.exclude(pk=own.pk).values_list("number", flat=True))
    for address, text in pages.items():
        assert not [word for word in (*WORDS, *others) if word in text], address


def test_a_message_that_is_being_written_is_on_nobody_elses_page(people):
    matter(Client(), people.town, title="桐油漆的门")
    writer = Client()
    matter(writer, people.town, title="桐油漆的门")
    contact(writer, name="周吴郑", phone="13711112222")
    assert "13711112222" in writer.get(reverse("portal:message_check")).content.decode()
    for address, text in crawl(Client(), *STARTS, f"/s/{people.town.pk}/message/").items():
        assert not [word for word in WORDS if word in text], address
