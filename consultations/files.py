"""Documents and photos of a consultation: photos are made small and lose place and camera; all are served through a
scoped view."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from consultations.models import Consultation, ConsultationFile
from liaison.lib.pictures import small_jpeg
from liaison.lib.storing import storing
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
    with storing() as keep:
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
            keep(row, content, extension)
            rows.append(row)
        yield rows


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


@contextmanager
def shown_on(consultation: Consultation, step: str, notice: Notice) -> Iterator[int]:
    """Give the notice copies of the step's photos that it does not have yet; how many were added. They go again if the
    block fails."""
    shown = " ".join(notice.files.values_list("file", flat=True))
    new = [row for row in consultation.files.filter(step=step) if row.is_picture and f"talk-{row.pk}-" not in shown]
    with storing() as keep:
        for photo in new:
            with photo.file.open("rb") as content:
                data = ContentFile(content.read())
            copy = NoticeFile(notice=notice, name=photo.name, media_type=photo.media_type, size=data.size)
            keep(copy, data, ".jpg", prefix=f"talk-{photo.pk}-")
        yield len(new)
