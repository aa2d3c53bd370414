"""Celery tasks of the case; see clock.py."""

from celery import shared_task

from suggestions import clock, formal_signing


@shared_task
def sweep_limits() -> dict[str, int]:
    return {
        "archived": clock.archive_unrated(),
        "urged": clock.urge_overdue(),
        "rating": clock.remind_rating(),
        "follow_up": clock.ask_follow_up(),
        "signers": formal_signing.remind_silent(),
    }
