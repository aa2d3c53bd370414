from celery import shared_task

from reports import upkeep

# Days of one run: a large import is caught up over several, and pages are right meanwhile all the same.
MOST = 600


@shared_task
def keep_figures() -> int:
    """Count the days anew whose cases changed; returns how many."""
    return upkeep.refresh(MOST)
