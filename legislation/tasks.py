from celery import shared_task
from django.db import transaction

from legislation import telling


@shared_task
def remind() -> int:
    """A missed night is caught up; a second run does nothing."""
    with transaction.atomic():
        return telling.remind()
