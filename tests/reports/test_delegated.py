"""What a township's department did for the county (delegated from the hub) is in the township's figures and in its ledger."""

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from reports import scopes, upkeep
from reports.figures import figures_of
from reports.periods import preset
from reports.tables import Tables
from suggestions import workflow
from suggestions.choices import ResultKind, Satisfaction, State
from suggestions.models import Suggestion
from suggestions.transitions import Voice
from tests import factories
from tests.reports.test_numbers_are_links import ledger_count

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def delegated(people):
    """Came in at the county, sent down, and is with the township's department."""
    case = factories.register(people, by=people.hub_staff, station=people.hub, deputy=None)
    workflow.delegate(case.pk, to=people.town, opinion="请镇里办。", by=people.hub_staff)
    workflow.assign(case.pk, lead=people.town_department, co=[], by=people.town_staff)
    workflow.take(case.pk, by=people.clerk)
    return case


def answered(people, case):
    workflow.report(case.pk, result_kind=ResultKind.SOLVED, text="已修好。", by=people.clerk)
    workflow.hand_over(case.pk, by=people.town_staff)
    workflow.reply(case.pk, text="修好了，请您看看。", by=people.town_staff)


def disputed(people, case):
    """Not satisfied twice: the county office assesses it, and it leaves the township's desk for good."""
    for _ in range(2):
        answered(people, case)
        workflow.rate(case.pk, satisfaction=Satisfaction.NOT, reason="又坏了。", by=Voice.VOTER)
        if Suggestion.objects.get(pk=case.pk).state == State.ASSIGNED:
            workflow.take(case.pk, by=people.clerk)
    assert Suggestion.objects.get(pk=case.pk).desk_id == people.hub.pk


@pytest.mark.parametrize("seat", ["hub_staff", "town_staff", "clerk"])
@pytest.mark.parametrize(
    "further", [lambda people, case: None, answered, disputed], ids=["open", "answered", "disputed"]
)
@pytest.mark.parametrize("is_kept", [True, False])
def test_a_delegated_case_is_in_its_departments_figures_for_whoever_sees_them(people, seat, further, is_kept):
    further(people, delegated(people))
    factories.register(people)
    if is_kept:
        upkeep.refresh()
    user = get_user_model().objects.get(pk=getattr(people, seat).pk)
    scope = scopes.scope_for(user, "department", str(people.town_department.pk))
    cell = Tables(figures_of(scope, preset("year"))).summary.rows[0][1]
    assert cell.number == ledger_count(user, cell.params) == 1


@pytest.mark.parametrize("seat", ["hub_staff", "town_staff"])
@pytest.mark.parametrize(
    "further", [lambda people, case: None, answered, disputed], ids=["open", "answered", "disputed"]
)
@pytest.mark.parametrize("is_kept", [True, False])
def test_the_townships_page_counts_what_its_department_does_for_the_county(people, seat, further, is_kept):
    further(people, delegated(people))
    own = factories.register(people)
    workflow.assign(own.pk, lead=people.town_department, co=[], by=people.town_staff)
    if is_kept:
        upkeep.refresh()
    user = get_user_model().objects.get(pk=getattr(people, seat).pk)
    tables = Tables(figures_of(scopes.scope_for(user, "station", str(people.town.pk)), preset("year")))
    (row,) = tables.departments.rows
    assert row[1].number == ledger_count(user, row[1].params) == 2
    assert tables.summary.rows[0][1].number == 1  # what came in at the township
