"""What a county office does with its report: make, write a part, take the automatic text again, finish, open again. Each
locks the report, checks seat and state, changes, and records the event in the county's chain, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from reports.yearly.content import KEYS, content_of, frozen
from reports.yearly.models import HandlingReport, ReportPart
from stations.changes import record

if TYPE_CHECKING:
    from accounts.models import User

FINISHED = "报告已经定稿。要修改请先“重新打开”。"
STALE = "您打开这个页面以后，有人改过这一部分。下面是您写的内容，上方是现在的内容，请核对后再保存。"


def make(report: HandlingReport, *, by: User) -> HandlingReport:
    """Raises ValidationError where the edition exists already."""
    if report.county_id not in by.seats.office_county_ids:
        raise PermissionDenied("办理情况报告由县人大代表工委（县级中心站）编写。")
    report.made_by = by
    report.full_clean()
    with transaction.atomic():
        report.save()
        _record(report, "report_make", by, first=f"{report.first}", last=f"{report.last}")
    return report


def write(pk: int, key: str, text: str, *, by: User, seen: str) -> None:
    """``seen`` is the text that the page showed; ValidationError where it is another by now."""
    with _held(pk, by) as report:
        part = report.parts.filter(key=key).first()
        if seen != (part.text if part else ""):
            raise ValidationError(STALE, code="stale")
        ReportPart.objects.update_or_create(
            report=report, key=key, defaults={"text": text, "edited_by": by, "edited_at": timezone.now()}
        )
        _record(report, "report_write", by, part=KEYS[key].heading)


def restore(pk: int, key: str, *, by: User) -> None:
    """The automatic text again; nothing happens where it is in place."""
    with _held(pk, by) as report:
        deleted, _ = report.parts.filter(key=key).delete()
        if deleted:
            _record(report, "report_restore", by, part=KEYS[key].heading)


def finish(pk: int, *, by: User) -> None:
    """Keep it as it is at this moment."""
    with _held(pk, by) as report:
        content = content_of(report)
        if content.missing:
            raise ValidationError(f"还没有写：{'；'.join(content.missing)}。写好以后再定稿。")
        report.kept = frozen(content)
        report.finished_by, report.finished_at = by, timezone.now()
        report.save(update_fields=["kept", "finished_by", "finished_at"])
        _record(report, "report_finish", by)


def reopen(pk: int, *, by: User) -> None:
    with _held(pk, by, finished=True) as report:
        report.kept, report.finished_by, report.finished_at = {}, None, None
        report.save(update_fields=["kept", "finished_by", "finished_at"])
        _record(report, "report_reopen", by)


@contextmanager
def _held(pk: int, by: User, *, finished: bool = False) -> Iterator[HandlingReport]:
    with transaction.atomic():
        report = HandlingReport.objects.visible_to(by).select_for_update(of=("self",)).get(pk=pk)
        if report.is_finished != finished:
            raise ValidationError("报告还没有定稿。" if finished else FINISHED)
        yield report


def _record(report: HandlingReport, action: str, by: User, **after: Any) -> None:
    record(report.county_id, action, actor=by, after={"report": report.pk, "title": report.title, **after})
