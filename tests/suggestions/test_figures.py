"""The published figures, counted by hand and by the ledger."""

import datetime as dt

import pytest
from django.http import QueryDict
from django.utils import timezone

from suggestions import figures, workflow
from suggestions.choices import Channel, Field, ResultKind, Satisfaction, State
from suggestions.figures import Rate, Tally
from suggestions.ledger import Ledger
from suggestions.models import Suggestion
from suggestions.transitions import Voice
from tests import factories
from tests.suggestions.acts import again

pytestmark = pytest.mark.django_db
ALL = figures.Period(dt.date(2020, 1, 1), 240)


def change(case, **fields):
    Suggestion.objects.filter(pk=case.pk).update(**fields)


def tally(people):
    return figures.total(figures.of_county(people.county.pk, ALL))


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [
        (0, 0, ""),
        (9, 9, ""),
        (0, 10, "0%"),
        (10, 10, "100%"),
        (37, 40, "92.5%"),
        (1, 3000, "0.1%"),
        (2999, 3000, "99.9%"),
        (20, 30, "66.7%"),
    ],
)
def test_a_rate_is_said_with_care(part, whole, percent):
    assert Rate(part, whole).percent == percent


def test_nothing_of_nothing(people):
    assert tally(people) == Tally() and tally(people).response == Rate(0, 0)


def test_counted_by_hand(people):
    factories.submit(people)  # received, its limit runs
    factories.case_in(people, State.WITHDRAWN)  # counts nowhere
    factories.case_in(people, State.REFUSED)  # two of them, of which one is refused: received, no answer owed
    late = factories.case_in(people, State.HANDLING)
    change(late, due_on=timezone.localdate() - dt.timedelta(days=1))  # received, owed and late
    today = factories.case_in(people, State.HANDLING)
    change(today, due_on=timezone.localdate())  # due today is not late
    factories.case_in(people, State.REPLIED)  # answered in time, solved, no vote
    factories.case_in(people, State.CLOSED)  # the same, satisfied
    tardy = factories.case_in(people, State.CLOSED)
    change(tardy, overran=True, result_kind=ResultKind.PLANNED, satisfaction=Satisfaction.BASICALLY)
    factories.case_in(people, State.ASSESSING)  # answered twice, not satisfied twice
    assert tally(people) == Tally(received=9, due=5, in_time=3, answered=4, solved=3, votes=3, content=2)


def test_a_merged_case_counts_once_it_has_the_answer(people):
    case = factories.case_in(people, State.HANDED_OVER)
    other = factories.register(people)
    main = factories.register(people)
    workflow.merge(other.pk, into=main.pk, by=people.town_staff)
    before = tally(people)
    workflow.answer(main.pk, text="已修好。", by=people.deputy_user)
    after = tally(people)
    assert (before.answered, after.answered) == (0, 2) and after.received == before.received == 3 and case.pk


def test_the_figures_are_those_of_the_ledger(people):
    """Both ways: by the filters of the ledger that the county office has, and by the figures."""
    for state in (State.REPLIED, State.CLOSED, State.CLOSED, State.ASSESSING, State.HANDLING, State.WITHDRAWN):
        factories.case_in(people, state, channel=Channel.PHONE)
    change(Suggestion.objects.filter(state=State.CLOSED).latest("pk"), field=Field.HEALTH, result_kind="planned")
    period = figures.last_months()
    days = f"since={period.first}&until={timezone.localdate()}"

    def ledger(query, **exclude):
        cases = Ledger(again(people.hub_staff), QueryDict(f"{days}&{query}")).cases
        return cases.exclude(state=State.WITHDRAWN).count()

    found = figures.total(figures.of_county(people.county.pk, period))
    assert found.received == ledger("")
    assert found.solved == ledger("result=solved") and found.votes == sum(
        ledger(f"rating={each}") for each in Satisfaction.values
    )
    assert found.content == ledger("rating=satisfied") + ledger("rating=basically")
    fields = figures.by_field(figures.of_county(people.county.pk, period))
    assert fields[Field.HEALTH].received == ledger("field=health")
    assert sum(fields.values(), Tally()) == found
    town = figures.total(figures.of_station(people.town, period))
    assert town.received == ledger(f"station={people.town.pk}")
    months = figures.by_month(figures.of_county(people.county.pk, period), period)
    assert sum(months.values(), Tally()) == found and len(months) == 12


def test_a_township_counts_its_points_and_the_hub_only_itself(people):
    factories.register(people)
    factories.register(people, by=people.point_staff, station=people.point)
    factories.register(people, by=people.hub_staff, station=people.hub, deputy=None)
    stations = [people.hub, people.town, people.other_town, people.point, people.studio]
    found = figures.by_station(figures.of_county(people.county.pk, ALL), stations)
    assert [found[station.pk].received for station in stations] == [1, 2, 0, 1, 0]
    assert figures.total(figures.of_station(people.town, ALL)).received == 2


def test_another_county_is_not_counted(people, strangers):
    factories.register(strangers)
    assert tally(people) == Tally()


def test_months_end_at_local_midnight(people):
    newyear = dt.datetime(2026, 1, 1, tzinfo=timezone.get_current_timezone())
    for moment in (newyear - dt.timedelta(seconds=1), newyear):
        change(factories.register(people), created_at=moment)
    cases = figures.of_county(people.county.pk, figures.year(2026))
    months = figures.by_month(cases, figures.year(2026))
    assert [tally.received for tally in months.values()] == [1, *[0] * 11]
    assert figures.total(figures.of_county(people.county.pk, figures.year(2025))).received == 1


def test_twelve_months_end_with_the_running_one():
    period = figures.last_months(dt.date(2026, 11, 24))
    assert (period.starts[0], period.starts[-1], period.end) == (
        dt.date(2025, 12, 1),
        dt.date(2026, 11, 1),
        dt.date(2026, 12, 1),
    )


def at(days):
    """In the working time of a day some days ago."""
    return timezone.now() - dt.timedelta(days=days)


def test_a_step_after_its_limit_is_remembered(people):
    case = factories.case_in(people, State.ASSIGNED, at=at(60))
    assert case.overran is False
    assert workflow.take(case.pk, by=people.clerk, at=at(1)).overran is True


def test_a_step_on_its_last_day_is_in_time(people):
    case = factories.case_in(people, State.ASSIGNED, at=at(60))
    last = dt.datetime.combine(case.due_on, dt.time(17), tzinfo=timezone.get_current_timezone())
    assert workflow.take(case.pk, by=people.clerk, at=last).overran is False


def test_a_granted_extension_and_a_late_rating_are_nobodys_delay(people):
    case = factories.case_in(people, State.HANDLING, at=at(90))
    asked = case.due_on + dt.timedelta(days=20)
    workflow.ask_extension(case.pk, by=people.clerk, new_due_on=asked, reason="等材料", at=at(70))
    granted = workflow.decide_extension(case.pk, by=people.town_staff, grant=True, at=at(60))
    assert granted.overran is False
    replied = factories.case_in(people, State.REPLIED, at=at(90))
    assert workflow.rate(replied.pk, satisfaction="satisfied", by=Voice.VOTER, at=at(1)).overran is False


def test_a_remark_after_the_limit_ends_no_limit(people):
    case = factories.case_in(people, State.ASSIGNED, at=at(60))
    assert workflow.remark(case.pk, note="已催过", by=people.town_staff).overran is False
