"""Celery tasks of consultations and whistles. Each may run twice, late, or in two workers at once without harm."""

from celery import shared_task

from consultations import clock, whistle_clock


@shared_task
def sweep_whistles() -> dict[str, int]:
    return {
        "missed": whistle_clock.tell_missed(),
        "overdue": whistle_clock.tell_overdue(),
        "unanswered": whistle_clock.tell_unanswered(),
    }


@shared_task
def sweep_promises() -> int:
    return clock.tell_overdue()
