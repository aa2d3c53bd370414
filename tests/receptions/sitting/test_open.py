"""A reception day is opened: when, and by whom."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from history.models import Event
from receptions import sittings
from receptions.models import DayState, ReceptionDay
from receptions.sittings import SittingError, Stale
from tests.receptions.sitting.scene import close, fresh, on

pytestmark = pytest.mark.django_db


def test_a_day_is_opened_on_its_date(people, day):
    sittings.open_day(day.pk, by=people.town_staff)
    day.refresh_from_db()
    assert day.state == DayState.OPEN and day.opened_at is not None
    (event,) = Event.objects.filter(chain=day.chain)
    assert (event.action, event.before, event.after) == ("open", {"state": "planned"}, {"state": "open"})
    assert event.seat == "博爱县甲镇联络站工作人员"


def test_a_future_day_is_not_opened(people, day):
    on(day, timezone.localdate() + dt.timedelta(days=1))
    with pytest.raises(SittingError, match="到那一天才能开始接待"):
        sittings.open_day(day.pk, by=people.town_staff)
    assert fresh(day).state == DayState.PLANNED


def test_a_cancelled_day_is_not_opened(people, day):
    on(day, day.date, state=DayState.CANCELLED, cancel_reason="暴雨")
    with pytest.raises(SittingError, match="已经取消（暴雨）"):
        sittings.open_day(day.pk, by=people.town_staff)


def test_opening_late_says_why(people, day):
    on(day, timezone.localdate() - dt.timedelta(days=2))
    with pytest.raises(SittingError, match="补开请写明原因"):
        sittings.open_day(day.pk, by=people.town_staff)
    sittings.open_day(day.pk, by=people.town_staff, reason="停电，按纸质登记表补录")
    event = Event.objects.get(chain=day.chain)
    assert event.after["late"] and event.note == "停电，按纸质登记表补录"


def test_a_day_long_past_is_not_opened(people, day):
    on(day, timezone.localdate() - dt.timedelta(days=32))
    with pytest.raises(SittingError, match="不能再补开"):
        sittings.open_day(day.pk, by=people.town_staff, reason="忘了")


def test_who_opens_second_reads_that_it_is_open(people, opened):
    with pytest.raises(Stale, match="开始接待"):
        sittings.open_day(opened.pk, by=people.hub_staff)


def test_a_closed_day_goes_on_until_midnight(people, opened):
    close(opened, people.town_staff)
    sittings.reopen(opened.pk, by=people.town_staff)
    assert fresh(opened).state == DayState.OPEN
    close(opened, people.town_staff)
    ReceptionDay.objects.filter(pk=opened.pk).update(closed_at=timezone.now() - dt.timedelta(days=1))
    with pytest.raises(SittingError, match="过了零点"):
        sittings.reopen(opened.pk, by=people.town_staff)
