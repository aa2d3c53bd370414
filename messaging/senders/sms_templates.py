"""Which template of the gateway stands for a template name of ours: the setting ``SMS_TEMPLATES``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings

ENTRY = re.compile(r"\s*(\w+)\s*=\s*([\w.-]+)\s*(?::\s*([\w\s,]*))?")


@dataclass(frozen=True)
class Template:
    """``code`` as the gateway calls it, and the names of its variables in the order of our texts."""

    code: str
    variables: tuple[str, ...]


def templates() -> dict[str, Template]:
    """``reception=SMS_123456:county,date;moved=SMS_123457:county,date`` as name → template; ValueError if it is not."""
    found = {}
    for entry in filter(str.strip, settings.SMS_TEMPLATES.split(";")):
        match = ENTRY.fullmatch(entry)
        if match is None:
            raise ValueError(entry)
        names = (match[3] or "").split(",")
        found[match[1]] = Template(match[2], tuple(name.strip() for name in names if name.strip()))
    return found
