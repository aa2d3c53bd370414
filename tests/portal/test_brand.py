"""The public page of a brand (特色载体) and its place on the station's page."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from receptions.models import Brand, DayState
from stations.models import Station
from suggestions.models import Suggestion
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand(people):
    return factories.brand(people)


def page(client, brand):
    return client.get(reverse("portal:brand", args=[brand.pk]))


def station_page(client, people):
    return client.get(reverse("portal:station", args=[people.town.pk])).text


def day(people, brand, days, **fields):
    return factories.reception_day(people, timezone.localdate() + dt.timedelta(days=days), brand=brand, **fields)


def test_the_station_names_its_brands_and_leads_to_their_pages(client, people, brand):
    factories.brand(people, name="停了的", is_active=False)
    text = station_page(client, people)
    assert f'<a href="{reverse("portal:brand", args=[brand.pk])}">院落板凳会</a>' in text
    assert "停了的" not in text


def test_a_station_without_one_says_nothing_of_them(client, people):
    assert "特色载体" not in station_page(client, people)


def test_the_page_says_what_it_is_what_came_of_it_and_when_it_is_next(client, people, brand):
    past = day(people, brand, -20, state=DayState.CLOSED, visitors=17)
    Suggestion.objects.filter(pk=factories.register(people).pk).update(reception_day=past)
    day(people, brand, 5, place="南院")
    day(people, brand, 6, place="取消的", state=DayState.CANCELLED, cancel_reason="下雨")
    day(people, None, 7, place="别的")
    text = page(client, brand).text
    for words in (
        "坐到一条板凳上",
        "2021 年起",
        "1<small>次",
        "<dt>接待人次</dt><dd>17",
        "1<small>件",
        "南院",
        people.town.name,
    ):
        assert words in text
    assert "取消的" not in text and "别的" not in text and "赵小满" not in text


def test_before_the_first_day_it_says_so(client, brand):
    text = page(client, brand).text
    assert "还没有已经结束的活动" in text and "近期还没有排定活动" in text


def test_one_that_is_switched_off_or_whose_station_is_closed_has_no_page(client, people, brand):
    Brand.objects.update(is_active=False)
    assert page(client, brand).status_code == 404
    Brand.objects.update(is_active=True)
    Station.objects.filter(pk=people.town.pk).update(is_active=False)
    assert page(client, brand).status_code == 404


def test_the_page_costs_few_queries_however_many_days(client, people, brand, django_assert_max_num_queries):
    for number in range(1, 10):
        day(people, brand, number)
        day(people, brand, -number, state=DayState.CLOSED, visitors=2)
    with django_assert_max_num_queries(3):
        assert page(client, brand).status_code == 200
