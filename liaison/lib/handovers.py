"""What goes over to a successor: a department that is merged into another, a deputy who leaves.

What the old one has in hand lies in rooms that the room of departments or deputies does not know. So the config of an app
names, per kind, the module that hands over what is the room's own (as ``liaison.lib.panels`` for what is shown)::

    class SupervisionConfig(AppConfig):
        handovers = {"department": "supervision.merging"}

Such a module has ``open_with(old) -> list[Matter]`` and ``take_over(old, new, *, by) -> None``. The caller has checked the
seat, locked both and runs all rooms in one transaction: what fails in one undoes all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.apps import apps

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Matter:
    """``number`` things in hand, counted in ``unit``; ``note`` says what becomes of them where it is not plain."""

    label: str
    number: int
    unit: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.label} {self.number} {self.unit}"


def open_with(kind: str, old: Any) -> list[Matter]:
    """What ``old`` has in hand, without what it has none of; in the order of ``INSTALLED_APPS``."""
    return [matter for room in _rooms(kind) for matter in room.open_with(old) if matter.number]


def take_over(kind: str, old: Any, new: Any, *, by: User) -> None:
    for room in _rooms(kind):
        room.take_over(old, new, by=by)


def _rooms(kind: str) -> Iterator[Any]:
    for config in apps.get_app_configs():
        if path := getattr(config, "handovers", {}).get(kind):
            yield import_module(path)
