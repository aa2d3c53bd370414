"""A quota that is lowered below what there is: explained, nothing lost, counted right."""

from django.utils import timezone

from deputies import contacts, quotas
from deputies.models import Constituent, Contact, Deputy, Status
from stations.models import Rules
from tests import factories
from tests.stations.test_rules import PAGE, numbers

TODAY = timezone.localdate()


def listed(deputy, number):
    return [factories.constituent(deputy, phone=f"1370000{pk:04}") for pk in range(number)]


def test_a_lowered_quota_says_who_has_more_and_ends_nothing(people, as_user):
    month = contacts.month_of(TODAY)
    for one in listed(people.deputy, 5)[:4]:
        factories.contact(one)
    listed(people.other_deputy, 3)
    page = as_user(people.hub_staff).post(PAGE, numbers(people, county_contacts=2), follow=True)
    assert "1 名县代表的联系群众多于新的名额 2 名" in page.text and "不用删减" in page.text
    assert (Constituent.objects.current().count(), Contact.objects.count()) == (8, 4)
    tally = contacts.tally(Deputy.objects.filter(pk=people.deputy.pk), month, TODAY)[people.deputy.pk]
    assert (tally.owed, tally.credited, tally.contacts, tally.missing) == (2, 2, 4, 0)


def test_exactly_the_new_quota_and_a_raised_one_say_nothing(people, as_user):
    listed(people.other_deputy, 2)
    client = as_user(people.hub_staff)
    for quota in (2, 9):
        page = client.post(PAGE, numbers(people, township_contacts=quota), follow=True)
        assert "多于新的名额" not in page.text
    assert Rules.objects.get(county=people.county).township_contacts == 9


def test_who_left_and_other_counties_do_not_count(people, strangers):
    for deputy in (people.deputy, strangers.deputy):
        listed(deputy, 3)
    Deputy.objects.filter(pk=people.deputy.pk).update(status=Status.ENDED)
    assert quotas.over(people.county, "county", 2) == 0 and quotas.over(strangers.county, "county", 2) == 1
