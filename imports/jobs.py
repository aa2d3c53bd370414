"""What a worker does of a large import: check it, write it, take it back. Each is one claim (liaison/lib/jobs.py) and
ends in one transaction, so that a task that comes twice or is killed leaves all of it or nothing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from imports import changes, undoing
from imports.models import Import, State
from imports.progress import Progress
from imports.scope import Scope
from liaison.lib import jobs
from messaging import outbox

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger("liaison.imports")

AT_ONCE = 1  # each takes the lock of its county anyhow, and reminders need a free worker
BROKEN_OFF = "中途多次中断，什么都没有写入。请再试一次；还不行请分成几个小一些的文件，或告诉系统管理员。"
CRASHED = "程序出错，什么都没有写入。请再试一次；还不行请告诉系统管理员。"
SEAT_CHANGED = "您的岗位在这期间有变化，什么都没有写入。"


def claim(pk: int) -> Import | None:
    """The import, now this worker's; None where there is nothing to do, or another is being done."""
    found = Import.objects.select_related("office__county", "uploaded_by", "decided_by", "undone_by", "payload")
    job: Import | None = jobs.claim(found, pk, at_once=AT_ONCE, spent=lambda spent: _stop(spent, BROKEN_OFF))
    return job


def carry_out(job: Import) -> bool:
    """Do what a claimed import waits for; whether it is done by that."""
    try:
        {State.CHECKING: _check, State.WRITING: _write, State.UNDOING: _undo}[State(job.state)](job)
    except jobs.Overtaken:
        return False
    except changes.Stale:
        _look_again(job)
    except ValidationError as error:
        _give_back(job, " ".join(error.messages))
    except IntegrityError:
        _give_back(job, undoing.CLASH if job.state == State.UNDOING else changes.CLASH)
    except Exception:
        logger.exception("import %s", job.pk)
        _give_back(job, CRASHED)
    else:
        return True
    return False


def _person(job: Import) -> User:
    """Who pressed. ValidationError where the seats do not reach it any more."""
    pressed = {State.CHECKING: job.uploaded_by, State.WRITING: job.decided_by, State.UNDOING: job.undone_by}
    person = pressed[State(job.state)]
    assert person is not None
    return person


def _actor(job: Import) -> User:
    person = _person(job)
    if not (person.is_active and Import.objects.visible_to(person).filter(pk=job.pk).exists()):
        raise ValidationError(SEAT_CHANGED)
    return person


def _locked(job: Import) -> Import:
    try:
        one = changes.locked(job.pk, State(job.state))
    except (Import.DoesNotExist, ValidationError):
        raise jobs.Overtaken from None
    if one.attempt != job.attempt:
        raise jobs.Overtaken
    return one


def _check(job: Import) -> None:
    """Planning holds no lock: what it says is looked at, and planned again before it is written."""
    plan = changes.make_plan(job.of, Scope(job.office, _actor(job)), changes.kept_upload(job.payload), Progress(job))
    with transaction.atomic():
        one = _locked(job)
        changes.show_plan(one, plan)
        counts = f"新增 {one.new:,}，有改动 {one.changed:,}，没有变化 {one.same:,}，不能导入 {one.refused:,}"
        _tell(job, f"请确认导入：{one.label}", f"预览已生成：{counts}。一天内没有确认就删除。")


@transaction.atomic
def _write(job: Import) -> None:
    one = changes.write(_locked(job), actor=_actor(job), told=Progress(job))
    _tell(job, f"导入已完成：{one.label}", f"新增 {one.new:,}，改动 {one.changed:,}。")


@transaction.atomic
def _undo(job: Import) -> None:
    one = undoing.take_back(_locked(job), actor=_actor(job))
    _tell(job, f"已撤销导入：{one.label}", "资料回到导入以前的样子。")


@transaction.atomic
def _look_again(job: Import) -> None:
    """The county is not what it was: the preview is made anew, and looked at anew."""
    one = _locked(job)
    changes.show_plan(one, changes.make_plan(one.of, Scope(one.office, _person(job)), changes.kept_upload(one.payload)))
    one.error = changes.LOOK_AGAIN
    one.save(update_fields=["error"])
    _tell(job, f"请再确认一次导入：{one.label}", one.error)


@transaction.atomic
def _give_back(job: Import, reason: str) -> None:
    held = jobs.held(job).select_for_update().first()
    if held is not None:
        _stop(held, reason)


def _stop(job: Import, reason: str) -> None:
    """To where it was before somebody pressed; what could not even be checked is forgotten."""
    person = _person(job)
    if job.state == State.CHECKING:
        changes.forget(job, actor=None)
    elif job.state == State.WRITING:
        job.state, job.decided_by, job.decided_at = State.WAITING, None, None
    else:
        job.state, job.undone_by, job.undone_at = State.DONE, None, None
    job.error = reason[:200]
    job.save(update_fields=["state", "error", "decided_by", "decided_at", "undone_by", "undone_at"])
    _tell(job, f"导入没有完成：{job.label}", job.error, person)


def _tell(job: Import, subject: str, body: str, person: User | None = None) -> None:
    key, link = f"import:{job.pk}:{timezone.now():%Y%m%d%H%M%S%f}", reverse("imports:show", args=[job.pk])
    outbox.note_to(person or _person(job), key=key, subject=subject, body=body, link=link)
