from celery import shared_task

from imports import changes


@shared_task
def erase_imports() -> int:
    """What files said, when it has served; may run twice, or a day late, without harm."""
    return changes.erase_expired()
