"""Celery tasks of reception days. Each may run twice, late, or in two workers at once without harm."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from receptions import planning, reminders


@shared_task
def plan() -> dict[str, int]:
    """Keep a year of days ahead, and bring them to what the calendar and the network say now."""
    return {"closed": planning.conform(), "made": planning.generate(), "settled": planning.settle()}


@shared_task
def remind() -> int:
    """Tell what is due, in working hours only: nobody is sent a message at night. Returns the rows written."""
    now = timezone.now()
    opens, closes = settings.REMIND_HOURS
    if not opens <= timezone.localtime(now).hour < closes:
        return 0
    return (reminders.remind(now=now) + reminders.again(now=now)).rows
