"""What one side tells the other; knows no Django, because the side that prints has none."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """Of one run of the reminder task."""

    days: int
    rows: int
    seconds: float
    queries: int
    chunks: int
    second_run: int  # rows that a second run wrote
    bare_seconds: float
