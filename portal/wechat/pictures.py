"""Fetch what was photographed and hang it on its case. May run twice or a day late: rows are held for a while and gone
once their picture hangs there."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from messaging.senders.errors import Never, NotSent
from portal.models import WechatPicture
from portal.wechat import media
from suggestions import workflow
from suggestions.errors import WorkflowError
from suggestions.transitions import Voice

HELD = timedelta(minutes=5)  # by one worker; one that was killed holds a picture no longer
BACK_OFF = (1, 5, 30, 120, 720)  # minutes; the platform keeps a picture for three days
SLICE = 20.0  # seconds of one run


def fetch_due() -> int:
    """Case by case, so that the office is told once; returns how many pictures were added."""
    added, ends = 0, time.monotonic() + SLICE
    while rows := _claim():
        added += _fetch_all(rows)
        if time.monotonic() >= ends:
            break
    return added


def _claim() -> list[WechatPicture]:
    """The due pictures of one case, held for a while."""
    now = timezone.now()
    with transaction.atomic():
        due = WechatPicture.objects.select_for_update(skip_locked=True, of=("self",)).filter(next_try_at__lte=now)
        first = due.order_by("next_try_at", "pk").first()
        if first is None:
            return []
        rows = list(due.filter(case=first.case_id).select_related("account").order_by("pk"))
        WechatPicture.objects.filter(pk__in=[row.pk for row in rows]).update(
            next_try_at=now + HELD, attempts=F("attempts") + 1
        )
    for row in rows:
        row.attempts += 1
    return rows


def _fetch_all(rows: Sequence[WechatPicture]) -> int:
    fetched: list[tuple[WechatPicture, SimpleUploadedFile]] = []
    lost: list[WechatPicture] = []
    for row in rows:
        try:
            fetched.append((row, media.fetch(row)))
        except NotSent as error:
            row.error = error.reason[:200]
            if isinstance(error, Never) or row.attempts > len(BACK_OFF):
                lost.append(row)
            else:
                later = timezone.now() + timedelta(minutes=BACK_OFF[row.attempts - 1])
                WechatPicture.objects.filter(pk=row.pk).update(error=row.error, next_try_at=later)
    return _add(fetched, lost) if fetched or lost else 0


@transaction.atomic
def _add(fetched: list[tuple[WechatPicture, SimpleUploadedFile]], lost: list[WechatPicture]) -> int:
    """One step for all of them; what another worker has added meanwhile is not added again."""
    case_id = (fetched[0][0] if fetched else lost[0]).case_id
    ids = [row.pk for row, _ in fetched] + [row.pk for row in lost]
    open_ids = set(WechatPicture.objects.select_for_update().filter(pk__in=ids).values_list("pk", flat=True))
    files = [file for row, file in fetched if row.pk in open_ids]
    gone = [row for row in lost if row.pk in open_ids]
    if (files or gone) and case_id:
        for number, file in enumerate(files, 1):
            file.name = f"微信照片{number}{(file.name or '')[4:]}"
        note = f"有 {len(gone)} 张照片没有取到：{'；'.join(sorted({row.error for row in gone}))}" if gone else ""
        try:
            workflow.supplement(case_id, by=Voice.VOTER, files=files, note=note)
        except WorkflowError:
            files = []  # withdrawn, refused or already answered: nobody waits for the pictures any more
    WechatPicture.objects.filter(pk__in=open_ids).delete()
    return len(files)
