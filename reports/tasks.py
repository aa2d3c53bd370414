"""Keep daily figures; write large exports, take up what a killed worker left, delete what expired. Each may run twice,
or late."""

from __future__ import annotations

from celery import shared_task

from reports import upkeep
from reports.exports import jobs
from reports.exports.models import ExportJob

# Days of one run: a large import is caught up over several, and pages are right meanwhile all the same.
MOST = 600


@shared_task
def keep_figures() -> int:
    """Count the days anew whose cases changed; returns how many."""
    return upkeep.refresh(MOST)


@shared_task
def write_export(pk: int) -> bool:
    """Whether the file is ready by this run; what waited behind it is begun next."""
    job = jobs.claim(pk)
    if job is None:
        return False
    ready = jobs.write(job)
    if following := ExportJob.objects.waiting().exclude(pk=pk).values_list("pk", flat=True).first():
        jobs.wake(following)
    return ready


@shared_task
def sweep_exports() -> int:
    """Begin what waits, also what nobody was told of because the broker was away; returns how many expired."""
    for pk in list(ExportJob.objects.waiting().values_list("pk", flat=True)[: jobs.AT_ONCE]):
        jobs.wake(pk)
    return jobs.forget_expired()
