"""What figures say of a scope and a period, against counts by hand and against the published figures."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from receptions.models import DayState
from reports import scopes, upkeep
from reports.figures import figures_of
from reports.periods import Period, preset
from suggestions import figures as published
from suggestions import workflow
from suggestions.choices import ResultKind, Satisfaction, State
from suggestions.models import Suggestion
from suggestions.transitions import Voice
from tests import factories
from tests.reports import counties

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LATELY = Period(TODAY - dt.timedelta(days=420), TODAY)


def test_a_county_counted_by_hand(people):
    factories.case_in(people, State.CLOSED)
    factories.case_in(people, State.WITHDRAWN)
    late = factories.case_in(people, State.HANDLING, field="health")
    Suggestion.objects.filter(pk=late.pk).update(due_on=TODAY - dt.timedelta(days=1))
    found = figures_of(scopes.of_county(people.county), preset("week"))
    tally = found.now.tally
    assert (tally.received, tally.due, tally.answered, tally.solved, tally.content) == (2, 2, 1, 1, 1)
    assert found.overdue == 1 and found.fields["health"] == 1 and found.states["handling"] == 1
    assert found.flow["reception", "solved"] == 1 and found.flow["reception", ""] == 1
    assert found.channels["reception"] == 2 and sum(found.levels.values()) == 2
    assert found.now.took == {0: 1} and found.now.median == 0
    assert [(group.label, group.tally.received) for group in found.by_department] == [("村镇建设中心", 2)]


def test_today_is_right_before_anything_was_kept_and_after(people):
    factories.case_in(people, State.CLOSED)
    county = scopes.of_county(people.county)
    before = figures_of(county, preset("year"))
    upkeep.refresh()
    assert figures_of(county, preset("year")) == before
    case = factories.register(people)  # its day is kept, and no longer true
    after = figures_of(county, preset("year"))
    assert after.now.tally.received == before.now.tally.received + 1
    workflow.withdraw(case.pk, by=Voice.VOTER)
    assert figures_of(county, preset("year")) == before


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_kept_counted_and_published_are_one(people, data):
    with transaction.atomic():
        counties.make(people, data.draw(st.lists(counties.values(people), min_size=1, max_size=8)))
        scope_list = [
            scopes.of_county(people.county),
            scopes.of_station(people.town),
            scopes.of_department(people.county_department),
            scopes.of_field(people.county, "health"),
        ]
        fresh = [figures_of(scope, LATELY) for scope in scope_list]
        upkeep.refresh()
        kept = [figures_of(scope, LATELY) for scope in scope_list]
        assert kept == fresh
        for found, scope in zip(kept, scope_list, strict=True):
            lately = scope.cases.filter(created_at__date__gte=LATELY.first)
            assert found.now.tally == published.total(lately)
            assert sum((tally for _, tally in found.series), published.Tally()) == found.now.tally
            assert figures_of(replace(scope, kept=None), LATELY).now == found.now
        county = kept[0]
        for groups in (county.by_station, county.by_field):
            assert sum((group.tally for group in groups), published.Tally()) == county.now.tally
        transaction.set_rollback(True)


def test_half_and_nine_in_ten_are_exact(people):
    day = timezone.now() - dt.timedelta(days=60)
    for days in (1, 2, 3, 4, 5, 6, 7, 8, 9, 50):
        case = factories.case_in(people, State.REPLIED, at=day)
        Suggestion.objects.filter(pk=case.pk).update(replied_at=day + dt.timedelta(days=days))
    now = figures_of(scopes.of_county(people.county), LATELY).now
    assert (now.median, now.ninety) == (5, 9)
    assert figures_of(scopes.of_county(people.county), preset("week")).now.median is None


def test_reception_days_held_and_attendance(people):
    past = factories.reception_day(people, TODAY - dt.timedelta(days=3), state=DayState.CLOSED, visitors=12)
    missed = factories.reception_day(people, TODAY - dt.timedelta(days=2), station=people.hub)
    factories.reception_day(people, TODAY - dt.timedelta(days=1), state=DayState.CANCELLED, cancel_reason="大雪")
    factories.reception_day(people, TODAY + dt.timedelta(days=4))
    there, _ = factories.on_duty(past, people.deputy, people.other_deputy)
    factories.on_duty(missed, people.deputy)
    there.signed_in_at = timezone.now()
    there.save()
    period = Period(TODAY - dt.timedelta(days=30), TODAY + dt.timedelta(days=30))

    def receptions(scope):
        found = figures_of(scope, period).now.receptions
        return found.due, found.held, found.cancelled, found.visitors, found.on_duty, found.signed_in

    assert receptions(scopes.of_county(people.county)) == (2, 1, 1, 12, 2, 1)
    assert receptions(scopes.of_station(people.town)) == (1, 1, 1, 12, 2, 1)
    assert receptions(scopes.of_deputy(people.deputy)) == (2, 1, 0, 12, 1, 1)
    assert receptions(scopes.of_deputy(people.other_deputy)) == (1, 1, 0, 0, 1, 0)
    assert figures_of(scopes.of_field(people.county, "health"), period).now.receptions is None


def test_the_number_of_queries_does_not_grow_with_the_county(people, django_assert_max_num_queries):
    for _ in range(3):
        factories.case_in(people, State.CLOSED)
    upkeep.refresh()
    with django_assert_max_num_queries(21):
        figures_of(scopes.of_county(people.county), preset("year"))


def test_a_redo_counts_the_last_answer(people):
    case = factories.case_in(people, State.ASSESSING)
    now = figures_of(scopes.of_county(people.county), preset("year")).now
    assert case.satisfaction == Satisfaction.NOT and case.result_kind == ResultKind.SOLVED
    assert (now.tally.answered, now.tally.votes, now.tally.content) == (1, 1, 0)
