"""Awaiting, due soon, overdue: derived from dates, and every open case is in exactly one of them."""

import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from stations.models import Rules
from suggestions.choices import OPEN_STATES, Channel, LimitRule, State
from suggestions.faces import Faces
from suggestions.limits import Phase, phase, warning_date
from suggestions.models import Suggestion
from tests import factories
from tests.suggestions.ledgers import found

TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def one_of_each_date(people):
    """Open cases due on each of sixty days around TODAY, in two counties with different warnings."""
    other = factories.other_cast()
    Rules.objects.filter(county=other.county).update(warn_days=2)
    rows, seq = [], 9000
    for cast in (people, other):
        template = factories.register(cast)
        for offset in range(-30, 30):
            for state in (State.REGISTERED, State.REPLIED):
                seq += 1
                rows.append(
                    Suggestion(
                        county=cast.county,
                        year=2026,
                        seq=seq,
                        number=f"X{seq}",
                        channel=Channel.PHONE,
                        title="题",
                        content="文",
                        happened_on=TODAY,
                        station=cast.town,
                        desk=cast.town,
                        state=state,
                        state_since=template.created_at,
                        created_at=template.created_at,
                        due_on=TODAY + dt.timedelta(days=offset),
                        due_rule=LimitRule.TRIAGE,
                        reply="答" if state == State.REPLIED else "",
                        query_code="x",
                    )
                )
    Suggestion.objects.bulk_create(rows)
    factories.case_in(people, State.CLOSED)
    return [people.county, other.county]


@effort(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(today=st.dates(TODAY - dt.timedelta(days=40), TODAY + dt.timedelta(days=40)))
def test_phases_partition_every_open_case_on_every_date(one_of_each_date, today):
    counties = [type(county).objects.select_related("rules").get(pk=county.pk) for county in one_of_each_date]
    faces = Faces(counties, today)
    by_phase = {each: set(Suggestion.objects.filter(faces.is_in(each)).values_list("pk", flat=True)) for each in Phase}
    every = Suggestion.objects.filter(state__in=OPEN_STATES)
    assert sum(len(found) for found in by_phase.values()) == every.count()
    for case in every.select_related("county__rules"):
        expected = phase(case.due_on, today, warning_date(today, case.county.rules))
        assert case.pk in by_phase[expected] and faces.phase(case.county_id, case.due_on) is expected
        assert (expected is Phase.OVERDUE) is case.is_overdue(today)


def test_due_today_is_soon_and_not_overdue(people):
    case = factories.register(people)
    Suggestion.objects.filter(pk=case.pk).update(due_on=timezone.localdate())
    assert found(people.town_staff, phase="due_soon") == [case.number]
    assert found(people.town_staff, phase="overdue") == []


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (dt.date(2026, 11, 23), "今天到期"),
        (dt.date(2026, 11, 24), "还有 1 个工作日"),
        (dt.date(2026, 11, 30), "还有 5 个工作日"),
        (dt.date(2026, 11, 20), "逾期 1 个工作日"),
        (dt.date(2026, 11, 9), "逾期 10 个工作日"),
    ],
)
def test_limits_are_said_in_working_days(people, due_on, words):
    assert Faces([people.county], TODAY).words(due_on) == words


def test_a_limit_on_a_day_off_is_said_in_days(people):
    friday, sunday = dt.date(2026, 11, 27), dt.date(2026, 11, 29)
    assert Faces([people.county], friday).words(sunday) == "还有 2 天"
    assert Faces([people.county], sunday).words(dt.date(2026, 11, 28)) == "已逾期"
