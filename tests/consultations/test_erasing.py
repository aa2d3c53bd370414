"""A voter who asks to be forgotten is forgotten in what was made of the case, too."""

import pytest
from django.core.management import call_command

from consultations.models import Consultation, Step, StepRelease, Whistle
from history.models import Event
from suggestions.choices import State
from suggestions.erasure import erase_voter
from suggestions.models import Suggestion, Voter
from suggestions.publicity import ERASED
from tests import factories
from tests.consultations import talks
from tests.consultations.factories import whistle

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(people):
    """Open, as a case must be that is whistled for, then ended."""
    return factories.case_in(people, State.HANDLING)


def forgotten(people, case):
    Suggestion.objects.filter(pk=case.pk).update(state=State.CLOSED)
    erase_voter(Voter.objects.get(suggestion=case).pk, by=people.town_staff)


def test_a_whistle_that_names_the_voter_loses_these_texts_and_keeps_the_others(people, case, capsys):
    one = whistle(people, case=case, title="赵小满家门口污水", matter="电话 138-0000-1234，污水漫上主街。")
    forgotten(people, case)
    one = Whistle.objects.get(pk=one.pk)
    assert (one.title, one.matter, one.place) == (ERASED, ERASED, "甲村主街路口")
    assert not Event.objects.filter(chain=one.chain).exclude(note="").exists()
    call_command("verify_events")
    assert "没有问题" in capsys.readouterr().out


def test_a_consultation_and_what_was_released_of_it_lose_the_texts_that_name_the_voter(people, case):
    one = talks.concluded(people, table={"cases": [case]}, background="赵小满反映雨季积水。")
    notice = factories.notice(people, body="赵大爷家门口积水。")
    StepRelease.objects.create(consultation=one, step=Step.BEFORE, notice=notice)
    forgotten(people, case)
    one.refresh_from_db()
    notice.refresh_from_db()
    assert (one.background, notice.body) == (ERASED, ERASED)
    assert one.topic == "甲村排水沟怎么修" and one.agreement


def test_texts_about_other_cases_stay(people, case):
    other = whistle(people, title="赵小满家门口污水")
    forgotten(people, case)
    assert Whistle.objects.get(pk=other.pk).title == "赵小满家门口污水"
    assert not Consultation.objects.exists()
