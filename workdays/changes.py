"""Days typed in by an office: saved with an event, in one transaction. They count for the whole installation, because
holidays are national; dates of limits that already run do not move."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING, Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from history import log
from workdays.models import DayOverride

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger("liaison.workdays")


def _tell_whoever_plans() -> None:
    """Have the days that hang on the calendar settled now. A dead broker only delays: the beat does it within the hour.
    By name, because what is planned lives in rooms above this one."""
    try:
        current_app.send_task(settings.CALENDAR_CHANGED_TASK)
    except (OperationalError, OSError):
        logger.warning("broker unreachable; days settle with the next beat")


def _record(action: str, actor: User, **after: Any) -> None:
    for county_id in sorted(actor.seats.office_county_ids):
        log.append(f"county:{county_id}", action=action, actor=actor, seat=actor.seats.label, after=after)


@transaction.atomic
def set_days(dates: list[dt.date], *, is_workday: bool, name: str, actor: User) -> None:
    for date in dates:
        override = DayOverride.objects.filter(date=date).first() or DayOverride(date=date)
        override.is_workday, override.name = is_workday, name
        override.save()
    transaction.on_commit(_tell_whoever_plans, robust=True)
    _record("workdays_set", actor, first=dates[0], last=dates[-1], is_workday=is_workday, name=name)


@transaction.atomic
def forget_day(override: DayOverride, *, actor: User) -> None:
    _record("workdays_forget", actor, date=override.date, is_workday=override.is_workday, name=override.name)
    override.delete()
    transaction.on_commit(_tell_whoever_plans, robust=True)
