import datetime as dt

import pytest

from history.models import Event
from workdays.calendar import Calendar
from workdays.models import DayOverride

PAGE = "/workdays/"


@pytest.fixture(autouse=True)
def fresh_calendar():
    from django.core.cache import cache

    from workdays.models import CACHE_KEY

    cache.delete(CACHE_KEY)
    yield
    cache.delete(CACHE_KEY)


def test_the_year_shows_holidays_and_make_up_days(people, as_user) -> None:
    text = as_user(people.clerk).get(PAGE, {"year": 2026}).text
    assert "春节放假" in text
    assert "春节调休上班" in text


@pytest.mark.parametrize("year", ["1", "99999", "abc", ""])
def test_a_strange_year_breaks_nothing(people, as_user, year: str) -> None:
    assert as_user(people.clerk).get(PAGE, {"year": year}).status_code == 200


def test_a_year_that_is_not_published_is_marked(people, as_user) -> None:
    assert "还没有公布" in as_user(people.clerk).get(PAGE, {"year": 2040}).text
    assert "还没有公布" not in as_user(people.clerk).get(PAGE, {"year": 2025}).text


def test_the_county_office_types_days_in(people, as_user, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = as_user(people.hub_staff).post(
            PAGE, {"first": "2040-02-10", "last": "2040-02-14", "is_workday": "0", "name": "春节放假"}
        )
    assert response.url == "/workdays/?year=2040"
    assert DayOverride.objects.count() == 5
    assert not Calendar.current().is_workday(dt.date(2040, 2, 13))
    event = Event.objects.get(action="workdays_set")
    assert (event.chain, event.after["first"]) == (people.county.chain, "2040-02-10")


def test_typing_a_day_again_changes_it(people, as_user) -> None:
    client = as_user(people.hub_staff)
    client.post(PAGE, {"first": "2040-02-11", "is_workday": "0", "name": "放假"})
    client.post(PAGE, {"first": "2040-02-11", "is_workday": "1", "name": "调休上班"})
    assert DayOverride.objects.get().is_workday


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"first": "2040-02-14", "last": "2040-02-10"}, "不能早于开始日期"),
        ({"first": "2040-02-14", "last": "2041-02-10"}, "一次最多"),
        ({"first": "二月"}, "日期"),
        ({"first": "9999-12-31"}, "2004 年至 2100 年之间"),
        ({"first": "0001-01-01"}, "2004 年至 2100 年之间"),
    ],
)
def test_what_is_wrong_is_said(people, as_user, fields: dict, words: str) -> None:
    response = as_user(people.hub_staff).post(PAGE, {"is_workday": "0", "name": "放假", **fields})
    assert words in response.text
    assert not DayOverride.objects.exists()


def test_a_day_is_given_back(people, as_user) -> None:
    client = as_user(people.hub_staff)
    client.post(PAGE, {"first": "2040-02-11", "is_workday": "0", "name": "放假"})
    client.post(f"{PAGE}{DayOverride.objects.get().pk}/forget/")
    assert not DayOverride.objects.exists()
    assert Event.objects.filter(action="workdays_forget").count() == 1


def test_everybody_else_reads_only(people, as_user) -> None:
    override = DayOverride.objects.create(date="2040-02-11", is_workday=False, name="放假")
    for user in (people.town_staff, people.point_staff, people.clerk, people.deputy_user, people.officer_user):
        client = as_user(user)
        assert "登记放假和调休" not in client.get(PAGE).text
        assert client.post(PAGE, {"first": "2040-02-11", "is_workday": "1", "name": "x"}).status_code == 403
        assert client.post(f"{PAGE}{override.pk}/forget/").status_code == 403
    assert not DayOverride.objects.get().is_workday


def test_a_limit_is_counted_day_by_day(people, as_user) -> None:
    response = as_user(people.clerk).get(PAGE, {"start": "2026-02-12", "days": "3"})
    assert response.context["ends"] == dt.date(2026, 2, 24)
    assert "春节放假，不计" in response.text


@pytest.mark.parametrize("start", ["9999-12-30", "0001-01-01"])
def test_a_count_beyond_all_calendars_is_said(people, as_user, start: str) -> None:
    response = as_user(people.clerk).get(PAGE, {"start": start, "days": "5"})
    assert "2004 年至 2100 年之间" in response.text


def test_a_wrong_count_is_said(people, as_user) -> None:
    response = as_user(people.clerk).get(PAGE, {"start": "x", "days": "999"})
    assert response.status_code == 200
    assert response.context["count_form"].errors.keys() == {"start", "days"}
