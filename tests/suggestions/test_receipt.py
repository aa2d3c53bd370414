"""The slip that the voter takes home."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from history.models import Event
from suggestions.choices import State
from suggestions.models import Suggestion
from tests import factories
from tests.suggestions.acts import show

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.cast()


@pytest.fixture
def case(people):
    return factories.case_in(people, State.REGISTERED)


def test_number_code_and_the_way_to_ask(client, people, case):
    page = show(client, people.town_staff, "receipt", case)
    assert case.number in page.text
    assert f"{case.query_code[:4]}-{case.query_code[4:]}" in page.text
    assert "再登记一件" in page.text
    assert "no-store" in page["Cache-Control"]


def test_the_next_case_is_one_press_away(client, people, case):
    page = show(client, people.town_staff, "receipt", case)
    assert f'{reverse("suggestions:register")}?station={people.town.pk}&amp;again={case.pk}" data-key="n"' in page.text
    assert "autofocus" in page.text


def test_the_slip_holds_no_personal_data(client, people, case):
    text = show(client, people.town_staff, "receipt", case).text
    assert "赵小满" not in text
    assert "13800001234" not in text


@pytest.mark.parametrize("seat", ["deputy_user", "clerk"])
def test_who_only_handles_the_case_does_not_get_the_code(client, people, seat):
    case = factories.case_in(people, State.HANDLING)
    assert show(client, getattr(people, seat), "receipt", case).status_code == 403


def test_who_may_not_see_the_case_finds_nothing(client, people, case):
    assert show(client, people.other_town_staff, "receipt", case).status_code == 404


def test_printing_it_for_somebody_else_is_in_the_history(client, people, case):
    show(client, people.town_staff, "receipt", case)
    assert not Event.objects.filter(action="receipt").exists()
    show(client, people.hub_staff, "receipt", case)
    assert Event.objects.get(action="receipt").actor == people.hub_staff


def test_printing_it_again_another_day_is_in_the_history(client, people, case):
    Suggestion.objects.filter(pk=case.pk).update(created_at=timezone.now() - dt.timedelta(days=2))
    show(client, people.town_staff, "receipt", case)
    assert Event.objects.filter(action="receipt").count() == 1
