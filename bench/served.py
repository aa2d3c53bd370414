"""What the web server of the benchmark has beside the product's pages: the same bytes from a bare view, behind the same
middleware, and a switch for the page cache."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


@login_not_required
def same(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(_bytes(name))


@cache
def _bytes(name: str) -> bytes:
    """Of the page as it was put down before the first turn."""
    return (settings.VAR_DIR / name).read_bytes()


@login_not_required
def keep(request: HttpRequest, pages: int) -> HttpResponse:
    settings.KEEP_PAGES = bool(pages)
    return HttpResponse()


urlpatterns = [
    path("bench/same/<str:name>/", same, name="same"),
    path("bench/keep/<int:pages>/", keep, name="keep"),
    path("", include("liaison.urls")),
]
