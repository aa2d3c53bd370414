"""The ledger, page by page; the whole of it as .xlsx is given by ``reports``, with ``suggestions/export.py``."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from suggestions.ledger import Ledger

FIRST = ("state", "phase", "field")
MORE = ("channel", "kind", "level", "result", "rating")  # behind "more", beside those that are not drop-downs
ALWAYS_SEEN = {"q", *FIRST, "waiting"}


@require_safe
def ledger(request: SignedInRequest) -> HttpResponse:
    """The whole page, or for htmx only what the filters change."""
    asked = Ledger(request.user, request.GET)
    page = asked.page()
    part = bool(request.htmx) and not request.htmx.history_restore_request
    context = {
        "ledger": asked,
        "page": page,
        "count": asked.count(page),
        "chips": asked.chips(page.rows),
        "parameters": asked.parameters(),
    }
    if not part:
        context |= {
            "selects": asked.selects(*FIRST),
            "more": asked.selects(*MORE),
            "more_open": bool(asked.asked.keys() - ALWAYS_SEEN),
        }
    response = render(request, "suggestions/ledger_part.html" if part else "suggestions/ledger.html", context)
    patch_vary_headers(response, ["HX-Request"])
    if part:
        response["HX-Push-Url"] = reverse("suggestions:ledger") + asked.parameters()
    return response
