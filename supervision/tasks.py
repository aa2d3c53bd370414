"""Celery tasks of supervision; see clock.py and reminding.py."""

from celery import shared_task

from supervision import clock, reminding


@shared_task
def tell_late() -> dict[str, int]:
    return {
        "milestones": clock.tell_late_milestones(),
        "findings": clock.tell_overdue_findings(),
        "inspections": clock.ask_who_came(),
        "rounds": reminding.remind(),
    }
