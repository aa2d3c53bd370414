"""Public pages that are the same for everybody: kept in the shared cache, and told to browsers so.

A kept page knows no visitor: no user, no session, no messages, no token, no nonce. Somebody with a session (staff, or a
voter who left a message) gets a page of one's own that nobody keeps. Whether a kept page is still true is asked of the
database (portal/freshness.py), once a second in each process; where the cache does not answer, pages are rendered.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache as shared
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date, quote_etag
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from portal import freshness

log = logging.getLogger("liaison.portal")

SECONDS = 600  # in our cache, should anything change that no table tells of
FRESH = 60  # in browsers and proxies; a notice that is withdrawn is gone there within a minute
OWN = "private, no-cache"
MOST_AT_HAND = 200  # copies in a process, 20 kB each
REST = 5.0  # seconds without asking a cache that did not answer
YEAR = re.compile(r"year=(\d{4})")
YEARS = 10  # of an archive that are kept; other queries are rendered, so that nobody fills the cache with them

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Kept:
    body: bytes
    media_type: str
    etag: str
    changed: int  # when this text was first shown, in seconds since 1970
    tables: frozenset[str]
    standing: freshness.Standing

    def is_good(self, now: freshness.Standing) -> bool:
        return self.standing == freshness.of(self.tables, now)


def public_page(*, stale: int = 0, by_cookie: bool = True) -> Callable[[View], View]:
    """The view of a page that is the same for everybody who has no session.

    ``stale``: seconds more in which a browser may show its copy while it asks again. ``by_cookie``: a page in HTML, of
    which there is one in large type.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if _is_somebody(request):
                response = view(request, *args, **kwargs)
                response["Cache-Control"] = OWN
                return response
            _forget_visitor(request)
            caching = f"public, max-age={FRESH}" + (f", stale-while-revalidate={stale}" if stale else "")
            response = _page(request, lambda: view(request, *args, **kwargs), caching)
            if by_cookie:
                patch_vary_headers(response, ["Cookie"])
            return response

        return login_not_required(require_safe(shown))

    return decorate


def _is_somebody(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES


def _forget_visitor(request: HttpRequest) -> None:
    """So that no template asks the session by accident."""
    request.user = AnonymousUser()
    if hasattr(request, "_messages"):
        del request._messages


def _page(request: HttpRequest, render: Callable[[], HttpResponse], caching: str) -> HttpResponse:
    key = _key(request)
    now = freshness.lately() if key else {}
    found = _stored(key, now) if key else None
    if found is None or not found.is_good(now):
        with freshness.reading() as tables:
            response = render()
        if response.status_code != 200:
            return response
        found = _kept(response, frozenset(tables), now, found)
        if key and freshness.are_watched(tables):
            _store(key, found)
    return _answer(request, found, caching, dated=key is not None)


def _key(request: HttpRequest) -> str | None:
    """None for what is not kept. Nothing is kept inside a transaction: what it shows may never have been."""
    query = request.META.get("QUERY_STRING", "")
    if query:
        year = YEAR.fullmatch(query)
        if year is None or not -YEARS < int(year[1]) - timezone.localdate().year <= 0:
            return None
    if not settings.KEEP_PAGES or connection.in_atomic_block:
        return None
    size = "large" if getattr(request, "large_type", False) else "usual"
    return f"page:{_release(settings.SITE_URL)}:{size}:{request.path}?{query}"


@cache
def _release(site_url: str) -> str:
    """Another one with every file of code and templates that changed: an update shows at once."""
    folders = [Path(config.path) for config in apps.get_app_configs()]
    ours = [settings.BASE_DIR / "templates", *(folder for folder in folders if folder.parent == settings.BASE_DIR)]
    files = sorted(path for folder in ours for path in folder.rglob("*") if path.suffix in (".py", ".html", ".svg"))
    seen = [(path.as_posix(), path.stat().st_mtime_ns, path.stat().st_size) for path in files]
    return hashlib.sha256(repr((site_url, seen)).encode()).hexdigest()[:16]


def _kept(response: HttpResponse, tables: frozenset[str], now: freshness.Standing, before: Kept | None) -> Kept:
    etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    changed = before.changed if before is not None and before.etag == etag else int(time.time())
    return Kept(response.content, response["Content-Type"], etag, changed, tables, freshness.of(tables, now))


def _answer(request: HttpRequest, page: Kept, caching: str, *, dated: bool) -> HttpResponse:
    response = HttpResponse(page.body, content_type=page.media_type)
    response["ETag"], response["Cache-Control"] = page.etag, caching
    if dated:
        response["Last-Modified"] = http_date(page.changed)
    changed = page.changed if dated else None
    answer = get_conditional_response(request, etag=page.etag, last_modified=changed, response=response)
    assert isinstance(answer, HttpResponse)
    return answer


# --- the cache, which may be gone -------------------------------------------------------------

_resting_until = 0.0


def _stored(key: str, now: freshness.Standing) -> Kept | None:
    """What this process has at hand, where it is good; else what the others have."""
    near = at_hand.get(key)
    if near is not None and near[0] > time.monotonic() and near[1].is_good(now):
        return near[1]
    found = _asked(lambda: shared.get(key))
    if not isinstance(found, Kept):
        return None
    if found.is_good(now):
        _take(key, found)
    return found


def _store(key: str, page: Kept) -> None:
    _asked(lambda: shared.set(key, page, SECONDS))
    _take(key, page)


def _take(key: str, page: Kept) -> None:
    if len(at_hand) >= MOST_AT_HAND:
        at_hand.clear()
    at_hand[key] = time.monotonic() + SECONDS, page


at_hand: dict[str, tuple[float, Kept]] = {}  # until when


def _asked(question: Callable[[], Any]) -> Any:
    global _resting_until
    if time.monotonic() < _resting_until:
        return None
    try:
        return question()
    except (RedisError, OSError) as error:
        _resting_until = time.monotonic() + REST
        log.warning("the cache does not answer, public pages are rendered: %s", error)
        return None
