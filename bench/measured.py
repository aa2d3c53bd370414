"""What one side tells the other; knows no Django, because the side that prints has none."""

from dataclasses import dataclass

AT_ONCE = 4  # visitors of the public pages, and threads of the one worker that answers them (``make run`` has as many)


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
    """Of one public page: requests a second of a bare view with the same bytes, from the cache, and rendered; and what
    part of the bare view's the other two are, each compared in its own round."""

    name: str
    size: int
    queries: int  # cold
    bare: float
    kept: float
    rendered: float
    kept_share: float
    rendered_share: float


@dataclass(frozen=True)
class Export:
    """Of one workbook: seconds on the clock and of this process, megabytes when idle and above that at the peak."""

    rows: int
    size: int
    seconds: float
    cpu: float
    idle: float
    peak: float


@dataclass(frozen=True)
class Imported:
    """Seconds of one table taken in both ways; ``again`` is a second upload of it, ``undo`` the way back."""

    rows: int
    megabytes: float
    bare_read: float
    bare_insert: float
    upload: float
    confirm: float
    again: float
    undo: float

    @property
    def bare(self) -> float:
        return self.bare_read + self.bare_insert

    @property
    def whole(self) -> float:
        return self.upload + self.confirm


@dataclass(frozen=True)
class Shown:
    """Of one statistics page: milliseconds on the server."""

    name: str
    size: int
    queries: int
    p50: float
    p95: float
