"""Check and write large imports, take up what a killed worker left, erase what has served. Each may run twice, or late."""

from __future__ import annotations

from celery import shared_task

from imports import changes, jobs
from imports.models import Import


@shared_task(name=changes.TASK)
def carry_out(pk: int) -> bool:
    """Whether the import is done by this run; what waited behind it is begun next."""
    job = jobs.claim(pk)
    if job is None:
        return False
    done = jobs.carry_out(job)
    if following := Import.objects.waiting().exclude(pk=pk).values_list("pk", flat=True).first():
        changes.wake(following)
    return done


@shared_task
def sweep_imports() -> int:
    """Begin what waits, also what nobody was told of because the broker was away; returns how many wait."""
    waiting = list(Import.objects.waiting().values_list("pk", flat=True)[: jobs.AT_ONCE])
    for pk in waiting:
        changes.wake(pk)
    return len(waiting)


@shared_task
def erase_imports() -> int:
    """What files said, when it has served; may run twice, or a day late, without harm."""
    return changes.erase_expired()
