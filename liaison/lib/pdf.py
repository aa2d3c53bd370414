"""A print page as PDF, where the machine can make one: WeasyPrint (requirements-pdf.txt) and the system's pango.

The fonts are the system's and are embedded. A page is given whole: nothing is fetched, from the network least of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any


@cache
def renderer() -> Any:
    """The module that renders, or None where it, or pango below it, is not there."""
    try:
        import weasyprint
    except (ImportError, OSError):
        return None
    return weasyprint


def can_render() -> bool:
    return renderer() is not None


def render(html: str, *, css: Sequence[Path] = ()) -> bytes:
    """``html`` with the style sheets of ``css`` and no others."""
    tool = renderer()
    if tool is None:
        raise RuntimeError("WeasyPrint or pango is not installed")
    nothing = tool.urls.URLFetcher(allowed_protocols=())
    sheets = [tool.CSS(string=path.read_text(encoding="utf-8"), url_fetcher=nothing) for path in css]
    return bytes(tool.HTML(string=html, url_fetcher=nothing).write_pdf(stylesheets=sheets))
