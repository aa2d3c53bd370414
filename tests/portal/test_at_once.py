"""Two presses at once, on PostgreSQL."""

import threading

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from portal import drafts
from portal.models import Draft
from suggestions import publicity, workflow
from suggestions.choices import State
from suggestions.models import Attachment, PublicResult, Suggestion
from suggestions.transitions import Voice
from tests import factories
from tests.portal.test_leave_message import contact, matter, picture

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*acts):
    """Run all of them in threads of their own; what they answered or raised."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        barrier.wait()
        try:
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.fixture
def people():
    cache.clear()
    return factories.cast()


def test_a_message_sent_four_times_at_once_is_one_case_and_everybody_gets_its_receipt(people):
    client = Client()
    matter(client, people.town, photos=[picture()])
    contact(client)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value

    def press():
        other = Client()
        other.cookies[settings.SESSION_COOKIE_NAME] = cookie
        return other.post(reverse("portal:message_check"), follow=True)

    answers = at_once(press, press, press, press)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    case = Suggestion.objects.get()
    assert Attachment.objects.count() == 1
    for answer in answers:
        assert case.number in answer.content.decode(), answer


def test_a_draft_that_is_erased_while_it_is_sent_is_one_or_the_other(people):
    client = Client()
    matter(client, people.town, photos=[picture()])
    contact(client)
    draft = Draft.objects.get()
    sent, erased = at_once(lambda: drafts.send(draft.pk), lambda: drafts.erase(draft))
    assert not isinstance(erased, Exception)
    assert Suggestion.objects.count() == (0 if isinstance(sent, Exception) else 1)
    for row in Attachment.objects.all():
        assert row.file.storage.exists(row.file.name)


def test_photos_kept_for_an_addition_are_added_once_however_often_it_is_pressed(people):
    client, case = Client(), factories.submit(people)
    client.post(reverse("portal:query"), {"number": case.number, "code": case.query_code})
    client.post(reverse("portal:supplement"), {"note": "11010519491231002X", "photos": [picture()]})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value

    def press():
        other = Client()
        other.cookies[settings.SESSION_COOKIE_NAME] = cookie
        return other.post(reverse("portal:supplement"), {"note": ""}, follow=True)

    answers = at_once(press, press, press, press)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    file = case.attachments.get()
    assert file.file.storage.exists(file.file.name) and not Draft.objects.exists()


def test_a_result_is_not_released_while_the_voter_takes_the_word_back(people):
    case = factories.case_in(people, State.CLOSED, may_publish=True)
    texts = dict.fromkeys(publicity.Texts.__annotations__, "修好了")
    waiting = publicity.write(case.pk, by=people.town_staff, texts=texts)
    at_once(
        lambda: publicity.release(waiting.pk, by=people.hub_staff),
        lambda: workflow.consent(case.pk, may_publish=False, by=Voice.VOTER),
    )
    case.refresh_from_db()
    assert not case.may_publish and not PublicResult.objects.public().exists()
