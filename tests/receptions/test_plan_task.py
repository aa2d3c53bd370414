"""The task that keeps a year of days ahead, and what starts it."""

import datetime as dt
import time

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from receptions import planning
from receptions.models import ReceptionDay
from receptions.tasks import plan
from tests.receptions.test_planning import fresh_calendar  # noqa: F401  (a fixture)
from workdays import changes
from workdays.models import DayOverride


def test_the_beat_runs_the_task(people):
    assert settings.CELERY_BEAT_SCHEDULE["plan"]["task"] == plan.name == settings.CALENDAR_CHANGED_TASK


def test_the_task_makes_days_and_a_second_run_changes_nothing(people):
    assert plan()["made"] >= 36
    assert plan() == {"closed": 0, "made": 0, "settled": 0}


def test_the_command_does_by_hand_what_the_task_does(people, capsys):
    call_command("plan_receptions")
    call_command("plan_receptions")
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("新排 3") and second == "新排 0 天，按日历调整 0 天，因站点停用或恢复变动 0 天。"


@pytest.mark.django_db(transaction=True)
def test_a_day_typed_in_by_the_office_asks_for_the_task_once_it_is_committed(people, queue):
    with transaction.atomic():
        changes.set_days([dt.date(2031, 1, 2)], is_workday=False, name="放假", actor=people.hub_staff)
        assert queue() == 0
    assert queue() == 1
    changes.forget_day(DayOverride.objects.get(), actor=people.hub_staff)
    assert queue() == 2


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_hinders_nobody_from_typing_in_a_day(people, monkeypatch):
    def dead(*_):
        raise OSError

    monkeypatch.setattr("celery.current_app.send_task", dead)
    changes.set_days([dt.date(2031, 1, 2)], is_workday=False, name="放假", actor=people.hub_staff)
    assert DayOverride.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_day_typed_in_moves_the_days_of_that_date(people, worker):
    planning.generate()
    day = ReceptionDay.objects.filter(date__gt=timezone.localdate() + dt.timedelta(days=40)).first()
    changes.set_days([day.date], is_workday=False, name="放假", actor=people.hub_staff)
    for _ in range(2000):
        if not ReceptionDay.objects.filter(pk=day.pk, date=day.date).exists():
            break
        time.sleep(0.01)
    day.refresh_from_db()
    assert day.date != day.planned_on and "放假" in day.why
