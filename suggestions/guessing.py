"""The field that a text is probably about; nothing where nobody has taught the house to tell."""

from __future__ import annotations

import importlib


def guess_field(title: str, content: str) -> str:
    """A value of ``choices.Field``, or "" """
    try:
        suggest = importlib.import_module("suggestions.triage").suggest_field
    except (ImportError, AttributeError):
        return ""
    return str(suggest(title, content) or "")
