"""Days typed in by an office: saved with an event, in one transaction. They count for the whole installation, because
holidays are national; dates of limits that already run do not move."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction

from history import log
from workdays.models import DayOverride

if TYPE_CHECKING:
    from accounts.models import User


def _record(action: str, actor: User, **after: Any) -> None:
    labels = actor.seats.labels
    for county_id in sorted(actor.seats.office_county_ids):
        log.append(f"county:{county_id}", action=action, actor=actor, seat=labels[0] if labels else "", after=after)


@transaction.atomic
def set_days(dates: list[dt.date], *, is_workday: bool, name: str, actor: User) -> None:
    for date in dates:
        override = DayOverride.objects.filter(date=date).first() or DayOverride(date=date)
        override.is_workday, override.name = is_workday, name
        override.save()
    _record("workdays_set", actor, first=dates[0], last=dates[-1], is_workday=is_workday, name=name)


@transaction.atomic
def forget_day(override: DayOverride, *, actor: User) -> None:
    _record("workdays_forget", actor, date=override.date, is_workday=override.is_workday, name=override.name)
    override.delete()
