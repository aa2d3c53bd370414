"""What a room has to show on a page of a room below it, which does not know of it.

The config of the app names a function for each such page; the page asks all of them. None is imported before::

    class ConsultationsConfig(AppConfig):
        panels = {
            "my_work": "consultations.waiting.for_user",  # (user, faces) → what waits for that person today
            # (user, case) → what hangs on a case, and what one may begin; several functions make a tuple
            "case": ("consultations.waiting.of_case", "consultations.whistle_waiting.of_case"),
            # (county, what changed: field → (before, after)) → sentences, no panels
            "rules_changed": "deputies.quotas.after_change",
        }
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Line:
    """``due`` is the limit as a chip (``suggestions.faces.Faces.chip``), ``tone`` the colour of ``state`` (wait, run,
    done, bad, end), ``step`` what a button says that leads to ``step_url``."""

    title: str
    url: str
    notes: Sequence[str] = ()
    due: SafeString | str = ""
    state: str = ""
    tone: str = "run"
    step: str = ""
    step_url: str = ""


@dataclass(frozen=True)
class Panel:
    """``total`` of which ``lines`` are the first, all at ``url``. ``colour`` is that of the reddest limit (red, yellow,
    green). ``actions`` are (label, address) of what may be begun from here; a panel may have nothing else."""

    key: str
    title: str
    lines: Sequence[Line] = ()
    total: int = 0
    url: str = ""
    colour: str = "green"
    actions: Sequence[tuple[str, str]] = field(default=())


def panels(page: str, *about: Any) -> list[Panel]:
    """Of all rooms, in the order of ``INSTALLED_APPS``."""
    found: list[Panel] = []
    for path in functions(page):
        found += import_string(path)(*about)
    return found


def functions(page: str, of: str = "panels") -> list[str]:
    """The dotted paths that the app configs name for ``page`` in their attribute ``of``."""
    named = [getattr(config, of, {}).get(page, ()) for config in apps.get_app_configs()]
    return [path for paths in named for path in ((paths,) if isinstance(paths, str) else paths)]
