"""A limit reads the same in the list one comes from and on the page of the case: in working days."""

import datetime as dt

import pytest
from django.utils import timezone

from suggestions.choices import State
from suggestions.faces import limit_words
from suggestions.models import Suggestion
from tests import factories
from workdays.calendar import Calendar

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("days", [-40, -9, 0, 1, 9, 40])
def test_the_list_and_the_case_say_the_same(as_user, people, days):
    case = factories.case_in(people, State.REGISTERED)
    today = timezone.localdate()
    due_on = today + dt.timedelta(days=days)
    Suggestion.objects.filter(pk=case.pk).update(due_on=due_on)
    words = limit_words(due_on, today, Calendar.current())
    client = as_user(people.town_staff)
    for path in ("/work/", "/cases/", f"/cases/{case.pk}/", f"/cases/{case.pk}/limit/", "/triage/"):
        assert words in client.get(path).content.decode(), path
