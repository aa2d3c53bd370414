"""The noticeboard as the public sees it: a notice, the lists with their archive, the feeds, and the files and photos in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from deputies import portraits
from deputies.models import Deputy, Status
from noticeboard.models import Notice, NoticeFile
from noticeboard.views.reading import paper, served
from portal import boards
from portal.feeds import CountyFeed, StationFeed
from portal.keeping import public_page

# A notice that is withdrawn takes its files along; copies in between forget them soon.
FILE_CACHING = "public, max-age=600"
PHOTO_CACHING = "public, max-age=86400"  # the address changes with the photo


@public_page()
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Notice.objects.public().select_related("station", "county"), pk=pk)
    return render(request, "portal/notice.html", {"notice": one, "public": True} | paper(one))


@public_page(stale=60)
def station_notices(request: HttpRequest, pk: int) -> HttpResponse:
    return _board(request, boards.of_station(pk, request.GET.dict()))


@public_page(stale=60)
def county_notices(request: HttpRequest, code: str) -> HttpResponse:
    return _board(request, boards.of_county(code, request.GET.dict()))


def _board(request: HttpRequest, context: dict[str, Any] | None) -> HttpResponse:
    if context is None:
        raise Http404
    return render(request, "portal/notices.html", context)


@public_page(stale=60, by_cookie=False)
def station_feed(request: HttpRequest, pk: int) -> HttpResponse:
    return StationFeed()(request, pk=pk)


@public_page(stale=60, by_cookie=False)
def county_feed(request: HttpRequest, code: str) -> HttpResponse:
    return CountyFeed()(request, code=code)


@login_not_required
@require_safe
def notice_file(request: HttpRequest, pk: int, file_id: int) -> HttpResponseBase:
    row = get_object_or_404(NoticeFile, pk=file_id, notice__in=Notice.objects.public().filter(pk=pk))
    return _kept(request, row.file.name or "", FILE_CACHING, lambda: served(row, FILE_CACHING))


@login_not_required
@require_safe
def deputy_photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Of deputies that a public page shows: those of an open station, and those of a notice on the board."""
    at_station = Q(status=Status.SERVING, home_station__is_active=True)
    on_board = Q(pk__in=Notice.objects.public().filter(deputies=pk).values("deputies"))
    deputy = get_object_or_404(Deputy.objects.exclude(photo="").filter(at_station | on_board), pk=pk)
    return _kept(request, deputy.photo.name or "", PHOTO_CACHING, lambda: portraits.served(deputy, PHOTO_CACHING))


def _kept(request: HttpRequest, stored: str, caching: str, whole: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The file, or 304 for a browser that has it; stored names are never used twice."""
    etag = quote_etag(stored.rpartition("/")[2])
    answer: HttpResponseBase = get_conditional_response(request, etag=etag) or whole()
    answer["ETag"], answer["Cache-Control"] = etag, caching
    return answer
