"""The ledger: a page of it, and the whole of it as .xlsx."""

from __future__ import annotations

from axes.helpers import get_client_ip_address
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from liaison.lib.xlsx import xlsx_response
from stations.changes import record
from suggestions.export import COLUMNS, Sheet
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


@require_safe
def export(request: SignedInRequest) -> HttpResponseBase:
    """What the ledger shows (same filters, scope and order), without its pages. Nothing leaves without its event."""
    counties = request.user.seats.counties
    if not counties:
        raise PermissionDenied("您还没有岗位，没有可以导出的意见。")
    asked = Ledger(request.user, request.GET)
    sheet, words, now = Sheet(asked), asked.in_words(), timezone.localtime()
    names = "、".join(county.name for county in counties)
    response, count = xlsx_response(
        f"群众意见台账-{names}-{now:%Y-%m-%d}.xlsx",
        title=f"{names} 群众意见台账",
        subtitle=f"筛选：{words}　导出时间：{now:%Y-%m-%d %H:%M}　导出人：{request.user.name}",
        columns=COLUMNS,
        rows=sheet,
    )
    after = {"ledger": "suggestions", "rows": count, "voters_in_full": sheet.shown}
    try:
        with transaction.atomic():
            for county in counties:
                # The words may hold a name or a number that was searched for: they go where they can be erased.
                record(
                    county.pk,
                    "export",
                    actor=request.user,
                    after=after,
                    note=words,
                    address=get_client_ip_address(request),
                )
    except BaseException:
        response.close()
        raise
    return response
