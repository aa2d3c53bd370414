"""更改公开意愿: the voter's word about publicity said anew, and what was public on the old one."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from history import log
from history.models import Event
from messaging.models import OutboxRow
from suggestions import publicity, workflow
from suggestions.choices import State
from suggestions.models import PublicResult, ReleaseState
from suggestions.transitions import Voice
from tests import factories
from tests.suggestions.acts import events, fresh, press, said, show

pytestmark = pytest.mark.django_db
NOTE = "11月28日电话回访，本人说的。"


@pytest.fixture
def case(people):
    return factories.case_in(people, State.CLOSED, may_publish=True)


def test_staff_enter_after_a_call_that_the_voter_agrees(client, people):
    case = factories.case_in(people, State.REPLIED)
    assert "现在登记的是：没有同意公开" in show(client, people.town_staff, "consent", case).content.decode()
    answer = press(client, people.town_staff, "consent", case, may_publish="1", note=NOTE)
    assert "已改为同意公开" in said(answer) and fresh(case).may_publish
    event = Event.objects.get(chain=case.chain, action="consent")
    assert (event.before["may_publish"], event.after["may_publish"], event.note) == (False, True, NOTE)
    page = client.get(reverse("suggestions:case", args=[case.pk])).content.decode()
    assert "更改公开意愿" in page and "<dt>同意公开</dt><dd>同意 " in page
    publicity.write(case.pk, by=people.town_staff, texts=dict.fromkeys(publicity.Texts.__annotations__, "修好了"))


def test_staff_say_how_they_know_and_choose_anew(client, people, case):
    answer = press(client, people.town_staff, "consent", case, may_publish="0", note="")
    assert answer.status_code == 200 and fresh(case).may_publish
    with pytest.raises(ValidationError, match="怎样得知"):
        workflow.consent(case.pk, may_publish=False, note=" ", by=people.town_staff)
    assert "请选“可以公开”" in press(client, people.town_staff, "consent", case, note=NOTE).content.decode()


def test_the_same_word_again_changes_nothing(client, people, case):
    answer = press(client, people.town_staff, "consent", case, may_publish="1", note=NOTE)
    assert "本来就是“同意公开”" in answer.content.decode() and "consent" not in events(case)


@pytest.mark.parametrize("by", ["voter", "town_staff"])
def test_a_no_takes_down_what_was_public_and_tells_who_signed_for_it(people, case, by):
    result = factories.public_result(people, case)
    OutboxRow.objects.all().delete()
    workflow.consent(case.pk, may_publish=False, note=NOTE, by=Voice.VOTER if by == "voter" else people.town_staff)
    result.refresh_from_db()
    assert result.state == ReleaseState.WITHDRAWN and result.withdraw_reason == publicity.CONSENT_GONE
    assert result.withdrawn_by == (None if by == "voter" else people.town_staff) and result.withdrawn_at
    assert not PublicResult.objects.public().exists()
    assert events(case)[-2:] == ["consent", "withdraw_result"]
    told = set(
        OutboxRow.objects.filter(subject__startswith="公开的办理结果已撤下", body=publicity.CONSENT_GONE).values_list(
            "person", flat=True
        )
    )
    assert told == {result.written_by_id, result.released_by_id} - ({people.town_staff.pk} if by != "voter" else set())
    assert not list(log.broken_links(case.chain))


def test_a_text_that_waits_for_review_goes_too_and_can_be_written_again_after_a_yes(people, case):
    texts = dict.fromkeys(publicity.Texts.__annotations__, "修好了")
    waiting = publicity.write(case.pk, by=people.town_staff, texts=texts)
    workflow.consent(case.pk, may_publish=False, by=Voice.VOTER)
    waiting.refresh_from_db()
    assert waiting.state == ReleaseState.WITHDRAWN
    workflow.consent(case.pk, may_publish=True, by=Voice.VOTER)
    again = publicity.write(case.pk, by=people.town_staff, texts=texts)
    assert again.pk != waiting.pk and publicity.release(again.pk, by=people.hub_staff).released_at


def test_nothing_is_half_done_when_the_text_cannot_be_taken_down(people, case, monkeypatch):
    factories.public_result(people, case)
    monkeypatch.setattr(publicity, "_record", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        workflow.consent(case.pk, may_publish=False, by=Voice.VOTER)
    assert fresh(case).may_publish and PublicResult.objects.public().exists() and "consent" not in events(case)


def test_the_page_of_the_text_says_that_the_voter_took_it_down(client, people, case):
    result = factories.public_result(people, case)
    workflow.consent(case.pk, may_publish=False, by=Voice.VOTER)
    client.force_login(people.town_staff)
    page = client.get(reverse("suggestions:public_result", args=[result.pk])).content.decode()
    assert "选民本人" in page and publicity.CONSENT_GONE in page


def test_the_deputy_sees_no_way_to_it(client, people, case):
    client.force_login(people.deputy_user)
    address = reverse("suggestions:consent", args=[case.pk])
    assert address not in client.get(reverse("suggestions:case", args=[case.pk])).content.decode()
    assert client.get(address).status_code == 403
