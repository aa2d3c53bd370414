"""Files that are put into storage while something is done. Where that fails the database forgets the rows, and nobody
but we the files."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.base import File

Keep = Callable[..., None]


@contextmanager
def storing() -> Iterator[Keep]:
    """``keep(row, content, ".jpg", prefix="")`` stores ``content`` as the file of ``row`` under a name that nobody
    guesses, and saves the row. What was stored goes again if the block fails."""
    kept: list[Any] = []

    def keep(row: Any, content: File[bytes], extension: str, prefix: str = "") -> None:
        row.file.save(f"{prefix}{uuid.uuid4().hex}{extension}", content, save=False)
        kept.append(row.file)
        row.save()

    try:
        yield keep
    except BaseException:
        for file in kept:
            file.delete(save=False)
        raise
