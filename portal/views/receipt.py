"""The receipt: number and query code, what happens next, and how to come back to it."""

from __future__ import annotations

from urllib.parse import urljoin

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from liaison.lib.querycodes import grouped
from suggestions.models import Suggestion

SESSION_KEY = "followed_case"
SALT = "portal.receipt"
OPENS_FOR = 30 * 24 * 3600  # seconds


def remember(request: HttpRequest, case: Suggestion) -> None:
    request.session[SESSION_KEY] = case.pk


def case_in_session(request: HttpRequest) -> Suggestion | None:
    """The case whose code this browser has shown; never from the address of a page."""
    pk = request.session.get(SESSION_KEY)
    return Suggestion.objects.for_page().select_related("merged_into").filter(pk=pk).first() if pk else None


@login_not_required
@never_cache
def receipt(request: HttpRequest) -> HttpResponse:
    """Of the case that this browser follows, as long as the session lasts."""
    case = case_in_session(request)
    return _show(request, case) if case else redirect("portal:query")


@login_not_required
@never_cache
def kept_receipt(request: HttpRequest, signed: str) -> HttpResponse:
    """By the link that stands on the receipt, for a month: whoever has it has the receipt. It opens nothing else."""
    try:
        pk = signing.loads(signed, salt=SALT, max_age=OPENS_FOR)
    except signing.SignatureExpired:
        return redirect("portal:query")
    except signing.BadSignature as error:
        raise Http404("没有这张回执。") from error
    case = Suggestion.objects.for_page().filter(pk=pk).first()
    if case is None:
        raise Http404("没有这张回执。")
    return _show(request, case, kept=True)


def _show(request: HttpRequest, case: Suggestion, *, kept: bool = False) -> HttpResponse:
    query = f"{reverse('portal:query')}?number={case.number}"
    context = {
        "case": case,
        "code": grouped(case.query_code),
        "kept": kept,
        "query": query,
        "query_page": urljoin(settings.SITE_URL, reverse("portal:query")),
        "picture": segno.make(urljoin(settings.SITE_URL, query)).svg_data_uri(scale=4, border=2),
        "link": reverse("portal:kept_receipt", args=[signing.dumps(case.pk, salt=SALT)]),
        "accept_days": case.county.rules.accept_days,
        "photos": case.attachments.filter(step="submit").count(),
        "today": timezone.localdate(),
    }
    return render(request, "portal/receipt.html", context)
