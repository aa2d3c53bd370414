"""Calendar feeds: read by an ordinary parser, followed by date and state, shut at once when revoked."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from deputies.models import Deputy
from receptions import days, feeds
from receptions.models import CalendarFeed
from tests import factories

SOON = timezone.localdate() + dt.timedelta(days=10)


@pytest.fixture
def feed(people):
    return feeds.create(by=people.deputy_user, deputy=people.deputy)


@pytest.fixture
def station_feed(people):
    return feeds.create(by=people.town_staff, station=people.town)


def read(client, feed, **headers):
    return client.get(reverse("portal:calendar", args=[feed.token]), headers=headers)


def events(client, feed):
    calendar = Calendar.from_ical(read(client, feed).content)
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def test_a_deputys_feed_has_the_days_of_the_own_duty(people, client, feed):
    mine = factories.reception_day(people, SOON, theme="冬季供暖")
    factories.on_duty(mine, people.deputy)
    factories.reception_day(people, SOON + dt.timedelta(days=30))
    found = events(client, feed)
    assert list(found) == [f"reception-day-{mine.pk}@liaison-station"]
    event = found[f"reception-day-{mine.pk}@liaison-station"]
    assert event.decoded("dtstart").isoformat() == f"{SOON}T09:00:00+08:00"
    assert event.decoded("dtend").isoformat() == f"{SOON}T11:30:00+08:00"
    assert str(event["location"]) == "联络站接待室" and "冬季供暖" in str(event["description"])
    assert event["status"] == "CONFIRMED"


def test_a_stations_feed_has_all_its_days_and_no_others(people, client, station_feed):
    factories.reception_day(people, SOON)
    factories.reception_day(people, SOON + dt.timedelta(days=30))
    factories.reception_day(people, SOON, station=people.other_town)
    assert len(events(client, station_feed)) == 2


def test_the_answer_is_a_calendar_by_the_letter(people, client, station_feed):
    factories.reception_day(people, SOON)
    answer = read(client, station_feed)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n")) and answer.content.count(b"\n") == (
        answer.content.count(b"\r\n")
    )
    calendar = Calendar.from_ical(answer.content)
    zone = calendar.walk("VTIMEZONE")[0]
    assert zone["tzid"] == "Asia/Shanghai" and b"TZOFFSETTO:+0800" in answer.content
    assert f"DTSTART;TZID=Asia/Shanghai:{SOON:%Y%m%d}T090000".encode() in answer.content
    assert calendar["version"] == "2.0" and str(calendar["prodid"])


def test_a_moved_day_keeps_its_name_and_grows_its_number(people, client, station_feed):
    day = factories.reception_day(people, SOON)
    before = next(iter(events(client, station_feed).items()))
    days.move_to(day.pk, to=SOON + dt.timedelta(days=4), reason="会议", by=people.town_staff)
    after = next(iter(events(client, station_feed).items()))
    assert after[0] == before[0]
    assert after[1]["sequence"] > before[1]["sequence"]
    assert after[1].decoded("dtstart").date() == SOON + dt.timedelta(days=4)


def test_a_cancelled_day_stays_as_cancelled_and_a_provisional_one_is_tentative(people, client, station_feed):
    day = factories.reception_day(people, SOON)
    factories.reception_day(people, SOON + dt.timedelta(days=30), provisional=True)
    days.cancel(day.pk, reason="防汛值守", by=people.town_staff)
    cancelled, tentative = events(client, station_feed).values()
    assert cancelled["status"] == "CANCELLED" and "防汛值守" in str(cancelled["description"])
    assert tentative["status"] == "TENTATIVE" and "暂定" in str(tentative["summary"])


def test_no_phone_is_in_a_feed(people, client, station_feed):
    Deputy.objects.filter(pk=people.deputy.pk).update(phone="13912345678")
    factories.on_duty(factories.reception_day(people, SOON), people.deputy)
    content = read(client, station_feed).content.replace(b"\r\n ", b"")
    assert b"13912345678" not in content and "张为民".encode() in content


def test_the_same_days_are_not_sent_twice(people, client, station_feed):
    day = factories.reception_day(people, SOON)
    first = read(client, station_feed)
    assert first.content == read(client, station_feed).content
    again = read(client, station_feed, if_none_match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    days.edit(day.pk, by=people.town_staff, place="村部")
    assert read(client, station_feed, if_none_match=first["ETag"]).status_code == 200


def test_a_revoked_address_is_nobodys(people, client, feed):
    assert read(client, feed).status_code == 200
    feeds.revoke(feed, by=people.deputy_user)
    assert read(client, feed).status_code == 404
    assert not feeds.feeds_of(people.deputy_user).exists()


def test_a_guessed_address_is_nobodys(people, client, feed):
    assert client.get(reverse("portal:calendar", args=["x" * 43])).status_code == 404
    assert len(feed.token) >= 43


def test_the_feed_of_a_deputy_who_no_longer_serves_is_shut(people, client, feed):
    Deputy.objects.filter(pk=people.deputy.pk).update(status="ended")
    assert read(client, feed).status_code == 404


def test_when_it_was_last_read_is_kept(people, client, feed):
    read(client, feed)
    feed.refresh_from_db()
    assert feed.read_at is not None


def test_a_deputys_feed_is_made_by_that_deputy_alone(people):
    with pytest.raises(PermissionDenied):
        feeds.create(by=people.town_staff, deputy=people.deputy)
    with pytest.raises(PermissionDenied):
        feeds.create(by=people.other_town_staff, station=people.town)
    assert feeds.create(by=people.officer_user, station=people.town)


def test_one_makes_and_revokes_an_address_on_the_page(people, as_user):
    client = as_user(people.deputy_user)
    client.post(reverse("receptions:create_feed"), {"of": f"deputy:{people.deputy.pk}"})
    feed = CalendarFeed.objects.get()
    assert feeds.address(feed) in client.get(reverse("receptions:feeds")).content.decode()
    client.post(reverse("receptions:revoke_feed", args=[feed.pk]))
    assert feed.token not in client.get(reverse("receptions:feeds")).content.decode()


@pytest.mark.parametrize("of", ["deputy:999", "deputy:x", "station:x", "hub:1", "deputy:"])
def test_nonsense_makes_no_feed(people, as_user, of):
    assert as_user(people.deputy_user).post(reverse("receptions:create_feed"), {"of": of}).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_a_feed_costs_the_same_for_many_days(people, client, station_feed, django_assert_max_num_queries):
    for number in range(20):
        day = factories.reception_day(people, SOON + dt.timedelta(days=number))
        factories.on_duty(day, people.deputy)
    read(client, station_feed)
    with django_assert_max_num_queries(6):
        read(client, station_feed)
