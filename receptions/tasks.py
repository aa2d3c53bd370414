"""Celery tasks of reception days. Each may run twice, or a day late, without harm."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from receptions import reminders


@shared_task
def remind() -> int:
    """Tell what is due, in working hours only: nobody is sent a message at night. Returns the rows written."""
    now = timezone.now()
    opens, closes = settings.REMIND_HOURS
    if not opens <= timezone.localtime(now).hour < closes:
        return 0
    return (reminders.remind(now=now) + reminders.again(now=now)).rows
