"""The way back of a suggestion or motion: three months, answered to everybody who signed, their opinions, done once more."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from deputies.models import Level
from messaging.models import OutboxRow
from suggestions import clock, formal, formal_answers, formal_signing, limits, workflow
from suggestions.choices import LimitRule, State
from suggestions.models import Formal, Suggestion
from tests import factories as cast
from tests.suggestions import factories
from tests.suggestions.acts import fresh, press


@pytest.fixture
def second(people):
    """A co-signer with a log-in."""
    (one,) = factories.colleagues(people, 1)
    one.user = people.other_deputy_user
    one.save()
    return one


@pytest.fixture
def paper(people, second):
    """Filed, with a co-signer; from a voter's case, which went into its own."""
    found = factories.paper(people, sources=[cast.register(people)])
    return factories.filed(factories.sign(found, [second], people), people)


def answer(case, people, result="渠道已整修。"):
    workflow.take(case.pk, by=people.county_clerk)
    workflow.report(case.pk, by=people.county_clerk, result_kind="solved", text=result)
    workflow.hand_over(case.pk, by=people.hub_staff)
    return fresh(case)


@pytest.fixture
def answered(people, paper):
    workflow.assign(paper.case_id, by=people.hub_staff, lead=people.county_department)
    answer(paper.case, people)
    return Formal.objects.for_page().get(pk=paper.pk)


def opinion(client, user, paper, **said):
    client.force_login(user)
    return client.post(reverse("suggestions:formal_opinion", args=[paper.pk]), said)


def test_a_township_has_three_months_for_it_and_six_at_most(people):
    factories.term(people, Level.TOWNSHIP)
    lead = factories.colleagues(people, 1, Level.TOWNSHIP)[0]
    case = factories.filed(formal.raise_formal(lead, by=people.town_staff, texts=factories.texts()), people).case
    workflow.assign(case.pk, by=people.town_staff, lead=people.town_department)
    row = case.assignments.get()
    rules, today = case.county.rules, timezone.localdate()
    assert (row.due_rule, row.due_on) == (LimitRule.COUNTY, limits.handling(people.hub, rules, today).due_on)
    ordinary = cast.case_in(people, State.ASSIGNED)
    assert ordinary.assignments.get(role="lead").due_rule == LimitRule.TOWNSHIP
    workflow.take(case.pk, by=people.clerk)
    last = limits.longest(people.hub, rules, today)
    workflow.ask_extension(case.pk, by=people.clerk, new_due_on=last, reason="等汛期过后施工")


def test_the_answer_goes_to_all_who_signed_and_to_the_voter_it_came_from(people, answered, as_user):
    case = answered.case
    assert (case.state, case.reply) == (State.REPLIED, "渠道已整修。")
    for person in (people.deputy_user, people.other_deputy_user):
        assert OutboxRow.objects.filter(person=person, subject="代表建议已答复，请填征询意见").exists()
        page = as_user(person).get(reverse("suggestions:formal", args=[answered.pk])).content.decode()
        assert "渠道已整修。" in page and "填意见" in page
    source = answered.sources.get()
    assert (source.state, source.reply) == (State.REPLIED, "渠道已整修。")


def test_a_signer_without_a_telephone_and_log_in_stops_nobody(people):
    paper = factories.sign(factories.paper(people), factories.colleagues(people, 1), people)
    case = factories.filed(paper, people).case
    workflow.assign(case.pk, by=people.hub_staff, lead=people.county_department)
    assert answer(case, people).state == State.REPLIED


def test_the_lead_content_closes_the_case(client, people, answered):
    opinion(client, people.deputy_user, answered, satisfaction="satisfied", opinion="办得好")
    case = fresh(answered.case)
    assert (case.state, case.satisfaction) == (State.CLOSED, "satisfied")
    assert case.ratings.get().called_by == people.deputy_user


def test_the_lead_not_content_says_why_and_it_is_done_again_within_a_month_once(client, people, answered):
    empty = opinion(client, people.deputy_user, answered, satisfaction="not", opinion="")
    assert "说明原因" in empty.content.decode()
    opinion(client, people.deputy_user, answered, satisfaction="not", opinion="又漏了")
    case = fresh(answered.case)
    assert (case.state, case.redo_count) == (State.ASSIGNED, 1)
    row = case.assignments.get(is_current=True)
    assert row.due_rule == LimitRule.REDO and row.instruction.startswith("代表不满意")
    answer(case, people)
    opinion(client, people.deputy_user, answered, satisfaction="not", opinion="还漏")
    assert fresh(case).state == State.ASSESSING


def test_a_co_signers_opinion_is_kept_and_moves_nothing(client, people, answered):
    opinion(client, people.other_deputy_user, answered, satisfaction="not", opinion="东段没修")
    signer = answered.signers.get()
    assert (signer.satisfaction, signer.opinion) == ("not", "东段没修")
    assert fresh(answered.case).state == State.REPLIED
    assert OutboxRow.objects.filter(person=people.hub_staff, subject__startswith="附议代表对办理不满意").exists()
    client.force_login(people.hub_staff)
    assert "东段没修" in client.get(reverse("suggestions:formal", args=[answered.pk])).content.decode()


def test_after_a_redo_a_co_signers_word_counts_as_of_the_answer_before(client, people, answered):
    opinion(client, people.other_deputy_user, answered, satisfaction="satisfied", opinion="")
    opinion(client, people.deputy_user, answered, satisfaction="not", opinion="又漏了")
    answer(answered.case, people, "全线整修。")
    again = Formal.objects.for_page().get(pk=answered.pk)
    assert not formal_answers.stands(again, again.signers.get())


@pytest.mark.parametrize("seat", ["hub_staff", "town_staff"])
def test_nobody_else_gives_an_opinion(people, answered, seat):
    with pytest.raises(PermissionDenied):
        formal_answers.give(answered.pk, by=getattr(people, seat), satisfaction="satisfied")


def test_before_the_answer_there_is_nothing_to_say(client, people, paper):
    page = opinion(client, people.deputy_user, paper, satisfaction="satisfied")
    assert "还没有答复" in page.content.decode()
    with pytest.raises(ValidationError, match="还没有答复"):
        formal_answers.give(paper.pk, by=people.deputy_user, satisfaction="satisfied")


def test_who_declined_is_not_asked(people, second):
    found = factories.paper(people)
    (one,) = formal_signing.ask(found.pk, [second], by=people.town_staff)
    formal_signing.answer(one.pk, "decline", by=people.other_deputy_user)
    case = factories.filed(found, people).case
    workflow.assign(case.pk, by=people.hub_staff, lead=people.county_department)
    answer(case, people)
    assert not OutboxRow.objects.filter(person=people.other_deputy_user, subject__contains="已答复").exists()
    with pytest.raises(ValidationError):
        formal_answers.give(found.pk, by=people.other_deputy_user, satisfaction="satisfied")


def test_the_office_enters_the_form_that_came_back_on_paper(client, people, answered):
    press(client, people.hub_staff, "rate", answered.case, satisfaction="basically")
    assert fresh(answered.case).state == State.CLOSED


def test_the_deputy_of_an_ordinary_case_still_does_not_rate_it(people):
    case = cast.case_in(people, State.REPLIED, kind="suggestion")
    with pytest.raises(PermissionDenied):
        workflow.rate(case.pk, by=people.deputy_user, satisfaction="satisfied")


def test_what_nobody_says_anything_about_is_archived_in_its_time(people, answered):
    Suggestion.objects.filter(pk=answered.case_id).update(due_on=timezone.localdate() - dt.timedelta(days=1))
    assert clock.archive_unrated() == 1
    assert fresh(answered.case).state == State.CLOSED


def test_the_first_page_shows_what_waits(people, second, as_user):
    home = reverse("suggestions:my_work")
    found = factories.paper(people)
    formal_signing.ask(found.pk, [second], by=people.town_staff)
    assert "请您附议" in as_user(people.other_deputy_user).get(home).content.decode()
    formal.submit(found.pk, by=people.deputy_user)
    assert "建议、议案待预审" in as_user(people.hub_staff).get(home).content.decode()


def test_a_case_shows_its_papers_and_the_way_to_raise_one(people, paper, as_user):
    source = paper.sources.get()
    page = as_user(people.town_staff).get(reverse("suggestions:case", args=[source.pk])).content.decode()
    assert paper.title in page and "提为代表建议、议案" in page
    own = as_user(people.hub_staff).get(reverse("suggestions:case", args=[paper.case_id])).content.decode()
    assert paper.number in own and "提为代表建议、议案" not in own
