"""A print page as PDF, where the machine can make one: WeasyPrint (requirements-pdf.txt) and the system's pango.

The fonts are the system's and are embedded. A page is given whole: nothing is fetched, from the network least of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

HERE = "https://page.invalid"  # what stands before an address of ours; nothing is ever fetched from there


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


def render(html: str, *, css: Sequence[Path] = (), pictures: Mapping[str, bytes] | None = None) -> bytes:
    """``html`` with the style sheets of ``css`` and no others; ``pictures`` by the address that the page knows them by."""
    tool = renderer()
    if tool is None:
        raise RuntimeError("WeasyPrint or pango is not installed")
    nothing = _given(tool, pictures or {})
    sheets = [tool.CSS(string=path.read_text(encoding="utf-8"), url_fetcher=nothing) for path in css]
    return bytes(tool.HTML(string=html, url_fetcher=nothing, base_url=HERE).write_pdf(stylesheets=sheets))


def _given(tool: Any, pictures: Mapping[str, bytes]) -> Any:
    class Given(tool.urls.URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            if (body := pictures.get(url.removeprefix(HERE))) is not None:
                return tool.urls.URLFetcherResponse(url, body)
            raise ValueError(f"{url} is not given")

    return Given(allowed_protocols=())
