"""Prepared queries: the words once, the answer at each call, and the clock never kept."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from liaison.lib.prepared import prepared
from noticeboard.models import Notice
from receptions.models import Duty, ReceptionDay
from stations.models import Station
from tests import factories

pytestmark = pytest.mark.django_db


@prepared
def stations_below(parent: int) -> QuerySet[Station]:
    return Station.objects.filter(parent=parent, is_active=True).select_related("county").order_by("path")


@prepared
def on_board(station: int, now: dt.datetime) -> QuerySet[Any, dict[str, Any]]:
    return Notice.objects.public(now).filter(station=station).order_by("pk").values("pk", place=F("station__name"))


@prepared
def days(county: int, today: dt.date) -> QuerySet[ReceptionDay]:
    return ReceptionDay.objects.upcoming(today).filter(county=county)


def test_objects_and_dictionaries_come_as_from_the_query_itself(people, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = stations_below(people.hub.pk)
        assert people.town in found and {station.county for station in found} == {people.county}
    notice = factories.notice(people)
    assert on_board(people.town.pk, timezone.now()) == [{"pk": notice.pk, "place": people.town.name}]


def test_the_words_are_made_once_and_the_answer_each_time(people, monkeypatch):
    stations_below(people.hub.pk)
    monkeypatch.setattr(SQLCompiler, "as_sql", None)
    assert people.town in stations_below(people.hub.pk)
    assert [station.pk for station in stations_below(people.town.pk)] == [people.point.pk]


def test_what_was_written_meanwhile_is_in_the_next_answer(people):
    assert people.point in stations_below(people.town.pk)
    people.point.is_active = False
    people.point.save()
    assert people.point not in stations_below(people.town.pk)


def test_days_and_moments_are_compared_like_those_of_any_query(people):
    today, now = timezone.localdate(), timezone.now()
    day = factories.reception_day(people, today)
    assert day in days(people.county.pk, today) and day not in days(people.county.pk, today + dt.timedelta(days=1))
    notice = factories.notice(people, state="scheduled", release_at=now, released_at=now)
    assert not on_board(people.town.pk, now - dt.timedelta(microseconds=1))
    assert [row["pk"] for row in on_board(people.town.pk, now)] == [notice.pk]


def test_a_number_that_no_column_holds_finds_nothing(people):
    assert stations_below(2**63) == [] and stations_below(10**30) == []


def test_a_query_that_would_keep_the_time_of_its_first_call_is_refused(people):
    @prepared
    def by_the_clock(station: int) -> QuerySet[Notice]:
        return Notice.objects.public().filter(station=station)

    @prepared
    def by_the_calendar(county: int) -> QuerySet[ReceptionDay]:
        return ReceptionDay.objects.upcoming().filter(county=county)

    for query in (by_the_clock, by_the_calendar):
        with pytest.raises(TypeError, match="would stay as it is"):
            query(1)


def test_a_query_that_prefetches_is_refused(people):
    @prepared
    def with_duties(county: int) -> QuerySet[ReceptionDay]:
        return ReceptionDay.objects.filter(county=county).prefetch_related("duties")

    with pytest.raises(TypeError, match="prefetches nothing"):
        with_duties(people.county.pk)


def test_two_queries_of_one_name_in_different_places_are_two(people):
    @prepared
    def stations_below(parent: int) -> QuerySet[Duty]:
        return Duty.objects.filter(day=parent)

    assert stations_below(people.hub.pk) == []
    assert len({key for key in connection.prepared_statements if key.endswith("stations_below")}) == 2
