"""大字版: large type and few choices on the public pages, remembered by a cookie that says nothing about anybody."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

COOKIE = "large_type"
COOKIE_AGE = 365 * 24 * 3600  # seconds


class LargeTypeMiddleware:
    """``request.large_type``; whoever keeps copies of pages keeps one of each size."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.large_type = request.COOKIES.get(COOKIE) == "1"  # type: ignore[attr-defined]
        response = self.get_response(request)
        match = request.resolver_match
        if (
            match is not None
            and match.app_name == "portal"
            and response.get("Content-Type", "").startswith("text/html")
        ):
            patch_vary_headers(response, ["Cookie"])
        return response


def remember(response: HttpResponse, *, large: bool, secure: bool) -> None:
    if large:
        response.set_cookie(COOKIE, "1", max_age=COOKIE_AGE, secure=secure, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
