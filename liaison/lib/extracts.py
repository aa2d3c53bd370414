"""What leaves the house as a ledger: one matter with its columns, its filter in words and its rows, read in portions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from liaison.lib.xlsx import Column


@dataclass
class Extract:
    """``source`` is counted (one row each), ``read`` gives the rows and notes down in ``in_full`` how many of them
    carry personal data unmasked. ``words`` says the filter; ``name`` is how the matter is called in the history."""

    name: str
    title: str
    words: str
    columns: Sequence[Column]
    source: QuerySet[Any, Any]
    read: Callable[[Extract], Iterable[Sequence[Any]]]
    in_full: int = 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        self.in_full = 0
        return iter(self.read(self))

    def count(self, most: int | None = None) -> int:
        """How many rows; with ``most`` no further than that is counted."""
        rows = self.source.order_by()
        return (rows if most is None else rows[:most]).count()
