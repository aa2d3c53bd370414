"""Addresses of a case's pages, for lists of many cases: ``reverse`` for each row would cost more than its query."""

from functools import cache

from django.urls import reverse


def case_url(pk: int, step: str = "case") -> str:
    """Of the page of case ``pk``, or of one of its steps."""
    before, after = _around(step)
    return f"{before}{pk}{after}"


@cache
def _around(step: str) -> tuple[str, str]:
    before, _, after = reverse(f"suggestions:{step}", args=[0]).rpartition("0")
    return before, after
