"""How the public pages look for one visitor, and what they tell search engines."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from portal import large_type

ROBOTS_CACHING = "public, max-age=86400"


# Without a token: it would cost every page a cookie, and all that somebody else could bring about is larger type.
@login_not_required
@csrf_exempt
@require_POST
def set_type(request: HttpRequest) -> HttpResponse:
    """Large type on or off, and back to the page."""
    to = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        to = "/"
    response = redirect(to)
    large_type.remember(response, large=request.POST.get("large") == "1", secure=settings.HTTPS)
    return response


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    response = render(request, "portal/robots.txt", content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = ROBOTS_CACHING
    return response
