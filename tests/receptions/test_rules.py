"""The rule of a station: own, or as at the station above, or the default."""

import datetime as dt

import pytest

from receptions import schedule
from receptions.access import may_manage
from receptions.models import QuarterTheme, ReceptionRule
from stations.models import Kind, Station
from tests import factories
from workdays.calendar import Move


def test_without_any_rule_the_defaults_hold(people):
    assert schedule.rule_for(people.town) == schedule.DEFAULTS
    assert (schedule.DEFAULTS.day, schedule.DEFAULTS.move) == (25, Move.AFTER_FIRST)
    assert (schedule.DEFAULTS.notice_days, schedule.DEFAULTS.again_days) == (5, 2)
    assert (schedule.DEFAULTS.on_duty, schedule.DEFAULTS.min_duties) == (2, 2)


def test_hub_and_townships_hold_days_and_points_and_studios_do_not(people):
    stations = [people.hub, people.town, people.point, people.studio]
    rules = schedule.rules_for(stations)
    assert [rules[station.pk].holds for station in stations] == [True, True, False, False]


def test_what_is_empty_is_as_at_the_station_above(people):
    ReceptionRule.objects.create(station=people.hub, day=15, notice_days=3)
    ReceptionRule.objects.create(station=people.town, day=20, on_duty=4)
    rule = schedule.rule_for(people.point)
    assert (rule.day, rule.notice_days, rule.on_duty, rule.min_duties) == (20, 3, 4, 2)
    assert schedule.rule_for(people.other_town).day == 15


def test_a_hub_that_holds_none_leaves_its_townships_theirs(people):
    ReceptionRule.objects.create(station=people.hub, holds=False)
    ReceptionRule.objects.create(station=people.point, holds=True)
    rules = schedule.rules_for([people.hub, people.town, people.point])
    assert [rules[pk].holds for pk in (people.hub.pk, people.town.pk, people.point.pk)] == [False, True, True]


def test_hours_are_inherited_in_pairs_so_that_none_ends_before_it_starts(people):
    ReceptionRule.objects.create(station=people.hub, starts_at=dt.time(8, 30), ends_at=dt.time(11))
    ReceptionRule.objects.create(station=people.town, starts_at=dt.time(14))
    rule = schedule.rule_for(people.town)
    assert (rule.starts_at, rule.ends_at) == (dt.time(8, 30), dt.time(11))


def test_zero_is_a_value_of_its_own(people):
    ReceptionRule.objects.create(station=people.hub, again_days=3)
    ReceptionRule.objects.create(station=people.town, again_days=0)
    assert schedule.rule_for(people.town).again_days == 0


def test_each_value_says_which_station_it_is_from(people):
    ReceptionRule.objects.create(station=people.hub, day=15)
    ReceptionRule.objects.create(station=people.town, on_duty=3)
    sources = schedule.sourced_rule(people.point).sources
    assert (sources["day"], sources["on_duty"], sources["move"]) == (people.hub.pk, people.town.pk, None)


@pytest.mark.parametrize("many", [2, 600])
def test_the_rules_of_many_stations_are_one_query(people, django_assert_num_queries, many):
    ReceptionRule.objects.create(station=people.hub, day=15)
    stations = [
        Station(
            pk=1000 + number,
            county=people.county,
            kind=Kind.TOWNSHIP,
            parent=people.hub,
            parent_kind=Kind.HUB,
            path=f"{people.hub.path}{1000 + number:06d}",
            name=f"镇{number}",
        )
        for number in range(many)
    ]
    Station.objects.bulk_create(stations)
    with django_assert_num_queries(1):
        rules = schedule.rules_for(stations)
    assert {rules[station.pk].day for station in stations} == {15}


def test_a_rule_of_another_county_counts_for_nobody_here(people, strangers):
    ReceptionRule.objects.create(station=strangers.hub, day=15)
    assert schedule.rule_for(people.town).day == 25


def test_the_theme_is_the_days_own_or_the_quarters_or_that_of_the_station_above(people):
    QuarterTheme.objects.create(station=people.hub, year=2026, quarter=4, theme="优化营商环境")
    QuarterTheme.objects.create(station=people.town, year=2026, quarter=4, theme="人居环境整治")
    own = factories.reception_day(people, dt.date(2026, 12, 25), theme="冬季供暖")
    quarters = factories.reception_day(people, dt.date(2026, 11, 25))
    above = factories.reception_day(people, dt.date(2026, 11, 25), station=people.other_town)
    none = factories.reception_day(people, dt.date(2026, 9, 25))
    days = [own, quarters, above, none]
    assert [schedule.theme_of(day) for day in days] == ["冬季供暖", "人居环境整治", "优化营商环境", ""]


def test_the_themes_of_many_days_are_one_query(people, django_assert_num_queries):
    days = [factories.reception_day(people, dt.date(2026, month, 25)) for month in range(1, 13)]
    with django_assert_num_queries(1):
        schedule.themes_of(days)


def test_staff_of_the_station_and_above_arrange_its_days(people, strangers):
    managers = [people.hub_staff, people.town_staff]
    others = [people.other_town_staff, people.point_staff, people.deputy_user, people.officer_user, people.clerk]
    assert all(may_manage(user, people.town) for user in managers)
    assert not any(may_manage(user, people.town) for user in [*others, strangers.hub_staff])
