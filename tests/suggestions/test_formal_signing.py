"""附议: asked, answered on the phone or on paper, taken back, reminded."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from deputies.models import Level, Status
from messaging.models import OutboxRow
from suggestions import formal, formal_signing
from suggestions.models import Formal, FormalSigner, SignerState
from tests.suggestions import factories
from tests.suggestions.acts import said


@pytest.fixture
def paper(people):
    return factories.paper(people)


@pytest.fixture
def second(people):
    """A county deputy of 乙镇 with a log-in of the own."""
    (one,) = factories.colleagues(people, 1, at=people.other_town)
    one.user = people.other_deputy_user
    one.save()
    return one


def ask(paper, people, *deputies):
    return formal_signing.ask(paper.pk, list(deputies), by=people.town_staff)


def test_who_is_asked_is_told_sees_it_and_signs_on_the_phone(paper, people, second, as_user):
    client = as_user(people.other_deputy_user)
    page = reverse("suggestions:formal", args=[paper.pk])
    assert client.get(page).status_code == 404
    as_user(people.deputy_user).post(reverse("suggestions:ask_signers", args=[paper.pk]), {"deputies": second.pk})
    assert OutboxRow.objects.filter(person=people.other_deputy_user, subject="请您附议代表建议").exists()
    assert "请您附议" in client.get(reverse("suggestions:formal_list")).content.decode()
    assert "同意附议" in client.get(page).content.decode()
    one = FormalSigner.objects.get()
    assert said(client.post(reverse("suggestions:answer_signing", args=[one.pk]), {"answer": "confirm"})) == "已附议。"
    one.refresh_from_db()
    assert (one.state, one.answered_by, one.on_paper) == (SignerState.CONFIRMED, people.other_deputy_user, False)
    assert OutboxRow.objects.filter(person=people.deputy_user, subject="附议1代表已附议").exists()


def test_a_county_deputy_may_sign_wherever_the_home_a_township_deputy_only_at_home(people, paper, second):
    assert second in formal_signing.eligible(paper)
    assert people.deputy not in formal_signing.eligible(paper)  # leads it
    (near,) = factories.colleagues(people, 1, Level.TOWNSHIP, people.point)
    (far,) = factories.colleagues(people, 1, Level.TOWNSHIP, people.other_town)
    assert near not in formal_signing.eligible(paper)
    town = factories.paper(people, lead=factories.colleagues(people, 1, Level.TOWNSHIP)[0])
    assert near in formal_signing.eligible(town) and far not in formal_signing.eligible(town)


def test_a_deputy_of_another_congress_is_refused_in_words(people, paper):
    with pytest.raises(ValidationError, match="不是博爱县中心站这一级"):
        ask(paper, people, people.other_deputy)


def test_the_lead_needs_not_sign_again(people, paper):
    with pytest.raises(ValidationError, match="领衔代表"):
        ask(paper, people, people.deputy)


def test_nobody_is_asked_twice(people, paper, second):
    ask(paper, people, second)
    with pytest.raises(ValidationError, match="已经请过"):
        ask(paper, people, second)
    assert FormalSigner.objects.count() == 1


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.ENDED])
def test_who_is_not_in_office_may_not_sign(people, paper, second, status):
    (one,) = ask(paper, people, second)
    second.status = status
    second.save()
    with pytest.raises(ValidationError, match="已不在任"):
        formal_signing.answer(one.pk, "confirm", by=people.hub_staff, on_paper=True)
    with pytest.raises(ValidationError, match="已不在任"):
        ask(paper, people, *factories.colleagues(people, 1), second)


def test_who_left_office_since_signing_does_not_count_and_is_named(people):
    paper = factories.paper(people, **factories.MOTION)
    deputies = factories.colleagues(people, 9)
    factories.sign(paper, deputies, people)
    deputies[0].status = Status.ENDED
    deputies[0].save()
    with pytest.raises(ValidationError, match=r"共 9 名，还差 1 名.*附议1已不在任，不计入"):
        formal.submit(paper.pk, by=people.deputy_user)


def test_declined_and_not_answered_do_not_count(people, paper, second):
    (one,) = ask(paper, people, second)
    (two,) = ask(paper, people, *factories.colleagues(people, 1))
    formal_signing.answer(one.pk, "decline", by=people.other_deputy_user, note="情况不了解")
    found = Formal.objects.for_page().get()
    assert formal.signed(found, formal.signers_of(found)) == 1
    assert two.state == SignerState.ASKED


def test_a_signature_is_taken_back_before_filing_and_may_be_asked_for_again(people, paper, second, as_user):
    (one,) = ask(paper, people, second)
    formal_signing.answer(one.pk, "confirm", by=people.other_deputy_user)
    formal.submit(paper.pk, by=people.deputy_user)
    answer = as_user(people.other_deputy_user).post(
        reverse("suggestions:answer_signing", args=[one.pk]), {"answer": "withdraw"}
    )
    assert said(answer) == "已撤回附议。"
    one.refresh_from_db()
    assert one.state == SignerState.WITHDRAWN
    with pytest.raises(ValidationError, match="没有附议可以撤回"):
        formal_signing.answer(one.pk, "withdraw", by=people.other_deputy_user)


@pytest.mark.parametrize("seat", ["deputy_user", "hub_staff"])
def test_nobody_signs_for_somebody_else_on_the_phone(people, paper, second, seat, as_user):
    (one,) = ask(paper, people, second)
    with pytest.raises(PermissionDenied):
        formal_signing.answer(one.pk, "confirm", by=getattr(people, seat))


@pytest.mark.parametrize(("seat", "may"), [("hub_staff", True), ("other_town_staff", True), ("town_staff", False)])
def test_a_signature_on_paper_is_entered_by_the_office_or_the_deputys_station(
    people, paper, second, as_user, seat, may
):
    (one,) = ask(paper, people, second)
    url = reverse("suggestions:answer_signing", args=[one.pk])
    answer = as_user(getattr(people, seat)).post(url, {"answer": "confirm", "on_paper": "1"})
    assert answer.status_code == (302 if may else 403)
    assert FormalSigner.objects.get().on_paper is may


def test_who_has_not_signed_is_taken_off_the_list_who_has_takes_it_back_oneself(people, paper, second):
    (one,) = ask(paper, people, second)
    formal_signing.drop(paper.pk, one.pk, by=people.deputy_user)
    assert not FormalSigner.objects.exists()
    (one,) = ask(paper, people, second)
    formal_signing.answer(one.pk, "confirm", by=people.other_deputy_user)
    with pytest.raises(ValidationError, match="本人撤回"):
        formal_signing.drop(paper.pk, one.pk, by=people.deputy_user)


def test_the_silent_are_reminded_once_after_three_days(people, paper, second):
    ask(paper, people, second)
    today = timezone.localdate()
    assert formal_signing.remind_silent(today + dt.timedelta(days=2)) == 0
    assert formal_signing.remind_silent(today + dt.timedelta(days=3)) == 1
    assert formal_signing.remind_silent(today + dt.timedelta(days=9)) == 0
    assert OutboxRow.objects.filter(person=people.other_deputy_user, subject__startswith="还等您答复").count() == 1


def test_by_hand_they_are_reminded_at_most_once_a_day(people, paper, second, as_user):
    ask(paper, people, second)
    url = reverse("suggestions:remind_signers", args=[paper.pk])
    client = as_user(people.deputy_user)
    assert "今天已经请过" in said(client.post(url))
    FormalSigner.objects.update(asked_at=timezone.now() - dt.timedelta(days=1))
    assert "已提醒 1 名代表。" in said(client.post(url))
    assert "今天已经请过" in said(client.post(url))


def test_a_reminder_that_comes_late_is_not_sent_to_who_has_signed(people, paper, second):
    (one,) = ask(paper, people, second)
    row = OutboxRow.objects.get(person=people.other_deputy_user, subject__startswith="请您附议")
    assert row.relevance == f"suggestions.formal.still_asked:{paper.pk}:{second.pk}"
    assert formal.still_asked(str(paper.pk), str(second.pk))
    formal_signing.answer(one.pk, "confirm", by=people.other_deputy_user)
    assert not formal.still_asked(str(paper.pk), str(second.pk))


def test_who_was_just_taken_off_the_list_reads_so(people, paper, second, monkeypatch):
    """By the lead, while the deputy's press waited for the paper."""
    (one,) = ask(paper, people, second)
    lock = formal_signing.locked

    def late(pk):
        FormalSigner.objects.filter(pk=one.pk).delete()
        return lock(pk)

    monkeypatch.setattr(formal_signing, "locked", late)
    with pytest.raises(ValidationError, match="已不在名单里"):
        formal_signing.answer(one.pk, "confirm", by=people.other_deputy_user)
