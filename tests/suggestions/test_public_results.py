"""办理结果公开, the staff's side: consent, the masked proposal, what is found, the second pair of eyes, withdrawal, erasure."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from history.models import Event
from messaging.models import OutboxRow
from suggestions import publicity
from suggestions.choices import State
from suggestions.erasure import erase_voter
from suggestions.forms_publicity import mark
from suggestions.models import PublicResult, ReleaseState
from suggestions.registration import VoterData
from tests import factories
from tests.suggestions.acts import again, events, fresh

pytestmark = pytest.mark.django_db
TEXTS = {"title": "路灯修复", "matter": "村口路灯不亮。", "answer": "已修好。", "department": "村镇建设中心"}


@pytest.fixture
def case(people):
    return factories.case_in(people, State.REPLIED, may_publish=True)


def write(case, people, **texts):
    confirmed = texts.pop("confirmed", ())
    return publicity.write(case.pk, by=people.town_staff, texts={**TEXTS, **texts}, confirmed=confirmed)


def post(client, user, name, pk, **data):
    client.force_login(user)
    return client.post(reverse(f"suggestions:{name}", args=[pk]), data)


@pytest.mark.parametrize("state", [State.REPLIED, State.CLOSED])
def test_an_answered_case_goes_public_by_two_people(client, people, state):
    case = factories.case_in(people, state, may_publish=True)
    assert post(client, people.town_staff, "write_result", case.pk, save="1", **TEXTS).status_code == 302
    result = PublicResult.objects.get()
    assert (result.state, result.written_by) == (ReleaseState.WAITING, people.town_staff)
    post(client, people.hub_staff, "release_result", result.pk, version=result.version)
    result.refresh_from_db()
    assert (result.state, result.released_by) == (ReleaseState.RELEASED, people.hub_staff)
    assert result.released_at and result.month.day == 1
    assert events(case)[-2:] == ["write_result", "release_result"]


def test_without_consent_the_text_cannot_be_released_and_the_page_says_so(client, people):
    case = factories.case_in(people, State.CLOSED)
    client.force_login(people.town_staff)
    page = client.get(reverse("suggestions:write_result", args=[case.pk])).content.decode()
    assert publicity.NO_CONSENT in page and 'name="matter"' not in page
    assert reverse("suggestions:consent", args=[case.pk]) in page
    assert post(client, people.town_staff, "write_result", case.pk, save="1", **TEXTS).status_code == 200
    with pytest.raises(ValidationError, match="没有同意公开"):
        write(case, people)
    assert not PublicResult.objects.exists()


def test_consent_is_asked_again_at_the_release(people, case):
    result = write(case, people)
    type(case).objects.filter(pk=case.pk).update(may_publish=False)
    with pytest.raises(ValidationError, match="没有同意公开"):
        publicity.release(result.pk, by=people.hub_staff)


def test_a_case_that_is_not_answered_cannot_be_released(people):
    case = factories.case_in(people, State.HANDLING, may_publish=True)
    with pytest.raises(ValidationError, match="回复选民以后"):
        write(case, people)


def test_the_form_starts_from_the_case_masked(client, people):
    case = factories.case_in(
        people,
        State.REPLIED,
        may_publish=True,
        title="王大柱家门口路灯不亮",
        content="我叫赵小满，电话13800001234，住三组12号。邻居李大爷也知道。",
    )
    client.force_login(people.town_staff)
    form = client.get(reverse("suggestions:write_result", args=[case.pk])).context["form"]
    proposed = form["title"].value() + form["matter"].value()
    for secret in ("赵小满", "13800001234", "三组12号", "李大爷"):
        assert secret not in proposed
    assert form["answer"].value() == case.reply and form["department"].value() == "村镇建设中心"


def test_the_preview_stands_beside_the_original_and_saves_nothing(client, people, case):
    page = post(
        client, people.town_staff, "write_result", case.pk, preview="1", **{**TEXTS, "answer": "张书记修好了。"}
    )
    text = page.content.decode()
    assert "原文" in text and case.content in text
    assert '<mark title="姓名称呼">张书记</mark>' in text and mark("张书记") in text
    assert not PublicResult.objects.exists()


def test_what_is_found_is_masked_or_confirmed_one_by_one(client, people, case):
    data = {**TEXTS, "answer": "张书记说电话0391-8681234可以报修。", "save": "1"}
    page = post(client, people.town_staff, "write_result", case.pk, **data, **{mark("张书记"): "on"})
    assert page.status_code == 200 and "0391-8681234" in page.context["form"].non_field_errors()[0]
    both = {mark("张书记"): "on", mark("0391-8681234"): "on"}
    assert post(client, people.town_staff, "write_result", case.pk, **data, **both).status_code == 302


def test_who_releases_confirms_again(client, people, case):
    result = write(case, people, answer="张书记修好了。", confirmed=["张书记"])
    page = post(client, people.hub_staff, "release_result", result.pk, version=result.version)
    assert page.status_code == 200 and "张书记" in page.context["form"].non_field_errors()[0]
    done = post(client, people.hub_staff, "release_result", result.pk, version=result.version, **{mark("张书记"): "on"})
    assert done.status_code == 302


@pytest.mark.parametrize("secret", ["赵小满", "138 0000 1234", "１３８００００１２３４", "甲村三组"])
def test_what_is_known_of_the_voter_cannot_be_confirmed_away(people, case, secret):
    text = f"{secret}反映路灯不亮。"
    with pytest.raises(ValidationError, match="来访人登记的"):
        write(case, people, matter=text, confirmed=[found for _, found in publicity.found_in([text])])


def test_who_wrote_does_not_release_but_the_county_office_may(people, case):
    result = write(case, people)
    with pytest.raises(PermissionDenied):
        publicity.release(result.pk, by=people.town_staff)
    assert PublicResult.objects.get().state == ReleaseState.WAITING
    own = factories.case_in(people, State.REPLIED, may_publish=True)
    mine = publicity.write(own.pk, by=people.hub_staff, texts=TEXTS)
    assert publicity.release(mine.pk, by=people.hub_staff).state == ReleaseState.RELEASED


def test_the_reviewer_is_told_and_nobody_else(people, case):
    write(case, people)
    rows = OutboxRow.objects.filter(key__startswith="result:")
    assert {row.person for row in rows} == {people.hub_staff}


def test_sent_back_with_a_reason_it_is_written_anew(people, case):
    result = write(case, people)
    with pytest.raises(ValidationError):
        publicity.send_back(result.pk, by=people.hub_staff, note=" ")
    returned = publicity.send_back(result.pk, by=people.hub_staff, note="请写清楚")
    assert (returned.state, returned.return_note) == (ReleaseState.RETURNED, "请写清楚")
    again_ = publicity.write(case.pk, by=people.town_staff, texts=TEXTS, version=returned.version)
    assert (again_.pk, again_.state, again_.return_note) == (result.pk, ReleaseState.WAITING, "")


def test_withdrawn_with_a_reason_the_trace_stays_and_it_may_be_written_anew(people, case):
    result = publicity.release(write(case, people).pk, by=people.hub_staff)
    with pytest.raises(ValidationError):
        publicity.withdraw(result.pk, by=people.town_staff, reason="")
    gone = publicity.withdraw(result.pk, by=people.town_staff, reason="来访人要求")
    assert (gone.state, gone.withdrawn_by, gone.matter) == (ReleaseState.WITHDRAWN, people.town_staff, TEXTS["matter"])
    assert Event.objects.filter(chain=case.chain).latest("seq").note == "来访人要求"
    assert write(case, people).pk != result.pk


def test_a_released_text_is_not_written_over(people, case):
    publicity.release(write(case, people).pk, by=people.hub_staff)
    with pytest.raises(ValidationError, match="先撤下"):
        write(case, people)


def test_a_page_opened_before_a_change_is_stale(client, people, case):
    result = write(case, people)
    publicity.write(case.pk, by=people.town_staff, texts={**TEXTS, "title": "新标题"}, version=result.version)
    page = post(client, people.hub_staff, "release_result", result.pk, version=result.version)
    assert page.status_code == 200 and publicity.STALE in page.content.decode()
    assert PublicResult.objects.get().state == ReleaseState.WAITING


def test_if_the_event_cannot_be_written_nothing_is_public(people, case, monkeypatch):
    result = write(case, people)

    def fail(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr("suggestions.publicity.record", fail)
    with pytest.raises(IntegrityError), transaction.atomic():
        publicity.release(result.pk, by=people.hub_staff)
    assert PublicResult.objects.get().state == ReleaseState.WAITING


def test_the_history_holds_no_word_of_the_text(people, case):
    publicity.release(
        write(case, people, answer="张书记修好了。", confirmed=["张书记"]).pk, by=people.hub_staff, confirmed=["张书记"]
    )
    rows = Event.objects.filter(chain=case.chain, action__endswith="_result")
    assert rows.count() == 2 and "张书记" not in str([(row.before, row.after, row.note) for row in rows])


def test_staff_of_another_township_see_none_of_it(client, people, strangers, case):
    result = write(case, people)
    for user in (people.other_town_staff, strangers.town_staff, strangers.hub_staff):
        client.force_login(user)
        for name, pk in (("write_result", case.pk), ("public_result", result.pk), ("release_result", result.pk)):
            assert client.get(reverse(f"suggestions:{name}", args=[pk])).status_code == 404
        assert (
            result.title not in client.get(reverse("suggestions:public_results"), {"state": "waiting"}).content.decode()
        )
        with pytest.raises(PermissionDenied):
            publicity.withdraw(result.pk, by=again(user), reason="试试")


def test_erasing_the_voter_keeps_a_release_that_holds_nothing_of_the_voter(people):
    case = factories.case_in(people, State.CLOSED, may_publish=True)
    result = publicity.release(write(case, people).pk, by=people.hub_staff)
    erase_voter(case.voters.get().pk, by=people.town_staff)
    result.refresh_from_db()
    assert (result.state, result.matter) == (ReleaseState.RELEASED, TEXTS["matter"])


@pytest.mark.parametrize("text", ["赵小满反映路灯不亮", "赵大爷反映路灯不亮", "请打13800001234"])
def test_erasing_the_voter_takes_down_and_blanks_a_release_that_holds_the_voter(people, text):
    case = factories.case_in(people, State.CLOSED, may_publish=True)
    result = factories.public_result(people, case, matter=text)
    erase_voter(case.voters.get().pk, by=people.town_staff)
    result.refresh_from_db()
    assert (result.state, result.matter) == (ReleaseState.WITHDRAWN, publicity.ERASED)
    assert events(case)[-2:] == ["withdraw_result", "erase"]


def test_the_list_shows_what_may_be_released_and_what_waits(client, people, case):
    refused = factories.case_in(people, State.CLOSED)
    client.force_login(people.town_staff)
    page = client.get(reverse("suggestions:public_results"))
    assert [row.pk for row in page.context["page"].rows] == [case.pk] and refused.pk != case.pk
    result = write(case, people)
    page = client.get(reverse("suggestions:public_results"))
    assert page.context["state"] == "waiting" and list(page.context["page"].rows) == [result]


def test_the_case_page_has_the_button_from_the_reply_on(client, people, case):
    early = factories.case_in(people, State.HANDLING, may_publish=True)
    client.force_login(people.town_staff)
    address = reverse("suggestions:write_result", args=[case.pk])
    assert address in client.get(reverse("suggestions:case", args=[case.pk])).content.decode()
    assert "公开办理结果" not in client.get(reverse("suggestions:case", args=[early.pk])).content.decode()
    client.force_login(people.deputy_user)
    assert address not in client.get(reverse("suggestions:case", args=[case.pk])).content.decode()


def test_every_voter_of_a_joint_case_is_kept_out(people):
    voters = [VoterData(name="赵小满"), VoterData(name="孙有福", phone="13700001111")]
    case = factories.case_in(people, State.REPLIED, may_publish=True, voters=voters)
    with pytest.raises(ValidationError, match="来访人登记的"):
        write(case, people, matter="孙有福等人反映")
    assert fresh(case).version == case.version
