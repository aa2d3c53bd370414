"""Visitors are counted."""

from __future__ import annotations

import pytest
from django.urls import reverse

from receptions import sittings
from receptions.sittings import SittingError
from tests import factories
from tests.receptions.sitting.scene import fresh

pytestmark = pytest.mark.django_db


def test_visitors_are_counted_by_one(people, opened):
    assert [sittings.count(opened.pk, step, by=people.town_staff) for step in (1, 1, -1)] == [1, 2, 1]


def test_visitors_are_never_fewer_than_were_taken_down(people, opened):
    factories.register(people, reception_day=opened)
    with pytest.raises(SittingError, match="已经登记了 1 位"):
        sittings.count(opened.pk, -1, by=people.town_staff)
    assert fresh(opened).visitors == 1


def test_the_press_shows_only_the_side_to_htmx_and_the_problem_in_it(people, opened, as_user):
    client, url = as_user(people.town_staff), reverse("receptions:count", args=[opened.pk])
    page = client.post(url, {"step": "more"}, headers={"HX-Request": "true"})
    assert page.text.lstrip().startswith("<aside") and ">1</strong>" in page.text
    client.post(url, {"step": "fewer"})
    refused = client.post(url, {"step": "fewer"}, headers={"HX-Request": "true"})
    assert "来访人次不能再少" in refused.text
