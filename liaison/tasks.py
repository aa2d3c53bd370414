"""Celery tasks of the house itself."""

from celery import shared_task

from liaison.lib import planner


@shared_task
def refresh_statistics() -> None:
    planner.refresh_statistics()
