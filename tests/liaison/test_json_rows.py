"""Rows that come along with a row, on either database."""

import datetime as dt

import pytest
from django.db.models import OuterRef
from django.utils import timezone

from liaison.lib.json_rows import JSONRows, day, hour, moment
from noticeboard.models import Notice
from receptions.models import Duty, ReceptionDay
from stations.models import Station
from tests import factories

pytestmark = pytest.mark.django_db


def brought(people, rows: JSONRows):
    return Station.objects.annotate(rows=rows).get(pk=people.town.pk).rows


def test_they_come_in_their_order_with_their_names(people, django_assert_num_queries):
    for title in ("乙", "甲", "“丙”，\\n"):
        factories.notice(people, title=title)
    rows = Notice.objects.filter(station=OuterRef("pk")).order_by("-pk")
    with django_assert_num_queries(1):
        found = brought(people, JSONRows(rows, title="title", where="station__name"))
    assert found == [{"title": title, "where": people.town.name} for title in ("“丙”，\\n", "甲", "乙")]
    assert len(brought(people, JSONRows(rows[:2], title="title"))) == 2


def test_no_row_is_an_empty_list(people):
    assert brought(people, JSONRows(Notice.objects.filter(station=OuterRef("pk")), title="title")) == []


def test_rows_of_rows(people):
    one, other = (factories.reception_day(people, dt.date(2030, 5, number)) for number in (6, 7))
    factories.on_duty(one, people.deputy)
    on_duty = JSONRows(Duty.objects.filter(day=OuterRef("pk")), name="deputy__name")
    days = ReceptionDay.objects.filter(station=OuterRef("pk"), pk__in=[one.pk, other.pk]).annotate(who=on_duty)
    found = brought(people, JSONRows(days.order_by("date"), date="date", starts="starts_at", who="who"))
    assert [row["who"] for row in found] == [[{"name": people.deputy.name}], []]
    assert [day(row["date"]) for row in found] == [one.date, other.date]
    assert hour(found[0]["starts"]) == one.starts_at


def test_moments_are_read_to_the_microsecond(people):
    for at in (timezone.now().replace(microsecond=123456), timezone.now().replace(microsecond=0)):
        notice = factories.notice(people, released_at=at)
        [row] = brought(people, JSONRows(Notice.objects.filter(pk=notice.pk), at="released_at"))
        assert moment(row["at"]) == at
