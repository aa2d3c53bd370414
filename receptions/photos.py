"""Photos of a day: pictures only, made small and without their metadata; served through a scoped view."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from liaison.lib.pictures import small_jpeg
from liaison.lib.storing import storing
from liaison.lib.uploads import check_upload
from noticeboard.models import Notice, NoticeFile
from receptions.models import DayPhoto, ReceptionDay
from receptions.sittings import SittingError, act

if TYPE_CHECKING:
    from accounts.models import User

MOST = 12  # of one day
MOST_SIDE = 1600  # pixels
MEDIA_TYPES = ("image/jpeg", "image/png")
ALLOWED = f"jpg 或 png，最多 {MOST} 张；拍摄地点等信息会自动去掉。"


@contextmanager
def added(day: ReceptionDay, files: Sequence[UploadedFile], *, by: User) -> Iterator[list[DayPhoto]]:
    """Store ``files`` with the day. What was stored goes again if the block, or the storing, fails."""
    rows: list[DayPhoto] = []
    if files and day.photos.count() + len(files) > MOST:
        raise SittingError(f"一个接待日最多 {MOST} 张照片。")
    with storing() as keep:
        for file in files:
            kind = check_upload(file)
            if kind.media_type not in MEDIA_TYPES:
                raise ValidationError(f"“{kind.name}”不是照片。请上传 jpg 或 png。")
            row = DayPhoto(
                day=day, name=f"{kind.name.rpartition('.')[0] or '照片'}.jpg", media_type="image/jpeg", uploaded_by=by
            )
            keep(row, ContentFile(small_jpeg(file, most_side=MOST_SIDE)), ".jpg")
            rows.append(row)
        yield rows


def add(pk: int, files: Sequence[UploadedFile], *, by: User) -> int:
    """Photos of a day that is open or closed already; returns how many."""
    with act(pk, "add_photos", by=by) as now, added(now.day, files, by=by) as rows:
        if now.day.opened_at is None:
            raise SittingError("接待开始以后才能上传现场照片。")
        if not rows:
            raise SittingError("请选择照片。")
        now.after = {"photos": len(rows)}
    return len(rows)


def remove(pk: int, photo_id: int, *, by: User) -> None:
    """Take a photo off the day; on the noticeboard it is withdrawn with its notice."""
    with act(pk, "remove_photo", by=by) as now:
        row = DayPhoto.objects.filter(day=now.day, pk=photo_id).first()
        if row is None:
            raise SittingError("这张照片已经删除。")
        now.after = {"photo": row.pk}
        row.delete()
        transaction.on_commit(lambda: row.file.storage.delete(row.file.name or ""), robust=True)


@contextmanager
def shown_on(day: ReceptionDay, notice: Notice) -> Iterator[int]:
    """Give the notice copies of the photos of the day that it does not have yet; how many were added. They go again if
    the block fails."""
    shown = " ".join(notice.files.values_list("file", flat=True))
    new = [photo for photo in day.photos.all() if photo.file and f"day-{photo.pk}-" not in shown]
    with storing() as keep:
        for photo in new:
            with photo.file.open("rb") as stored:
                content = ContentFile(stored.read())
            about = {"name": photo.name, "media_type": photo.media_type, "caption": photo.caption}
            keep(NoticeFile(notice=notice, size=content.size, **about), content, ".jpg", prefix=f"day-{photo.pk}-")
        yield len(new)
