"""Calendar feeds: read by calendar programs, which have no log-in; the address itself is the secret."""

from __future__ import annotations

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from receptions import feeds


@login_not_required
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    feed = feeds.find(token)
    if feed is None:
        raise Http404
    content = feeds.ics(feed)
    feeds.note_reading(feed)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="reception-days.ics"'
    response["Cache-Control"] = "private, max-age=900"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    response["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(answer, HttpResponse)
    return answer
