"""Addresses and days in templates: what Django says, whether or not it was asked before."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.urls import NoReverseMatch
from django.utils import timezone

from liaison.lib import remembered

ADDRESS = Template("{% url name one %}")


def rendered(template: Template, path: str = "/", **context: object) -> str:
    return template.render(RequestContext(RequestFactory().get(path), context))


@pytest.fixture(autouse=True)
def nothing_remembered():
    for memory in (remembered._address, remembered._date, remembered._time):
        memory.cache_clear()


def test_an_address_is_looked_up_once():
    for _ in range(3):
        assert rendered(ADDRESS, name="portal:station", one=5) == "/s/5/"
        assert rendered(ADDRESS, name="portal:station", one=6) == "/s/6/"
    assert remembered._address.cache_info().misses == 2


def test_what_is_no_number_or_text_is_not_remembered():
    assert rendered(Template("{% url 'portal:station' pk=one %}"), one=7) == "/s/7/"
    assert Template("{% url 'portal:station' 8 %}").render(RequestContext(None)) == "/s/8/"
    with pytest.raises(NoReverseMatch):
        rendered(ADDRESS, name="portal:station", one=1.5)
    assert not remembered._address.cache_info().currsize


def test_one_and_true_are_not_the_same_address():
    assert rendered(ADDRESS, name="portal:station", one=1) == "/s/1/"
    with pytest.raises(NoReverseMatch):
        rendered(ADDRESS, name="portal:station", one=True)


def test_an_address_that_does_not_exist_is_an_error_unless_it_is_asked_for():
    for _ in range(2):
        assert rendered(Template("{% url 'no:such' as it %}[{{ it }}]")) == "[]"
        with pytest.raises(NoReverseMatch):
            rendered(Template("{% url 'no:such' %}"))


def test_other_addresses_of_the_site_are_other_answers(settings):
    assert rendered(ADDRESS, name="portal:station", one=5) == "/s/5/"
    settings.ROOT_URLCONF = "portal.urls"
    with pytest.raises(NoReverseMatch):
        rendered(ADDRESS, name="portal:station", one=5)


def test_an_address_is_escaped_like_any_text():
    found = rendered(Template("{% url 'portal:county_notices' code %}"), code="a-b")
    assert found == "/c/a-b/notices/"
    assert rendered(Template("{% url 'portal:kept_receipt' code %}"), code="a&b") == "/receipt/a&amp;b/"


def test_a_day_is_said_as_before_when_asked_again():
    day = Template(
        "{{ day|date:'Y年n月j日 l' }}|{{ day|date:'Y-m-d' }}|{{ hour|time:'G:i' }}|{{ none|date:'Y' }}|{{ day|date }}"
    )
    for _ in range(2):
        found = rendered(day, day=dt.date(2026, 11, 28), hour=dt.time(9, 5), none=None)
        assert found == "2026年11月28日 星期六|2026-11-28|9:05||2026年11月28日"


def test_a_moment_is_said_in_the_zone_it_is_told_in():
    moment, words = dt.datetime(2026, 11, 28, 20, 30, tzinfo=dt.UTC), Template("{{ moment|date:'j H:i' }}")
    for _ in range(2):
        assert rendered(words, moment=moment) == "29 04:30"
        with timezone.override(ZoneInfo("Europe/Berlin")):
            assert rendered(words, moment=moment) == "28 21:30"
