"""A deputy leaves (``liaison.lib.handovers``): the open cases received by the deputy go over to one of the same station."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liaison.lib.handovers import Matter
from suggestions import workflow
from suggestions.models import SuggestionQuerySet

if TYPE_CHECKING:
    from accounts.models import User
    from deputies.models import Deputy


def received(deputy: Deputy) -> SuggestionQuerySet:
    """Not what the deputy put before the congress: its answer belongs to those who signed it (``formal.change_lead``)."""
    return deputy.suggestions.open().filter(formal__isnull=True)


def open_with(old: Deputy) -> list[Matter]:
    return [Matter("没有办结的意见", received(old).count(), "件")]


def take_over(old: Deputy, new: Deputy, *, by: User) -> None:
    for pk in list(received(old).order_by("pk").values_list("pk", flat=True)):
        workflow.transfer_deputy(pk, to=new, by=by)
