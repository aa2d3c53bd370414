"""Pictures and documents of a notice: pictures are made small and lose their metadata, documents stay as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from liaison.lib.pictures import small_jpeg
from liaison.lib.storing import storing
from liaison.lib.uploads import check_upload
from noticeboard.models import Notice, NoticeFile

MOST_FILES = 12  # of one notice
MOST_SIDE = 1600  # pixels: full width of a screen, some 300 kB
DOCUMENTS = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".txt")


@contextmanager
def stored(notice: Notice, files: Sequence[UploadedFile]) -> Iterator[list[NoticeFile]]:
    """Store ``files`` with the notice. What was stored goes again if the block, or the storing, fails."""
    if files and notice.files.count() + len(files) > MOST_FILES:
        raise ValidationError(f"一条公示最多 {MOST_FILES} 个附件。")
    rows: list[NoticeFile] = []
    with storing() as keep:
        for file in files:
            name, extension, media_type, content = _checked(file)
            row = NoticeFile(notice=notice, name=name, media_type=media_type, size=content.size or 0)
            keep(row, content, extension)
            rows.append(row)
        yield rows


def _checked(file: UploadedFile) -> tuple[str, str, str, File[bytes]]:
    kind = check_upload(file)
    if kind.media_type.startswith("image/"):
        stem = kind.name.rpartition(".")[0] or "图片"
        return f"{stem}.jpg", ".jpg", "image/jpeg", ContentFile(small_jpeg(file, most_side=MOST_SIDE))
    if kind.extension not in DOCUMENTS:
        raise ValidationError(f"“{kind.name}”不能放在公示里。可以放图片、PDF、Word、Excel 和纯文本。")
    return kind.name, kind.extension, kind.media_type, file


def remove(rows: Sequence[NoticeFile]) -> None:
    """Take files off a notice; what is stored goes at the commit, unless another version of the notice shows it."""
    names = [row.file.name or "" for row in rows]
    NoticeFile.objects.filter(pk__in=[row.pk for row in rows]).delete()
    gone = set(names) - set(NoticeFile.objects.filter(file__in=names).values_list("file", flat=True))

    def discard() -> None:
        for name in sorted(gone):
            default_storage.delete(name)

    transaction.on_commit(discard, robust=True)


def copy(source: Notice, target: Notice) -> None:
    """The same files for a new version: rows of its own, the stored files shared."""
    for row in source.files.all():
        row.pk, row.notice = None, target
        row._state.adding = True
        row.save(force_insert=True)


def swap(one: Notice, other: Notice) -> None:
    first, second = (list(notice.files.values_list("pk", flat=True)) for notice in (one, other))
    NoticeFile.objects.filter(pk__in=first).update(notice=other)
    NoticeFile.objects.filter(pk__in=second).update(notice=one)
