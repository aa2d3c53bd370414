"""The year that a list is asked for."""

from __future__ import annotations

FIRST, LAST = 1990, 2100


def read_year(text: str) -> int | None:
    """``?year=2026``; None for what is no year that anything here could be of."""
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    return year if FIRST <= year <= LAST else None
