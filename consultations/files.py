"""Documents and photos of a consultation: photos are made small and lose place and camera; all are served through a
scoped view."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from consultations.models import Consultation, ConsultationFile
from liaison.lib.pictures import small_jpeg
from liaison.lib.uploads import check_upload
from noticeboard.models import Notice, NoticeFile

if TYPE_CHECKING:
    from accounts.models import User

MOST = 20  # of one step
MOST_SIDE = 1600  # pixels


@contextmanager
def stored(
    consultation: Consultation, step: str, files: Sequence[UploadedFile], *, by: User
) -> Iterator[list[ConsultationFile]]:
    """Store ``files`` with the step. What was stored goes again if the block, or the storing, fails."""
    if files and consultation.files.filter(step=step).count() + len(files) > MOST:
        raise ValidationError(f"每个步骤最多 {MOST} 份材料。")
    rows: list[ConsultationFile] = []
    try:
        for file in files:
            name, extension, media_type, content = _checked(file)
            row = ConsultationFile(
                consultation=consultation,
                step=step,
                name=name,
                media_type=media_type,
                size=content.size or 0,
                uploaded_by=by,
            )
            row.file.save(f"{uuid.uuid4().hex}{extension}", content, save=False)
            rows.append(row)
            row.save()
        yield rows
    except BaseException:
        for row in rows:
            row.file.delete(save=False)
        raise


def _checked(file: UploadedFile) -> tuple[str, str, str, File[bytes]]:
    kind = check_upload(file)
    if kind.media_type.startswith("image/"):
        stem = kind.name.rpartition(".")[0] or "照片"
        return f"{stem}.jpg", ".jpg", "image/jpeg", ContentFile(small_jpeg(file, most_side=MOST_SIDE))
    return kind.name, kind.extension, kind.media_type, file


def remove(row: ConsultationFile) -> None:
    stored_file = row.file
    row.delete()
    transaction.on_commit(lambda: stored_file.storage.delete(stored_file.name or ""), robust=True)


def show_on(consultation: Consultation, step: str, notice: Notice) -> int:
    """Give the notice copies of the step's photos that it does not have yet; returns how many were added."""
    shown = " ".join(notice.files.values_list("file", flat=True))
    new = [row for row in consultation.files.filter(step=step) if row.is_picture and f"talk-{row.pk}-" not in shown]
    for photo in new:
        copy = NoticeFile(notice=notice, name=photo.name, media_type=photo.media_type)
        with photo.file.open("rb") as content:
            data = ContentFile(content.read())
        copy.size = data.size
        copy.file.save(f"talk-{photo.pk}-{uuid.uuid4().hex}.jpg", data, save=False)
        copy.save()
    return len(new)
