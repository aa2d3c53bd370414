"""What all actions share: their keyword arguments, and words that must not be missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from django.core.files.uploadedfile import UploadedFile

from suggestions.errors import WorkflowError
from suggestions.transitions import Voice

if TYPE_CHECKING:
    from accounts.models import User


class Act(TypedDict, total=False):
    """What every action takes besides its own matter."""

    by: User | Voice
    at: dt.datetime | None
    version: int | None


Files = Sequence[UploadedFile]


def need(text: str, message: str) -> str:
    """``text`` without blanks around it; WorkflowError with ``message`` where nothing is left."""
    if not text.strip():
        raise WorkflowError(message)
    return text.strip()
