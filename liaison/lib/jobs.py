"""Long work that one worker holds at a time, and that outlives a worker: exports, imports.

A worker may be killed at any row and a task may come twice. The claim is a number that grows (``attempt``): whoever holds
an older one finds its row gone (:class:`Overtaken`) and stops. A row whose worker has been silent for too long is claimed
by the next one that comes.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar

from celery import current_app
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

logger = logging.getLogger("liaison.jobs")

SILENT = dt.timedelta(minutes=3)  # a worker that said nothing for so long is taken for dead
PATIENCE = 3  # attempts; after that it is said as failed
TOLD_EVERY = 1.0  # seconds between two notes of progress


class Overtaken(Exception):
    """The row is another worker's by now, or was deleted by its owner."""


class JobQuerySet(models.QuerySet["Any"]):
    def running(self) -> Self:
        return self.filter(state__in=self.model.RUNNING)

    def waiting(self) -> Self:
        """What a worker may take: not begun, or begun by one that has been silent for too long."""
        dead = Q(alive_at=None) | Q(alive_at__lt=timezone.now() - SILENT)
        return self.running().filter(dead).order_by("id")

    def at_work(self) -> Self:
        return self.running().filter(alive_at__gte=timezone.now() - SILENT)


class Job(models.Model):
    """``RUNNING``: the values of ``state`` in which there is something to do; ``alive_at`` is empty until somebody does."""

    RUNNING: ClassVar[tuple[str, ...]] = ()
    state: Any

    # A worker's claim: it grows with every attempt, so that one who was thought dead writes nothing more.
    attempt = models.PositiveSmallIntegerField("第几次", default=0)
    alive_at = models.DateTimeField("最近进展", null=True, blank=True)
    error = models.CharField("原因", max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING


J = TypeVar("J", bound=Job)


@transaction.atomic
def claim(jobs: JobQuerySet, pk: int, *, at_once: int, spent: Callable[[Any], None]) -> Any:
    """The job, now this worker's; None where there is nothing to do, or ``at_once`` are being done. One that was broken
    off too often is given to ``spent``, which says so."""
    job = jobs.waiting().select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if job is None:
        return None
    if job.attempt >= PATIENCE:
        spent(job)
        return None
    if jobs.at_work().count() >= at_once:
        return None
    job.attempt, job.alive_at = job.attempt + 1, timezone.now()
    job.save(update_fields=["attempt", "alive_at"])
    return job


def held(job: J) -> models.QuerySet[J]:
    """The row of ``job`` as long as it is this worker's."""
    found: models.QuerySet[J] = type(job)._default_manager.filter(pk=job.pk, state=job.state, attempt=job.attempt)
    return found


def say(job: Job, **what: Any) -> None:
    """Note down that somebody is alive, and how far it is; :class:`Overtaken` where it is another's by now."""
    if not held(job).update(**{"alive_at": timezone.now(), **what}):
        raise Overtaken


class Seldom:
    """Call it as often as you like: it calls ``tell`` with the same arguments once in ``TOLD_EVERY`` seconds."""

    def __init__(self, tell: Callable[..., None]) -> None:
        self.tell, self.told_at = tell, 0.0

    def __call__(self, *what: Any) -> None:
        now = time.monotonic()
        if now - self.told_at >= TOLD_EVERY:
            self.told_at = now
            self.tell(*what)


def wake(task: str, pk: int) -> None:
    """Ask a worker to begin. A dead broker only delays: the sweep finds the row within a minute."""
    try:
        current_app.send_task(task, args=[pk])
    except (OperationalError, OSError):
        logger.warning("broker unreachable; the sweep will start %s of %s later", task, pk)
