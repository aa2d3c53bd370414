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


@dataclass(frozen=True)
class Public:
    """Of one public page: requests a second of a bare view with the same bytes, from the cache, and rendered."""

    name: str
    size: int
    queries: int  # cold
    bare: float
    kept: float
    rendered: float


@dataclass(frozen=True)
class Export:
    """Of one workbook: seconds on the clock and of this process, megabytes when idle and above that at the peak."""

    rows: int
    size: int
    seconds: float
    cpu: float
    idle: float
    peak: float
