"""The days that a rule makes: a year ahead, once each, on working days, settled when the calendar is known."""

import datetime as dt
import threading
from dataclasses import replace

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from history.models import Event
from receptions import planning, rules
from receptions.models import DayState, ReceptionDay, ReceptionRule
from receptions.schedule import DEFAULTS
from stations.models import Station
from tests import factories
from workdays.calendar import Calendar, Move
from workdays.models import CACHE_KEY, DayOverride

TODAY = dt.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def fresh_calendar(broker_url):
    """What a test types in is rolled back, and so is its place in the cache."""
    cache.delete(CACHE_KEY)
    yield
    cache.delete(CACHE_KEY)


def typed(date, *, work=False, name="放假"):
    DayOverride.objects.create(date=date, is_workday=work, name=name)
    cache.delete(CACHE_KEY)  # as the commit does


def rule(**fields):
    return replace(DEFAULTS, **fields)


def planned(year, month, **fields):
    return planning.planned(rule(**fields), year, month, Calendar.current())


def day_of(station, period="2026-05"):
    return ReceptionDay.objects.get(station=station, period=period)


# --- where a rule puts a day --------------------------------------------------------------


def test_a_working_day_stays(people):
    plan = planned(2026, 3, day=25)
    assert (plan.date, plan.why, plan.provisional) == (dt.date(2026, 3, 25), "", False)


@pytest.mark.parametrize(
    ("month", "day", "move", "date"),
    [
        (3, 15, Move.AFTER_FIRST, dt.date(2026, 3, 16)),  # a Sunday
        (3, 14, Move.AFTER_FIRST, dt.date(2026, 3, 13)),  # a Saturday: the day before is the one working day beside it
        (8, 15, Move.BEFORE_FIRST, dt.date(2026, 8, 14)),
        (3, 15, Move.NONE, dt.date(2026, 3, 15)),
    ],
)
def test_a_day_off_moves_to_the_working_day_beside_it(people, month, day, move, date):
    plan = planned(2026, month, day=day, move=move)
    assert plan.date == date and "周" in plan.why


def test_15_february_2024_has_no_working_day_beside_it_and_says_where_it_went(people):
    plan = planned(2024, 2, day=15)
    assert plan.date == dt.date(2024, 2, 18)
    assert plan.why == "2月15日是春节放假，顺延 3 天（前后一天也都休息，取最近的工作日）"


@pytest.mark.parametrize(
    ("day", "month", "on"), [(29, 2, 28), (30, 2, 28), (31, 2, 28), (31, 4, 30), (31, 3, 31), (30, 4, 30)]
)
def test_days_29_to_31_are_the_months_last_where_it_has_none(people, day, month, on):
    plan = planned(2026, month, day=day)
    assert plan.planned_on == dt.date(2026, month, on)
    assert (f"{month}月没有 {day} 日，按月末 {on} 日计" in plan.why) == (day > on)


@pytest.mark.parametrize("year", [2027, 2028])
def test_days_of_years_not_published_are_provisional_and_say_so(people, year):
    plan = planned(year, 3, day=15)
    assert plan.provisional and "尚未公布" in plan.why


def test_a_day_typed_in_makes_a_provisional_day_certain(people):
    typed("2027-03-15", work=True, name="上班")
    plan = planned(2027, 3, day=15)
    assert not plan.provisional


def test_months_of_days_off_typed_in_by_mistake_stop_nobody(people):
    first = dt.date(2026, 1, 1)
    DayOverride.objects.bulk_create(
        DayOverride(date=first + dt.timedelta(days=n), is_workday=False, name="错") for n in range(400)
    )
    assert planned(2026, 6, day=25).why == "附近没有工作日，请检查工作日历"


# --- generate -----------------------------------------------------------------------------


def test_the_days_of_a_year_ahead_are_made_for_the_stations_that_hold_them(people):
    made = planning.generate(TODAY)
    days = ReceptionDay.objects.all()
    assert {day.station for day in days} == {people.hub, people.town, people.other_town}
    assert made == days.count() == 3 * 13
    assert sorted(days.filter(station=people.town).values_list("period", flat=True)) == [
        f"{2026 + (2 + n) // 12}-{(2 + n) % 12 + 1:02d}" for n in range(13)
    ]
    assert all(day.to_tell and day.starts_at == dt.time(9) for day in days)


def test_a_second_run_makes_nothing_and_a_month_later_there_is_one_more(people):
    planning.generate(TODAY)
    assert planning.generate(TODAY) == 0
    assert planning.generate(dt.date(2026, 4, 2)) == 3


def test_no_day_is_made_in_the_past(people):
    planning.generate(dt.date(2026, 3, 26))
    assert not ReceptionDay.objects.filter(period="2026-03").exists()


def test_closed_stations_and_those_that_hold_none_get_no_days(people):
    Station.objects.filter(pk=people.other_town.pk).update(is_active=False)
    ReceptionRule.objects.create(station=people.hub, holds=False)
    ReceptionRule.objects.create(station=people.point, holds=True)
    planning.generate(TODAY)
    stations = set(ReceptionDay.objects.values_list("station", flat=True))
    assert stations == {people.town.pk, people.point.pk}


def test_a_day_added_by_hand_takes_the_place_of_the_rules_day(people):
    factories.reception_day(people, dt.date(2026, 5, 25))
    planning.generate(TODAY)
    assert ReceptionDay.objects.filter(station=people.town, date="2026-05-25").count() == 1


def test_a_cancelled_day_is_not_made_again(people):
    planning.generate(TODAY)
    ReceptionDay.objects.filter(period="2026-05").update(state=DayState.CANCELLED, cancel_reason="防汛")
    assert planning.generate(TODAY) == 0


def test_many_stations_cost_no_more_queries_than_few(people):
    path = people.hub.path
    Station.objects.bulk_create(
        Station(
            pk=5000 + n,
            county=people.county,
            kind="township",
            parent=people.hub,
            parent_kind="hub",
            path=f"{path}{5000 + n:06d}",
            name=f"镇{n}",
        )
        for n in range(300)
    )
    with CaptureQueriesContext(connection) as context:
        assert planning.generate(TODAY) == 303 * 13
    beside_the_rows = [query for query in context if not query["sql"].startswith("INSERT")]
    assert len(beside_the_rows) <= 14


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_generators_at_once_make_each_day_once(people):
    gate, counts = threading.Barrier(2), []

    def run():
        gate.wait()
        try:
            counts.append(planning.generate(TODAY))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 39] and ReceptionDay.objects.count() == 39


def test_the_database_itself_refuses_a_second_day_of_a_month(people):
    planning.generate(TODAY)
    days = list(ReceptionDay.objects.filter(station=people.town))
    for day in days:
        day.pk = None
    ReceptionDay.objects.bulk_create(days, ignore_conflicts=True)
    assert ReceptionDay.objects.filter(station=people.town).count() == 13


# --- settle -------------------------------------------------------------------------------


@pytest.fixture
def next_year(people):
    """The township's day of 25 January 2027, a Monday of a year that is not published."""
    planning.generate(dt.date(2026, 11, 1))
    day = day_of(people.town, "2027-01")
    assert day.provisional and day.date == dt.date(2027, 1, 25)
    return day


def settle(day):
    planning.settle(dt.date(2026, 11, 24))
    day.refresh_from_db()
    return day


def test_nothing_new_in_the_calendar_changes_nothing(people, next_year):
    assert planning.settle(dt.date(2026, 11, 24)) == 0


def test_a_provisional_day_settles_when_its_date_is_typed_in_as_a_working_day(people, next_year):
    typed("2027-01-25", work=True, name="上班")
    day = settle(next_year)
    assert not day.provisional and day.date == dt.date(2027, 1, 25) and day.revision == 1
    assert not Event.objects.filter(chain=day.chain).exists()  # nothing happened to it


def test_a_day_typed_in_as_a_day_off_moves_and_says_why(people, next_year):
    typed("2027-01-25", name="春节放假")
    day = settle(next_year)
    assert day.date == dt.date(2027, 1, 26) and day.revision == 2
    assert "1月25日是春节放假，顺延 1 天" in day.why
    event = Event.objects.get(chain=day.chain, action="settle")
    assert (event.before["date"], event.after["date"]) == ("2027-01-25", "2027-01-26")


def test_whoever_was_told_of_a_day_that_settles_elsewhere_is_told_again(people, next_year):
    ReceptionDay.objects.filter(pk=next_year.pk).update(
        told_at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC), told_revision=1, to_tell=False
    )
    typed("2027-01-25", name="春节放假")
    day = settle(next_year)
    assert day.to_tell and day.revision == 2 and day.told_revision == 1


def test_a_day_fixed_by_hand_stays_where_the_office_put_it(people, next_year):
    ReceptionDay.objects.filter(pk=next_year.pk).update(by_hand=True)
    typed("2027-01-25", name="春节放假")
    assert settle(next_year).date == dt.date(2027, 1, 25)


def test_a_day_does_not_settle_into_the_past_nor_onto_another_day_of_the_station(people, next_year):
    typed("2027-01-25", name="放假")
    factories.reception_day(people, dt.date(2027, 1, 26))
    assert settle(next_year).date == dt.date(2027, 1, 25)
    ReceptionDay.objects.filter(date="2027-01-26").delete()
    typed("2027-01-26", name="放假")
    typed("2027-01-27", name="放假")
    ReceptionRule.objects.create(station=people.town, move=Move.BEFORE_FIRST)
    planning.settle(dt.date(2027, 1, 25))
    next_year.refresh_from_db()
    assert next_year.date == dt.date(2027, 1, 25)  # the nearest working day was last Friday


def test_days_held_or_cancelled_are_left_alone(people, next_year):
    ReceptionDay.objects.filter(pk=next_year.pk).update(state=DayState.CANCELLED, cancel_reason="防汛")
    typed("2027-01-25", name="春节放假")
    assert settle(next_year).date == dt.date(2027, 1, 25)


def test_a_month_without_the_rules_day_still_says_so_after_settling(people):
    ReceptionRule.objects.create(station=people.town, day=31)
    planning.generate(dt.date(2026, 11, 1))
    typed("2027-04-30", name="放假")
    day = settle(day_of(people.town, "2027-04"))
    assert day.why.startswith("4月没有 31 日，按月末 30 日计；4月30日是放假，提前 1 天")


# --- a rule changes -----------------------------------------------------------------------


@pytest.fixture
def year(people, monkeypatch):
    """The days of a year from TODAY on, which is now."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)
    planning.generate(TODAY)
    return people


def change(station, by, **values):
    return rules.change_rule(station, values, by=by)


def test_the_days_to_come_follow_a_new_rule_down_the_tree(year):
    names, done = change(year.hub, year.hub_staff, day=15, starts_at=dt.time(8), ends_at=dt.time(10))
    assert sorted(names) == ["day", "ends_at", "starts_at"]
    for station in (year.hub, year.town, year.other_town):
        day = day_of(station)
        assert (day.date, day.starts_at, day.revision) == (dt.date(2026, 5, 15), dt.time(8), 2)
    assert len(done.moved) == 39 and "改期 39 天" in done.words()


def test_a_station_with_a_rule_of_its_own_is_not_moved_by_the_one_above(year):
    ReceptionRule.objects.create(station=year.town, day=20)
    planning.replan([year.town], before={year.town.pk: DEFAULTS})
    change(year.hub, year.hub_staff, day=15)
    assert day_of(year.town).date == dt.date(2026, 5, 20)


def test_days_that_were_told_and_days_fixed_by_hand_stay_and_are_counted(year):
    told, fixed = day_of(year.town, "2026-03"), day_of(year.town, "2026-05")
    ReceptionDay.objects.filter(pk=told.pk).update(told_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    ReceptionDay.objects.filter(pk=fixed.pk).update(by_hand=True)
    done = change(year.town, year.town_staff, day=15)[1]
    assert day_of(year.town, "2026-03").date == told.date and day_of(year.town, "2026-05").date == fixed.date
    assert "已通知的 1 天、手工确定的 1 天保持不变" in done.words()


def test_hours_set_by_hand_outlive_a_new_rule(year):
    ReceptionDay.objects.filter(station=year.town, period="2026-05").update(starts_at=dt.time(15), ends_at=dt.time(17))
    change(year.town, year.town_staff, starts_at=dt.time(8), ends_at=dt.time(10))
    assert day_of(year.town).starts_at == dt.time(15) and day_of(year.town, "2026-06").starts_at == dt.time(8)


def test_a_station_that_stops_has_its_days_cancelled_and_gets_them_back_with_the_rule(year):
    change(year.town, year.town_staff, holds=False)
    day = day_of(year.town)
    assert (day.state, day.cancel_reason) == (DayState.CANCELLED, planning.BY_RULE) and not day.to_tell
    done = change(year.town, year.town_staff, holds=True)[1]
    assert len(done.reopened) == 13 and day_of(year.town).to_tell


def test_a_point_that_begins_gets_days(year):
    done = change(year.point, year.town_staff, holds=True)[1]
    assert done.made == 13


def test_the_change_of_a_rule_is_in_the_countys_history_and_each_moved_day_in_its_own(year):
    change(year.town, year.town_staff, day=15)
    event = Event.objects.get(chain=year.county.chain, action="reception_rule")
    assert (event.before["day"], event.after["day"], event.actor) == (None, 15, year.town_staff)
    assert Event.objects.filter(chain=day_of(year.town).chain, action="replan").exists()


def test_the_same_rule_again_changes_nothing(year):
    change(year.town, year.town_staff, day=15)
    assert change(year.town, year.town_staff, day=15)[0] == []
    assert Event.objects.filter(action="reception_rule").count() == 1


# --- a station is closed ------------------------------------------------------------------


def test_the_days_of_a_closed_station_are_cancelled_and_told_and_come_back_with_it(year):
    ReceptionDay.objects.filter(station=year.town, period="2026-03").update(
        told_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC), to_tell=False
    )
    Station.objects.filter(pk=year.town.pk).update(is_active=False)
    assert planning.conform(TODAY) == 13
    assert day_of(year.town, "2026-03").to_tell and not day_of(year.town).to_tell
    Station.objects.filter(pk=year.town.pk).update(is_active=True)
    assert planning.conform(TODAY) == 13 and planning.conform(TODAY) == 0
    assert day_of(year.town).state == DayState.PLANNED
