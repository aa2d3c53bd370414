"""What happens when a whistle's limits run out."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from consultations import whistle_clock, whistling
from consultations.models import Call
from consultations.tasks import sweep_whistles
from history.models import Event
from messaging.models import OutboxRow
from tests.consultations.factories import call, whistle
from workdays.calendar import Calendar

pytestmark = pytest.mark.django_db


def late(one, **by):
    Call.objects.filter(pk=one.pk).update(due_at=timezone.now() - dt.timedelta(**by))


def told(person, words):
    return OutboxRow.objects.filter(person=person, subject__contains=words).count()


def test_who_did_not_come_is_told_again_and_the_office_above_hears_of_it(people):
    one = call(people)
    late(one, minutes=5)
    assert whistle_clock.tell_missed()
    assert told(people.clerk, "马上到") == told(people.town_staff, "没有按时报到") == 1
    assert told(people.hub_staff, "没有按时报到") == 1
    assert Event.objects.filter(chain=one.whistle.chain, action="missed").count() == 1


def test_before_the_limit_nobody_is_told(people):
    call(people)
    assert sweep_whistles() == {"missed": 0, "overdue": 0, "unanswered": 0}


def test_a_second_run_tells_nothing_twice(people):
    one = call(people)
    late(one, minutes=5)
    whistle_clock.tell_missed()
    assert whistle_clock.tell_missed() == 0
    assert Event.objects.filter(action="missed").count() == 1


def test_as_long_as_nobody_comes_it_is_said_again_every_five_working_days(people):
    one = call(people)
    day = Calendar.current().add(timezone.localdate(one.due_at), 6)
    moment = whistling.end_of(day, dt.time(9))
    assert whistle_clock.tell_missed(moment - dt.timedelta(days=20)) == 0
    whistle_clock.tell_missed(one.due_at + dt.timedelta(hours=10))
    whistle_clock.tell_missed(moment)
    assert told(people.clerk, "马上到") == 2


def test_who_came_meanwhile_is_left_alone(people):
    one = call(people, "here")
    late(one, minutes=5)
    assert whistle_clock.tell_missed() == 0
    assert whistle_clock._tell_missed(one.pk, 1, timezone.now()) == 0


def test_a_matter_that_is_not_done_on_its_day(people):
    one = call(people, "here")
    calendar = Calendar.current()
    assert whistle_clock.tell_overdue(one.finish_on) == 0
    whistle_clock.tell_overdue(calendar.add(one.finish_on, 1))
    assert told(people.clerk, "到期没有办结") == told(people.town_staff, "到期没有办结") == 1
    assert told(people.hub_staff, "到期没有办结") == 0
    assert whistle_clock.tell_overdue(calendar.add(one.finish_on, 2)) == 0
    whistle_clock.tell_overdue(calendar.add(one.finish_on, 6))
    assert told(people.hub_staff, "到期没有办结") == 1


@pytest.mark.parametrize(
    ("state", "seat", "words"),
    [("refused", "town_staff", "等您答复"), ("raised", "hub_staff", "等您裁定"), ("done", "town_staff", "请评价")],
)
def test_whoever_has_to_answer_is_asked_again(people, state, seat, words):
    one = call(people, state)
    calendar, since = Calendar.current(), timezone.localdate(one.since)
    assert whistle_clock.tell_unanswered(calendar.add(since, 4)) == 0
    assert whistle_clock.tell_unanswered(calendar.add(since, 5))
    assert whistle_clock.tell_unanswered(calendar.add(since, 6)) == 0
    assert told(getattr(people, seat), words) == 1


@pytest.mark.parametrize(("state", "rows"), [("refused", True), ("raised", True), ("done", False)])
def test_a_rating_is_asked_for_as_long_as_somebody_remembers_an_answer_until_it_comes(people, state, rows):
    since = timezone.localdate(call(people, state).since)
    assert bool(whistle_clock.tell_unanswered(since + dt.timedelta(days=whistle_clock.RATING_DAYS + 1))) is rows


def test_of_the_hubs_own_whistle_the_hub_hears(people):
    one = whistle(people, people.county_department, by=people.hub_staff, station=people.hub).calls.get()
    late(one, hours=1)
    whistle_clock.tell_missed()
    assert told(people.hub_staff, "没有按时报到") == 1
