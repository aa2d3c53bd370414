import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from history.models import Event
from messaging.models import OutboxRow
from suggestions import workflow
from suggestions.choices import State
from suggestions.transitions import Voice
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


def test_the_voter_adds_words_and_pictures_and_whoever_works_on_it_is_told(people):
    case = factories.case_in(people, State.HANDLING)
    photo = SimpleUploadedFile("现场.png", b"\x89PNG\r\n\x1a\n0000")
    case = workflow.supplement(case.pk, by=Voice.VOTER, note="昨天又漫水了", files=[photo])
    assert case.state == State.HANDLING and case.attachments.get().step == "supplement"
    assert Event.objects.get(chain=case.chain, action="supplement").note == "昨天又漫水了"
    assert OutboxRow.objects.filter(subject=f"选民补充了材料：{case.number}", person=people.clerk).exists()


def test_nothing_is_nothing_added(people):
    case = factories.case_in(people, State.SUBMITTED)
    with pytest.raises(ValidationError, match="请写明补充的内容"):
        workflow.supplement(case.pk, by=Voice.VOTER)
