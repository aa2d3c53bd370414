"""Contacts against the quota, month by month."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from deputies import contacts
from deputies.contacts import Tally
from deputies.models import Constituent, Contact, Deputy, Status, Term
from stations.models import Rules
from tests import factories

TODAY = dt.date(2026, 11, 23)
YEAR = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


@pytest.fixture
def five(people):
    return [factories.constituent(people.deputy, phone=f"1370000111{n}") for n in range(5)]


def counted(deputy, starts_on, ends_on, today=TODAY):
    return contacts.tally(Deputy.objects.filter(pk=deputy.pk), starts_on, ends_on, today=today)[deputy.pk]


def test_a_month_owes_the_quota_of_the_level(people):
    month = dt.date(2026, 10, 1), dt.date(2026, 10, 31)
    assert counted(people.deputy, *month) == Tally(owed=5)
    assert counted(people.other_deputy, *month) == Tally(owed=3)
    assert counted(factories.upper_deputy(people), *month) == Tally(owed=0)


def test_the_quota_is_the_countys(people):
    Rules.objects.filter(county=people.county).update(county_contacts=2)
    assert counted(people.deputy, *YEAR).owed == 2 * 11


def test_months_to_come_owe_nothing(people):
    assert counted(people.deputy, *YEAR).owed == 5 * 11
    assert counted(people.deputy, dt.date(2026, 12, 1), dt.date(2026, 12, 31)).owed == 0


def test_months_before_the_term_owe_nothing(people):
    term = Term.objects.create(county=people.county, level="county", name="第十七届", starts_on=dt.date(2026, 9, 20))
    Deputy.objects.filter(pk=people.deputy.pk).update(term=term)
    assert counted(people.deputy, *YEAR).owed == 5 * 3


def test_the_same_person_twice_in_a_month_counts_once_and_every_talk_is_counted(people, five):
    for day in (3, 9, 12):
        factories.contact(five[0], dt.date(2026, 10, day))
    factories.contact(five[0], dt.date(2026, 11, 2))
    assert counted(people.deputy, *YEAR) == Tally(owed=55, credited=2, contacts=4)


def test_more_than_the_quota_in_one_month_makes_up_for_no_other(people, five):
    sixth = factories.constituent(people.deputy, phone="13700002222")
    for one in [*five, sixth]:
        factories.contact(one, dt.date(2026, 10, 8))
    assert counted(people.deputy, *YEAR) == Tally(owed=55, credited=5, contacts=6)


def test_both_ends_of_a_period_belong_to_it(people, five):
    for day in (dt.date(2026, 9, 30), dt.date(2026, 10, 1), dt.date(2026, 10, 31), dt.date(2026, 11, 1)):
        factories.contact(five[0], day)
    assert counted(people.deputy, dt.date(2026, 10, 1), dt.date(2026, 10, 31)).contacts == 2


def test_a_station_has_the_sum_of_its_deputies(people, five):
    factories.contact(five[0], dt.date(2026, 10, 8))
    month = dt.date(2026, 10, 1), dt.date(2026, 10, 31)
    found = contacts.by_station(Deputy.objects.filter(county=people.county), *month, today=TODAY)
    assert found == {people.town.pk: Tally(5, 1, 1), people.other_town.pk: Tally(3, 0, 0)}


def test_many_deputies_cost_no_more_queries_than_one(people, five, django_assert_num_queries):
    factories.contact(five[0], dt.date(2026, 10, 8))
    with django_assert_num_queries(3):
        contacts.tally(Deputy.objects.all(), *YEAR, today=TODAY)


def test_the_quota_concerns_serving_county_and_township_deputies(people):
    factories.upper_deputy(people)
    Deputy.objects.filter(pk=people.other_deputy.pk).update(status=Status.ENDED)
    assert list(contacts.with_quota(Deputy.objects.all())) == [people.deputy]


def test_the_database_holds_a_telephone_once_in_a_current_list(people):
    one = factories.constituent(people.deputy)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.constituent(people.deputy, name="同一个人")
    factories.constituent(people.other_deputy)
    Constituent.objects.filter(pk=one.pk).update(until=TODAY)
    factories.constituent(people.deputy)


def test_name_telephone_and_address_are_stored_encrypted(people):

    one = factories.constituent(people.deputy)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone, address FROM deputies_constituent")
        stored = cursor.fetchone()
    assert all(value.startswith("v1:") for value in stored)
    assert Constituent.objects.get() == one and Constituent.objects.get().name == "孙长河"
    assert str(one) == "孙**"


@pytest.mark.parametrize(
    ("seat", "seen"),
    [
        ("hub_staff", True),
        ("town_staff", True),
        ("other_town_staff", False),
        ("point_staff", False),
        ("clerk", False),
        ("deputy_user", True),
        ("other_deputy_user", False),
        ("officer_user", False),
    ],
)
def test_who_sees_the_log_of_a_deputy(people, strangers, seat, seen):
    factories.contact(factories.constituent(people.deputy))
    factories.contact(factories.constituent(strangers.deputy))
    user = getattr(people, seat)
    assert Contact.objects.visible_to(user).count() == Constituent.objects.visible_to(user).count() == seen
