"""Files of a case: checked for type, size and content, stored under a random name, served only through a scoped view."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import UploadedFile

from liaison.lib.storing import storing
from liaison.lib.uploads import check_upload
from suggestions.errors import WorkflowError
from suggestions.models import Attachment

if TYPE_CHECKING:
    from suggestions.steps import Step

MOST_FILES = 10  # per step


def attach(now: Step, files: Sequence[UploadedFile]) -> None:
    """Store ``files`` with the step. If the step fails later, the stored files are removed with it."""
    if len(files) > MOST_FILES:
        raise WorkflowError(f"一次最多上传 {MOST_FILES} 个文件。")
    checked = [(file, check_upload(file)) for file in files]
    rows: list[Attachment] = []
    with storing() as keep:
        for file, kind in checked:
            row = Attachment(
                suggestion=now.case,
                step=now.action,
                name=kind.name,
                size=file.size or 0,
                media_type=kind.media_type,
                digest=_digest(file),
                uploaded_by=now.user,
                uploaded_at=now.at,
            )
            keep(row, file, kind.extension)
            rows.append(row)
    now.files += rows
    if rows:
        now.after["files"] = [{"name": row.name, "sha256": row.digest} for row in rows]


def discard(rows: Sequence[Attachment]) -> None:
    for row in rows:
        row.file.delete(save=False)


def _digest(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
