"""Icons written into the page: public pages load neither the icon font (130 kB) nor its style sheet (85 kB)."""

import re
from functools import cache
from pathlib import Path

import js_lib_bootstrap_icons

FOLDER = Path(js_lib_bootstrap_icons.__file__).parent / "static" / "bootstrap-icons"
BODY = re.compile("<svg[^>]*>(.*)</svg>", re.DOTALL)


@cache
def drawing(name: str) -> str:
    """The shapes of a Bootstrap icon on a ground of 16 × 16. ``name`` is ours, never a visitor's."""
    found = BODY.search((FOLDER / f"{name}.svg").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{name} is no icon")
    return " ".join(found.group(1).split())
