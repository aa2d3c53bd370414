"""The rows of this room for tests/test_access_matrix.py."""

from types import SimpleNamespace
from typing import Any

GET: dict[str, str] = {}
READ: dict[str, str] = {}
POST: dict[str, str] = {}
STRICTER_POSTS: dict[str, str] = {}


def arguments(people: SimpleNamespace) -> dict[str, dict[str, Any]]:
    """URL name → its arguments, of things made for the scene; the things belong to 甲镇."""
    return {}
