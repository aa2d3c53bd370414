"""A new term: who goes on, who leaves, who takes over, and what is left to do."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from deputies import terms
from deputies.models import Constituent, Deputy, Level, Status, Term, Tie, TieKind
from history.models import Event
from messaging.models import OutboxRow
from suggestions import workflow
from suggestions.choices import State
from suggestions.models import Suggestion
from suggestions.timeline import entries, events_of
from tests import factories

PAGE = reverse("deputies:term_change")
TODAY = timezone.localdate()


@pytest.fixture
def old(people):
    term = Term.objects.create(county=people.county, level=Level.COUNTY, name="第十六届", starts_on=dt.date(2022, 3, 1))
    Deputy.objects.filter(pk=people.deputy.pk).update(term=term)
    return term


@pytest.fixture
def new(people, old):
    return terms.begin(people.county, Level.COUNTY, by=people.hub_staff, name="第十七届", starts_on=TODAY)


@pytest.fixture
def heir(people, new):
    return Deputy.objects.create(
        county=people.county, name="新代表", level=Level.COUNTY, home_station=people.town, term=new
    )


def test_a_new_term_ends_the_one_before_and_moves_nobody(people, old, new):
    old.refresh_from_db()
    assert old.ends_on == TODAY and list(terms.undecided(new)) == [people.deputy]


@pytest.mark.parametrize(
    ("name", "starts_on", "words"),
    [
        ("第十六届", "2027-03-01", "已经有第十六届"),
        ("第十七届", "2021-01-01", "要晚于上一届"),
        ("", "2027-03-01", "请填写"),
    ],
)
def test_a_wrong_term_is_refused_in_words(people, old, as_user, name, starts_on, words):
    answer = as_user(people.hub_staff).post(PAGE, {"name": name, "starts_on": starts_on})
    assert words in answer.content.decode() and Term.objects.count() == 1


def test_who_is_re_elected_keeps_station_ties_constituents_and_cases(people, new, as_user):
    factories.constituent(people.deputy)
    case = factories.case_in(people, State.HANDED_OVER)
    as_user(people.hub_staff).post(reverse("deputies:carry_over") + "?level=county", {"deputies": people.deputy.pk})
    people.deputy.refresh_from_db()
    assert (people.deputy.term, people.deputy.home_station, people.deputy.status) == (new, people.town, "serving")
    assert people.deputy.constituents.current().count() == 1
    assert Suggestion.objects.get(pk=case.pk).deputy == people.deputy
    assert not terms.undecided(new).exists()


def test_who_leaves_hands_constituents_and_ties_to_the_successor(people, heir, as_user):
    one = factories.constituent(people.deputy)
    factories.contact(one)
    leader = factories.member(Deputy.objects.create(county=people.county, name="韩主任", level=Level.COUNTY))
    tie = factories.tie(people, TieKind.MEMBER, member=leader, deputy=people.deputy)
    sent = {"on": TODAY.isoformat(), "reason": "换届未连任", "successor": heir.pk}
    as_user(people.hub_staff).post(reverse("deputies:leave_office", args=[people.deputy.pk]), sent)
    people.deputy.refresh_from_db()
    tie.refresh_from_db()
    assert people.deputy.status == Status.ENDED and "换届未连任" in people.deputy.status_note
    assert [(c.name, c.phone) for c in heir.constituents.current()] == [("孙长河", "13700001111")]
    assert one.contacts.count() == 1 and not people.deputy.constituents.current().exists()
    assert tie.until == TODAY and Tie.objects.current().get().deputy == heir


def test_whom_the_successor_keeps_contact_with_already_is_not_listed_twice(people, heir):
    factories.constituent(people.deputy)
    own = factories.constituent(heir)
    terms.leave_office(people.deputy.pk, by=people.hub_staff, on=TODAY, reason="辞职", successor=heir)
    assert list(heir.constituents.current()) == [own]


def test_without_a_successor_they_end_and_the_record_stays(people, new):
    one = factories.constituent(people.deputy)
    factories.contact(one)
    terms.leave_office(people.deputy.pk, by=people.town_staff, on=TODAY, reason="辞职")
    one.refresh_from_db()
    assert one.until == TODAY and one.contacts.exists() and Constituent.objects.count() == 1


def test_open_cases_of_who_left_are_named_and_the_station_answers_them(people, new, as_user):
    case = factories.case_in(people, State.HANDED_OVER)
    terms.leave_office(people.deputy.pk, by=people.hub_staff, on=TODAY, reason="调离")
    page = as_user(people.hub_staff).get(PAGE)
    assert [(row[0], row[1]) for row in page.context["cases"]] == [(people.deputy, 1)]
    client = as_user(people.town_staff)
    client.post(reverse("suggestions:reply", args=[case.pk]), {"text": "已修好。", "version": case.version})
    assert Suggestion.objects.get(pk=case.pk).state == State.REPLIED


@pytest.fixture
def colleague(people):
    """Of the same station, another level."""
    user = factories.user("BA-colleague")
    return Deputy.objects.create(
        county=people.county, name="新镇代", level=Level.TOWNSHIP, home_station=people.town, user=user
    )


def test_open_cases_go_to_a_deputy_of_the_same_station(people, colleague, as_user):
    open_ones = [factories.case_in(people, state) for state in (State.HANDLING, State.HANDED_OVER)]
    closed = factories.case_in(people, State.CLOSED)
    OutboxRow.objects.all().delete()
    page = reverse("deputies:leave_office", args=[people.deputy.pk])
    client = as_user(people.town_staff)
    assert client.get(page).context["open_cases"] == 2
    client.post(page, {"on": TODAY.isoformat(), "reason": "辞职", "cases_to": colleague.pk})
    for case in open_ones:
        now = Suggestion.objects.get(pk=case.pk)
        assert (now.deputy, now.state, now.due_on) == (colleague, case.state, case.due_on)
        event = events_of(now)[-1]
        facts = entries([event])[0].facts
        assert event.action == "transfer_deputy" and {"接待代表：新镇代", "原代表：张为民"} <= set(facts)
    assert Suggestion.objects.get(pk=closed.pk).deputy == people.deputy
    told = OutboxRow.objects.get(channel="in_app")
    assert told.person == colleague.user and "2 件意见转由您接办" in told.subject
    done = workflow.reply(open_ones[1].pk, text="已修好。", by=User.objects.get(pk=colleague.user.pk))
    assert done.state == State.REPLIED


def test_cases_go_to_nobody_of_another_station_or_out_of_office(people, heir, colleague):
    case = factories.case_in(people, State.HANDLING)
    gone = Deputy.objects.create(
        county=people.county, name="前代表", level=Level.COUNTY, home_station=people.town, status=Status.ENDED
    )
    for wrong in (people.other_deputy, people.deputy, gone):
        with pytest.raises(ValidationError, match="同一站点"):
            terms.leave_office(people.deputy.pk, by=people.hub_staff, on=TODAY, reason="辞职", cases_to=wrong)
    people.deputy.refresh_from_db()
    assert people.deputy.status == Status.SERVING and Suggestion.objects.get(pk=case.pk).deputy == people.deputy


def test_when_the_end_cannot_be_written_no_case_has_moved(people, colleague, monkeypatch):
    case = factories.case_in(people, State.HANDLING)
    events = Event.objects.count()

    def broken(*args, **what):
        raise IntegrityError("the last event cannot be written")

    monkeypatch.setattr(terms, "record", broken)
    with pytest.raises(IntegrityError):
        terms.leave_office(people.deputy.pk, by=people.hub_staff, on=TODAY, reason="辞职", cases_to=colleague)
    assert Suggestion.objects.get(pk=case.pk).deputy == people.deputy and Event.objects.count() == events
    assert not OutboxRow.objects.filter(subject__contains="接办").exists()


def test_the_check_list_counts_what_is_left(people, heir, as_user):
    checks = {check.label: check.left for check in as_user(people.hub_staff).get(PAGE).context["checks"]}
    assert list(checks.values()) == [1, 0, 0, 1, 1]


@pytest.mark.parametrize("wrong", ["self", "other_deputy", "stranger"])
def test_only_a_serving_deputy_of_the_same_level_takes_over(people, strangers, new, wrong):
    heirs = {"self": people.deputy, "other_deputy": people.other_deputy, "stranger": strangers.deputy}
    with pytest.raises(ValidationError):
        terms.leave_office(people.deputy.pk, by=people.hub_staff, on=TODAY, reason="辞职", successor=heirs[wrong])
    people.deputy.refresh_from_db()
    assert people.deputy.status == Status.SERVING


def test_nobody_leaves_twice_and_not_by_others(people, new):
    with pytest.raises(PermissionDenied):
        terms.leave_office(people.deputy.pk, by=people.other_town_staff, on=TODAY, reason="辞职")
    terms.leave_office(people.deputy.pk, by=people.hub_staff, on=TODAY, reason="辞职")
    with pytest.raises(ValidationError, match="已经终止"):
        terms.leave_office(people.deputy.pk, by=people.hub_staff, on=TODAY, reason="辞职")


def test_a_status_ended_on_the_form_ends_the_ties_as_well(people, as_user):
    upper = factories.upper_deputy(people)
    tie = factories.tie(people, TieKind.DEPARTMENT, deputy=upper, department=people.county_department)
    sent = {"name": "周市代", "level": "city", "home_station": people.hub.pk, "status": "ended", "status_note": "调离"}
    as_user(people.hub_staff).post(reverse("deputies:edit", args=[upper.pk]), sent)
    tie.refresh_from_db()
    assert tie.until == TODAY
