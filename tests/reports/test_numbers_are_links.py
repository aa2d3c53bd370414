"""Every number of a statistics page is a link to the cases it counts, and the ledger shows as many."""

import datetime as dt
import html
import re

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deputies.models import Constituent, Contact
from receptions.models import DayState
from reports import deputies, scopes, upkeep
from reports.figures import figures_of
from reports.periods import Period, preset
from reports.tables import VISITORS, Tables
from suggestions.choices import State
from suggestions.ledger import Ledger
from tests import factories
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


# --- reception days and contacts --------------------------------------------------------------


@pytest.fixture
def active(people):
    """Two days held, for one of which the deputy came; talks in this month and long ago."""
    there = factories.reception_day(people, TODAY, state=DayState.CLOSED, visitors=7)
    away = factories.reception_day(people, TODAY, station=people.hub, state=DayState.CLOSED, visitors=4)
    duty, *_ = factories.on_duty(there, people.deputy, people.other_deputy)
    factories.on_duty(away, people.deputy)
    duty.signed_in_at = timezone.now()
    duty.save()
    for number, on in enumerate((TODAY, TODAY, TODAY - dt.timedelta(days=800))):
        person = Constituent.objects.create(deputy=people.deputy, name=f"赵小{number}", since=on)
        Contact.objects.create(
            deputy=people.deputy, constituent=person, happened_on=on, way="phone", entered_at=timezone.now()
        )
    return people


def strong(text):
    return [int(number) for number in re.findall(r"<strong>(\d+)</strong>", text)]


@pytest.mark.parametrize(("seat", "kind", "whose"), [("hub_staff", "county", ""), ("deputy_user", "deputy", "deputy")])
def test_numbers_of_reception_days_are_those_of_the_list_behind_them(active, as_user, seat, kind, whose):
    client = as_user(getattr(active, seat))
    key = str(getattr(active, whose).pk) if whose else active.county.code
    user = get_user_model().objects.get(pk=getattr(active, seat).pk)
    tables = Tables(figures_of(scopes.scope_for(user, kind, key), preset("year")))
    place = {VISITORS: 1, "值班（人次）": 2, "签到（人次）": 3}
    checked = 0
    for row in (*tables.summary.rows, *tables.receptions.rows):
        for number, cell in enumerate(row[1:]):
            if cell.days is not None and cell.number:
                page = client.get(reverse("reports:statistics_days", args=[kind, key], query=cell.days)).text
                found = strong(page[page.index("ledger-count") :][:400])
                of = 1 if row[0].text.endswith("月") and number == 3 else place.get(row[0].text, 0)
                assert found[of] == cell.number, (row[0].text, found)
                checked += 1
    assert checked >= 7
    text = client.get(reverse("reports:statistics", args=[kind, key])).text
    card = re.search(r'<a class="figure-card" href="([^"]+)"><span class="figure-number">(\d+)<small> 人次', text)
    page = client.get(html.unescape(card[1])).text
    assert strong(page[page.index("ledger-count") :][:400])[1] == int(card[2]) == (7 if whose else 11)


def test_contacts_of_a_county_are_the_sums_of_its_deputies_and_a_deputys_are_the_log_of_these_days(active, as_user):
    client, user = as_user(active.hub_staff), get_user_model().objects.get(pk=active.hub_staff.pk)
    tables = Tables(figures_of(scopes.scope_for(user, "county", active.county.code), preset("year")))
    rows = {row[0].text: row[1] for row in tables.summary.rows}
    listed = deputies.table(tables.scope, tables.period, user, TODAY)
    total, *people = listed.rows
    for label, column in (("应联系群众（人次）", 6), ("已联系（按名额计）", 7), ("联系次数", 8)):
        assert rows[label].number == total[column].number == sum(row[column].number for row in people)
        assert client.get(rows[label].url).status_code == 200
    assert rows["联系次数"].number == 2
    (own,) = (row for row in people if row[0].text == active.deputy.name)
    page = client.get(own[8].url).text
    assert strong(page[page.index("log-title") :][:900])[:3] == [own[8].number, own[7].number, own[6].number]
    assert page.count('class="log-head"') == 2
    everything = client.get(reverse("deputies:deputy_contacts", args=[active.deputy.pk])).text
    assert everything.count('class="log-head"') == 3


def test_every_card_of_the_page_is_a_link_where_it_counts_something(active, as_user):
    factories.case_in(active, State.CLOSED)
    text = as_user(active.hub_staff).get(reverse("reports:statistics", args=["county", active.county.code])).text
    cards = text[text.index('<div class="figures stat-cards">') : text.index('<nav class="on-page')]
    assert cards.count('class="figure-card"') == cards.count('<a class="figure-card"') == 7
