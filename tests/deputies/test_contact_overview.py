"""Who is behind: this month, this year, of which station."""

import datetime as dt

import pytest
from django.urls import reverse

from deputies import contact_table
from deputies.models import Deputy, Level
from tests import factories

PAGE = reverse("deputies:contact_overview")
OCTOBER = {"month": "2026-10"}


@pytest.fixture
def october(people):
    """The township's deputy has talked with 4 of 5, that of the other township with all three; both with nobody before."""
    for deputy, listed, done in ((people.deputy, 5, 4), (people.other_deputy, 3, 3)):
        for number in range(listed):
            one = factories.constituent(deputy, phone=f"1370000333{number}")
            if number < done:
                factories.contact(one, dt.date(2026, 10, 8))


def rows(answer):
    return [(row.deputy.name, row.month.missing, row.year.missing) for row in answer.context["page"]]


def test_the_furthest_behind_come_first_with_month_and_year(people, october, as_user):
    answer = as_user(people.hub_staff).get(PAGE, OCTOBER)
    assert rows(answer) == [("张为民", 1, 45), ("李建设", 0, 27)]
    table = answer.context["table"]
    assert (table.done, table.behind, table.behind_this_year, table.short) == (1, 1, 2, 0)
    assert (table.total.credited, table.total.owed) == (7, 8)


def test_a_township_sees_its_own(people, october, as_user):
    assert rows(as_user(people.other_town_staff).get(PAGE, OCTOBER)) == [("李建设", 0, 27)]


def test_a_deputy_is_led_to_the_own_list(people, as_user):
    answer = as_user(people.deputy_user).get(PAGE)
    assert answer.url == reverse("deputies:deputy_contacts", args=[people.deputy.pk])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"show": "behind"}, ["张为民", "李建设"]),
        ({"level": "township"}, ["李建设"]),
        ({"q": "为民"}, ["张为民"]),
        ({"station": "other_town"}, ["李建设"]),
        ({"month": "nonsense"}, ["张为民", "李建设"]),
    ],
)
def test_it_is_narrowed(people, october, as_user, query, found):
    if "station" in query:
        query = {"station": people.other_town.pk}
    assert [name for name, *_ in rows(as_user(people.hub_staff).get(PAGE, OCTOBER | query))] == found


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-10", dt.date(2026, 10, 1)),
        ("2026-12", dt.date(2026, 11, 1)),
        ("", dt.date(2026, 11, 1)),
        ("0001-01", dt.date(2000, 1, 1)),
        ("2026-10-05", dt.date(2026, 11, 1)),
    ],
)
def test_a_month_that_is_none_or_to_come_is_the_present_one(text, month):
    assert contact_table.chosen_month(text, dt.date(2026, 11, 23)) == month


def test_many_deputies_cost_no_more_queries(people, october, as_user, django_assert_num_queries):
    client = as_user(people.hub_staff)
    client.get(PAGE)
    for number in range(30):
        one = Deputy.objects.create(
            county=people.county, name=f"代表{number}", level=Level.COUNTY, home_station=people.town
        )
        factories.contact(factories.constituent(one, phone=f"137000055{number:02d}"), dt.date(2026, 10, 8))
    with django_assert_num_queries(14):
        client.get(PAGE, OCTOBER)
