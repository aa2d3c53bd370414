"""What this room shows on 我的待办, a page of a room below (liaison/lib/panels.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liaison.lib.panels import Panel
from supervision import round_waiting

if TYPE_CHECKING:
    from accounts.models import User
    from suggestions.faces import Faces


def for_user(user: User, faces: Faces) -> list[Panel]:
    return round_waiting.for_user(user, faces)
