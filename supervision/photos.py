"""Photos of findings: pictures only, made small and without their metadata; served through a scoped view."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile

from liaison.lib.pictures import small_jpeg
from liaison.lib.storing import storing
from liaison.lib.uploads import clean_name
from supervision.models import Finding, FindingPhoto, FindingStep

if TYPE_CHECKING:
    from accounts.models import User

MOST = 9  # of one step
MOST_SIDE = 1600  # pixels


@contextmanager
def added(
    finding: Finding, files: Sequence[UploadedFile], *, by: User, step: FindingStep | None = None
) -> Iterator[list[FindingPhoto]]:
    """Store ``files``. What was stored goes again if the block, or the storing, fails."""
    rows: list[FindingPhoto] = []
    if len(files) > MOST:
        raise ValidationError({"files": f"一次最多 {MOST} 张照片。"})
    with storing() as keep:
        for file in files:
            name = f"{clean_name(file.name or '').rpartition('.')[0] or '照片'}.jpg"
            row = FindingPhoto(finding=finding, step=step, name=name, uploaded_by=by)
            keep(row, ContentFile(_jpeg(file)), ".jpg")
            rows.append(row)
        yield rows


def _jpeg(file: UploadedFile) -> bytes:
    try:
        return small_jpeg(file, most_side=MOST_SIDE)
    except ValidationError as error:
        raise ValidationError({"files": error.messages}) from error
