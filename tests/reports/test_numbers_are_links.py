"""Every number of a statistics page is a link to the cases it counts, and the ledger shows as many."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports import scopes, upkeep
from reports.figures import figures_of
from reports.periods import Period, preset
from reports.tables import Tables
from suggestions.ledger import Ledger
from tests.reports import counties

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
PERIODS = [preset("year"), preset("month"), Period(TODAY - dt.timedelta(days=200), TODAY - dt.timedelta(days=20))]


def pages(people):
    """Each seat with the pages it may open."""
    county, town, other = people.county.code, people.town.pk, people.other_town.pk
    yield people.hub_staff, "county", county
    yield people.hub_staff, "station", str(other)
    yield people.hub_staff, "department", str(people.town_department.pk)
    yield people.hub_staff, "deputy", str(people.other_deputy.pk)
    yield people.hub_staff, "field", f"{county}-health"
    yield people.hub_staff, "field", f"{county}-none"
    yield people.town_staff, "station", str(town)
    yield people.town_staff, "station", str(people.point.pk)
    yield people.town_staff, "department", str(people.town_department.pk)
    yield people.town_staff, "deputy", str(people.deputy.pk)
    yield people.town_staff, "field", f"{county}-education"
    yield people.point_staff, "station", str(people.point.pk)
    yield people.deputy_user, "deputy", str(people.deputy.pk)


def ledger_count(user, params):
    data = QueryDict(mutable=True)
    data.update(params)
    asked = Ledger(user, data)
    found = asked.cases.count()
    assert set(asked.asked) == set(params), "the ledger did not read every parameter"
    return found


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_each_number_of_each_page_is_what_the_ledger_shows(people, data):
    with transaction.atomic():
        made = counties.make(people, data.draw(st.lists(counties.values(people), min_size=3, max_size=12)))
        if data.draw(st.booleans()):
            upkeep.refresh()
            made[0].channel = data.draw(st.sampled_from(["web", "phone"]))
            made[0].save(update_fields=["channel"])  # its day is no longer as kept
        user, kind, key = data.draw(st.sampled_from(list(pages(people))))
        user = get_user_model().objects.get(pk=user.pk)
        tables = Tables(figures_of(scopes.scope_for(user, kind, key), data.draw(st.sampled_from(PERIODS))))
        for table in tables.all:
            for row in table.rows:
                for head, cell in zip(table.heads, row[1:], strict=True):
                    if cell.params is not None:
                        assert cell.number == ledger_count(user, cell.params), (table.name, row[0].text, head)
        transaction.set_rollback(True)
