"""The two ways in which sending goes wrong."""

from datetime import timedelta


class NotSent(Exception):
    """``reason`` is Chinese, shown to the office and logged: no telephone number, address or key is ever in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TryLater(NotSent):
    """It may work another time. ``wait``: the other side said when, and it counts as no attempt."""

    def __init__(self, reason: str, wait: timedelta | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Never(NotSent):
    """It cannot work before somebody changes something: the row is failed and shown to the office."""
