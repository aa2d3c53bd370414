"""The way of a large export: started by a press, claimed by one worker (liaison/lib/jobs.py), written, told, fetched,
forgotten. One file comes out of it, and one event.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from liaison.lib import jobs
from liaison.lib.extracts import Extract
from liaison.lib.xlsx import Sheet, temporary
from messaging import outbox
from reports.exports import files, matters
from reports.exports.models import FOLDER, ExportJob, JobState
from stations.changes import record

logger = logging.getLogger("liaison.exports")

KEPT = dt.timedelta(days=7)
OWNERLESS = dt.timedelta(hours=1)  # a file that is stored and that no row names after so long is nobody's
AT_ONCE = 2  # exports written at a time, so that reminders and limits find a free worker
MOST_WAITING = 5  # of one person
CHANGED = "您的岗位在这期间有变化，请重新导出。"


def is_large(extracts: Sequence[Extract]) -> bool:
    left = settings.EXPORT_ROWS_AT_ONCE
    for one in extracts:
        left -= one.count(left + 1)
        if left < 0:
            return True
    return False


def seats_of(user: User) -> list[str]:
    seats = user.seats
    return sorted(
        [f"station:{pk}" for pk in seats.station_ids]
        + [f"department:{pk}" for pk in seats.department_ids]
        + [f"deputy:{pk}" for pk in seats.deputy_ids]
        + [f"officer:{pk}" for pk in seats.officer_station_ids]
    )


@transaction.atomic
def start(keys: Sequence[str], query: str, extracts: Sequence[Extract], *, by: User, address: str | None) -> ExportJob:
    """The job that will write what was asked for: the one that does so already, or a new one. ``ValidationError``
    where somebody has too many."""
    User.objects.select_for_update().get(pk=by.pk)  # two presses at once make one job
    mine = ExportJob.objects.visible_to(by).running()
    seats = seats_of(by)
    for job in mine:
        if (job.matters, job.query, job.seats) == (list(keys), query, seats):
            return job
    if mine.count() >= MOST_WAITING:
        raise ValidationError(f"您有 {MOST_WAITING} 个导出还没有完成，请等完成后再导出。")
    job = ExportJob.objects.create(
        user=by,
        matters=list(keys),
        query=query,
        title=files.title_of(extracts),
        words="；".join(one.words for one in extracts)[:1000],
        seats=seats,
        address=address,
    )
    transaction.on_commit(lambda: wake(job.pk), robust=True)
    return job


def wake(pk: int) -> None:
    jobs.wake("reports.tasks.write_export", pk)


# --- writing --------------------------------------------------------------------------------


@transaction.atomic
def claim(pk: int) -> ExportJob | None:
    """The job, now this worker's; None where there is nothing to do, or enough being done."""
    job: ExportJob | None = jobs.claim(ExportJob.objects.all(), pk, at_once=AT_ONCE, spent=_spent)
    if job is not None:
        job.state, job.done = JobState.WRITING, 0
        job.save(update_fields=["state", "done"])
    return job


def _spent(job: ExportJob) -> None:
    _fail(job, "生成过程多次中断，请缩小范围后再导出，或告诉系统管理员。")


def write(job: ExportJob) -> bool:
    """Write the file of a claimed job; whether it is ready by that."""
    try:
        _write(job)
    except jobs.Overtaken:
        return False
    except (PermissionDenied, ValidationError) as error:
        _give_up(job, " ".join(getattr(error, "messages", None) or [str(error)]))
        return False
    except Exception:
        logger.exception("export %s", job.pk)
        _give_up(job, "生成程序出错，请再试一次；还不行请告诉系统管理员。")
        return False
    return True


def _write(job: ExportJob) -> None:
    user = job.user
    if not user.is_active or seats_of(user) != job.seats:
        raise PermissionDenied(CHANGED)
    extracts = matters.read(job.matters, user, QueryDict(job.query))
    now = timezone.localtime()
    with temporary() as stream:
        sheets = files.write(stream, extracts, user, now, _Progress(job, sum(one.count() for one in extracts)))
        stream.seek(0)
        _finish(job, stream, extracts, sheets, now)


class _Progress:
    """Called before each row: once a second the row of the job says how far it is, and that somebody is alive."""

    def __init__(self, job: ExportJob, total: int) -> None:
        self.rows = 0
        self.say = jobs.Seldom(lambda: jobs.say(job, done=self.rows))
        jobs.say(job, total=total)

    def __call__(self) -> None:
        self.rows += 1
        if not self.rows % 100:
            self.say()


def _finish(
    job: ExportJob, stream: IO[bytes], extracts: Sequence[Extract], sheets: Sequence[Sheet], now: dt.datetime
) -> None:
    """State, event and message together: what cannot be noted down does not leave."""
    name = files.file_name(job.title, job.user, now)
    job.file.save(name, File(stream), save=False)
    place = str(job.file.name)
    try:
        with transaction.atomic():
            ready = jobs.held(job).select_for_update().first()
            if ready is None:
                raise jobs.Overtaken
            ready.state, ready.finished_at = JobState.READY, timezone.now()
            ready.expires_at = ready.finished_at + KEPT
            ready.total = ready.done = sum(one.count for one in sheets)
            ready.file, ready.file_name, ready.size = place, name, job.file.size
            ready.in_full = sum(one.in_full for one in extracts)
            ready.save()
            files.note_down(extracts, sheets, job.user, address=job.address)
            _tell(ready, f"导出已完成：{job.title}", f"共 {ready.done:,} 行，{KEPT.days} 天内可以下载。")
    except BaseException:
        job.file.storage.delete(place)
        raise


@transaction.atomic
def _give_up(job: ExportJob, reason: str) -> None:
    held = jobs.held(job).select_for_update().first()
    if held is not None:
        _fail(held, reason)


def _fail(job: ExportJob, reason: str) -> None:
    job.state, job.error, job.finished_at = JobState.FAILED, reason[:200], timezone.now()
    job.expires_at = job.finished_at + KEPT
    job.save(update_fields=["state", "error", "finished_at", "expires_at"])
    _tell(job, f"导出没有完成：{job.title}", job.error)


def _tell(job: ExportJob, subject: str, body: str) -> None:
    key, link = f"export:{job.pk}:{job.state}", reverse("reports:exports")
    outbox.note_to(job.user, key=key, subject=subject, body=body, link=link)


# --- fetching and forgetting ----------------------------------------------------------------


@transaction.atomic
def fetch(job: ExportJob, *, by: User, address: str | None) -> Any:
    """The open file. ``PermissionDenied`` where the seats that it was written for are no longer all held."""
    if not set(job.seats) <= set(seats_of(by)):
        raise PermissionDenied("您的岗位有变化，这个文件不能再下载，请重新导出。")
    ExportJob.objects.filter(pk=job.pk).update(fetched_at=timezone.now())
    after = {"export": job.pk, "matters": job.matters, "rows": job.done, "in_full": job.in_full}
    for county in by.seats.counties:
        record(county.pk, "export_fetch", actor=by, after=after, address=address)
    return job.file.open("rb")


def discard(job: ExportJob) -> None:
    """The row first: a worker that still writes finds it gone, and a file without a row is nobody's."""
    place = str(job.file.name or "")
    with transaction.atomic():
        job.delete()
        if place:
            transaction.on_commit(lambda: job.file.storage.delete(place))


def forget_expired() -> int:
    """Rows and files past their time, and files that no row came to; returns how many."""
    expired = list(ExportJob.objects.filter(expires_at__lte=timezone.now()).order_by("id")[:500])
    for job in expired:
        discard(job)
    return len(expired) + _forget_ownerless()


def _forget_ownerless() -> int:
    """What a worker stored that was killed before its row said so."""
    if not default_storage.exists(FOLDER):
        return 0
    before, found = timezone.now() - OWNERLESS, 0
    names = [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]
    owned = set(ExportJob.objects.exclude(file="").values_list("file", flat=True))
    for name in set(names) - owned:
        with suppress(FileNotFoundError):  # another sweep was first
            if default_storage.get_modified_time(name) < before:
                default_storage.delete(name)
                found += 1
    return found
