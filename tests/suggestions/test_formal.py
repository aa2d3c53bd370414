"""代表建议 and 议案: raised, written, put in, taken back."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from deputies.models import Level, Status
from history.models import Event
from messaging.models import OutboxRow
from suggestions import formal, formal_signing
from suggestions.models import Formal, FormalState, SignerState
from tests import factories as cast
from tests.suggestions import factories
from tests.suggestions.acts import again, said

LIST = reverse("suggestions:formal_list")
RAISE = reverse("suggestions:raise_formal")


def page_of(paper, name="formal"):
    return reverse(f"suggestions:{name}", args=[paper.pk])


def sent(**fields):
    texts = factories.texts(**fields)
    return {**texts, "in_session": "1" if texts["in_session"] else "0"}


@pytest.mark.parametrize("seat", ["deputy_user", "town_staff", "hub_staff"])
def test_a_suggestion_is_raised_without_a_case(people, as_user, seat):
    factories.term(people)
    answer = as_user(getattr(people, seat)).post(RAISE, sent(lead=people.deputy.pk) | {"lead": people.deputy.pk})
    paper = Formal.objects.get()
    assert answer.url == page_of(paper)
    assert (paper.lead, paper.station, paper.state) == (people.deputy, people.hub, FormalState.DRAFT)
    assert paper.sitting == "第十六届第三次会议闭会期间"
    assert paper.delegation == "博爱县甲镇代表团"
    assert "整修灌溉渠" in as_user(getattr(people, seat)).get(LIST).content.decode()


def test_several_cases_are_raised_to_one_paper(people, as_user):
    factories.term(people)
    one, two = cast.register(people), cast.register(people, title="桥栏杆断了")
    client = as_user(people.deputy_user)
    form = client.get(RAISE, {"case": [one.pk, two.pk]}).context["form"]
    assert form["lead"].value() == people.deputy.pk and one.content in form["content"].value()
    client.post(RAISE, sent() | {"lead": people.deputy.pk, "sources": form["sources"].value()})
    paper = Formal.objects.get()
    assert list(paper.sources.order_by("pk")) == [one, two]
    assert one.number in client.get(page_of(paper)).content.decode()


def test_a_case_one_does_not_see_cannot_be_its_source(people, strangers, as_user):
    factories.term(people)
    theirs = cast.register(strangers)
    answer = as_user(people.deputy_user).post(RAISE, sent() | {"lead": people.deputy.pk, "sources": theirs.number})
    assert "看不到" in answer.content.decode() and not Formal.objects.exists()


def test_a_township_deputys_paper_goes_to_the_township(people):
    factories.term(people, Level.TOWNSHIP)
    paper = formal.raise_formal(people.other_deputy, by=people.other_town_staff, texts=factories.texts())
    assert paper.station == people.other_town and not paper.is_county


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"matter": ""}, "案由"),
        ({"grounds": " "}, "案据"),
        ({"in_session": False}, "会议期间"),
        ({"content": ""}, "请填写"),
        ({"content": "联系人身份证 41082219900307123X"}, "身份证"),
        ({"session": 0}, "会议次数"),
    ],
)
def test_a_motion_is_whole_or_refused(people, fields, word):
    factories.term(people)
    with pytest.raises(ValidationError, match=word):
        formal.raise_formal(people.deputy, by=people.deputy_user, texts=factories.texts(**factories.MOTION | fields))


def test_what_the_form_lacks_is_said_at_its_field(people, as_user):
    factories.term(people)
    answer = as_user(people.deputy_user).post(RAISE, sent(kind="motion", in_session=True) | {"lead": people.deputy.pk})
    assert "案由" in answer.context["form"].errors["matter"][0]


@pytest.mark.parametrize("level", [Level.CITY, Level.PROVINCE])
def test_upper_deputies_put_theirs_before_their_own_congress(people, level):
    upper = cast.upper_deputy(people, level=level)
    with pytest.raises(ValidationError, match="省、市人大"):
        formal.raise_formal(upper, by=people.hub_staff, texts=factories.texts())


def test_a_deputy_out_of_office_raises_nothing(people):
    factories.term(people)
    people.deputy.status = Status.ENDED
    people.deputy.save()
    with pytest.raises(ValidationError, match="已不在任"):
        formal.raise_formal(people.deputy, by=people.town_staff, texts=factories.texts())


def test_without_a_term_it_is_said_where_to_make_one(people):
    with pytest.raises(ValidationError, match="换届"):
        formal.raise_formal(people.deputy, by=people.town_staff, texts=factories.texts())


def test_nobody_writes_for_a_deputy_of_another_township(people):
    factories.term(people)
    with pytest.raises(PermissionDenied):
        formal.raise_formal(people.deputy, by=people.other_town_staff, texts=factories.texts())


def test_an_edit_of_the_words_asks_every_signer_again(people, as_user):
    paper = factories.paper(people)
    factories.sign(paper, factories.colleagues(people, 2), people)
    paper.refresh_from_db()
    formal.edit(paper.pk, by=people.deputy_user, texts=factories.texts(wished="住建局"), version=paper.version)
    assert {one.state for one in paper.signers.all()} == {SignerState.CONFIRMED}
    answer = as_user(people.deputy_user).post(
        page_of(paper, "edit_formal"), sent(title="改建灌溉渠") | {"version": Formal.objects.get().version}
    )
    assert answer.status_code == 302
    assert {one.state for one in paper.signers.all()} == {SignerState.ASKED}


def test_an_edit_from_a_stale_page_is_refused(people):
    paper = factories.paper(people)
    formal.edit(paper.pk, by=people.deputy_user, texts=factories.texts(title="第一次改"), version=paper.version)
    with pytest.raises(ValidationError, match="有了变动"):
        formal.edit(paper.pk, by=people.town_staff, texts=factories.texts(title="第二次改"), version=paper.version)


def test_put_in_it_waits_for_the_office_which_is_told(people, as_user):
    paper = factories.paper(people)
    answer = as_user(people.deputy_user).post(page_of(paper, "submit_formal"), {"version": paper.version})
    assert "等博爱县中心站预审" in said(answer)
    paper.refresh_from_db()
    assert paper.state == FormalState.SUBMITTED
    assert OutboxRow.objects.filter(person=people.hub_staff, subject="代表建议等您预审").exists()
    assert "1 件等您预审" in as_user(people.hub_staff).get(LIST).content.decode()


@pytest.mark.parametrize(
    ("level", "lead", "staff", "needed"),
    [(Level.COUNTY, "deputy", "hub_staff", 10), (Level.TOWNSHIP, "other_deputy", "other_town_staff", 5)],
)
def test_a_motion_needs_ten_county_or_five_township_deputies(people, level, lead, staff, needed):
    factories.term(people, level)
    staff = getattr(people, staff)
    paper = formal.raise_formal(getattr(people, lead), by=staff, texts=factories.texts(**factories.MOTION))
    rows = formal_signing.ask(
        paper.pk, factories.colleagues(people, needed - 1, level, people.other_town), by=people.hub_staff
    )
    for one in rows[:-1]:
        formal_signing.answer(one.pk, "confirm", by=staff, on_paper=True)
    with pytest.raises(ValidationError, match=f"{needed} 名以上.*地方组织法.*现在共 {needed - 1} 名，还差 1 名"):
        formal.submit(paper.pk, by=staff)
    formal_signing.answer(rows[-1].pk, "confirm", by=staff, on_paper=True)
    assert formal.submit(paper.pk, by=staff).state == FormalState.SUBMITTED


def test_a_withdrawn_paper_tells_its_signers_and_is_over(people, as_user):
    paper = factories.paper(people)
    second = factories.colleagues(people, 1)[0]
    second.user = people.officer_user
    second.save()
    formal_signing.ask(paper.pk, [second], by=people.town_staff)
    paper.refresh_from_db()
    client = as_user(people.deputy_user)
    assert client.post(page_of(paper, "withdraw_formal"), {"reason": "", "version": paper.version}).status_code == 200
    client.post(page_of(paper, "withdraw_formal"), {"reason": "已经修好", "version": paper.version})
    assert Formal.objects.get().state == FormalState.WITHDRAWN
    assert OutboxRow.objects.filter(person=people.officer_user, subject__contains="已撤回").exists()
    with pytest.raises(ValidationError, match="已撤回"):
        formal.submit(paper.pk, by=people.deputy_user)


def test_when_the_lead_leaves_office_a_signer_takes_the_lead(people):
    paper = factories.paper(people)
    signed = factories.sign(paper, factories.colleagues(people, 1), people)
    people.deputy.status = Status.ENDED
    people.deputy.save()
    with pytest.raises(ValidationError, match="张为民已不在任"):
        formal.submit(paper.pk, by=again(people.town_staff))
    signer = signed.signers.get()
    formal.change_lead(paper.pk, by=people.town_staff, signer=signer.pk)
    changed = formal.submit(paper.pk, by=people.town_staff)
    assert (changed.lead, changed.signers.count()) == (signer.deputy, 0)


def test_a_lead_in_office_who_hands_over_stays_a_signer(people):
    signed = factories.sign(factories.paper(people), factories.colleagues(people, 1), people)
    changed = formal.change_lead(signed.pk, by=people.town_staff, signer=signed.signers.get().pk)
    assert [(one.deputy, one.counts) for one in changed.signers.all()] == [(people.deputy, True)]


def test_what_happens_is_in_its_history(people):
    paper = factories.paper(people)
    formal.submit(paper.pk, by=people.deputy_user)
    assert [*Event.objects.filter(chain=paper.chain).order_by("seq").values_list("action", flat=True)] == [
        "formal_raise",
        "formal_submit",
    ]


def test_the_next_paper_of_a_term_starts_from_the_last_ones_session(people):
    term = factories.term(people)
    factories.paper(people, session=4)
    assert formal.default_session(people.hub, term) == 4


def test_the_list_takes_the_same_number_of_queries_for_any_number_of_papers(people, as_user, django_assert_num_queries):
    client = as_user(people.hub_staff)
    factories.paper(people)
    client.get(LIST)
    with django_assert_num_queries(6):
        client.get(LIST)
    for _ in range(4):
        factories.paper(people)
    with django_assert_num_queries(6):
        client.get(LIST)
