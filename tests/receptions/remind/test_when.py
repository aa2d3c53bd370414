"""When the reminder tells."""

import datetime as dt

import pytest
from django.core.management import call_command

from receptions import reminders, tasks
from receptions.models import ReceptionRule
from tests import factories
from tests.receptions.remind.scene import (
    DAY,
    FIVE_BEFORE,
    at,
    run,
)


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (at(2026, 11, 19, 23, 59), 0),
        (at(2026, 11, 20, 0, 0), 1),
        (at(2026, 11, 24, 23, 59), 1),
        (at(2026, 11, 25, 0, 0), 1),
        (at(2026, 11, 25, 11, 29), 1),
        (at(2026, 11, 25, 11, 30), 0),
        (at(2026, 11, 25, 23, 59), 0),
        (at(2026, 11, 26, 0, 0), 0),
    ],
)
def test_the_span_is_counted_by_the_local_date_and_ends_with_the_days_hours(people, day, now, days):
    assert run(now).days == days


def test_a_day_missed_for_a_week_is_caught_up(people):
    ReceptionRule.objects.create(station=people.town, notice_days=10)
    factories.on_duty(factories.reception_day(people, DAY), people.deputy)
    assert run(at(2026, 11, 23, 8)).days == 1


def test_each_station_has_its_own_span(people):
    ReceptionRule.objects.create(station=people.other_town, notice_days=2)
    factories.reception_day(people, DAY)
    factories.reception_day(people, DAY, station=people.other_town)
    assert (run().days, run(at(2026, 11, 23, 8)).days) == (1, 1)


def test_as_on_another_day_but_never_what_is_over(people, day):
    assert reminders.remind(dt.date(2026, 11, 19), now=FIVE_BEFORE).days == 0
    assert reminders.remind(dt.date(2026, 11, 22), now=at(2026, 11, 18, 9)).days == 1
    over = factories.reception_day(people, dt.date(2026, 11, 16))
    assert reminders.remind(dt.date(2026, 11, 12), now=FIVE_BEFORE).days == 0
    over.refresh_from_db()
    assert over.to_tell


@pytest.mark.parametrize(("hour", "rows"), [(7, 0), (8, 3), (17, 3), (18, 0), (23, 0), (0, 0)])
def test_the_task_works_in_working_hours_only(people, day, monkeypatch, hour, rows):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(2026, 11, 21, hour, 59))
    assert tasks.remind() == rows


def test_by_hand_the_command_prints_what_it_wrote_and_then_nothing_more(people, day, capsys):
    call_command("remind", "--on", "2026-11-20")
    assert "写入消息 3 条" in capsys.readouterr().out
    call_command("remind", "--on", "2026-11-20")
    assert "写入消息 0 条" in capsys.readouterr().out
