"""Who has not said 收到."""

import datetime as dt

from messaging.models import OutboxRow
from receptions import reminders, tasks
from receptions.models import Duty
from tests.receptions.remind.scene import (
    FIVE_BEFORE,
    at,
    change,
    names,
    put_on,
    run,
    silent,
    still_true,
)


def test_who_did_not_acknowledge_is_told_once_more_two_days_before_and_the_office_who(people, day):
    put_on(day, people.other_deputy)
    run()
    Duty.objects.filter(deputy=people.other_deputy).update(acknowledged_at=FIVE_BEFORE, acknowledged_revision=1)
    assert reminders.again(now=at(2026, 11, 22, 23, 59)).rows == 0
    assert silent(day).rows == 2
    assert names(":again") == ["张为民"]
    office = OutboxRow.objects.get(name="BA-town_staff")
    assert "张为民" in office.body and "李建设" not in office.body
    assert silent(day).rows == reminders.again(now=at(2026, 11, 24, 9)).rows == 0
    assert run(at(2026, 11, 24, 10)).rows == 0


def test_once_more_is_dropped_when_the_deputy_acknowledged_meanwhile(people, day):
    run()
    silent(day)
    row = OutboxRow.objects.get(key__endswith=":again")
    assert still_true(row)
    Duty.objects.update(acknowledged_revision=1)
    assert not still_true(row)


def test_an_acknowledgement_of_the_day_before_it_moved_does_not_count(people, day):
    run()
    Duty.objects.update(acknowledged_at=FIVE_BEFORE, acknowledged_revision=1)
    change(day, date=dt.date(2026, 11, 24))
    run(at(2026, 11, 21, 9))
    assert reminders.again(now=at(2026, 11, 22, 9)).rows == 2


def test_who_is_told_only_today_has_until_tomorrow(people, day):
    run(at(2026, 11, 23, 8))
    assert reminders.again(now=at(2026, 11, 23, 17)).rows == 0
    assert reminders.again(now=at(2026, 11, 24, 8)).rows == 2


def test_the_task_does_both(people, day, monkeypatch):
    run()
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(2026, 11, 23, 9))
    assert tasks.remind() == 2
