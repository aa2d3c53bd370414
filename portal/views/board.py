"""The noticeboard as the public sees it: a notice, the lists with their archive, the feeds, and the files and photos in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from deputies import portraits
from deputies.models import Deputy, Status
from liaison.lib.paging import paginate
from noticeboard.models import Notice, NoticeFile, NoticeQuerySet
from noticeboard.views.reading import paper, served
from portal.feeds import CountyFeed, StationFeed
from portal.keeping import public_page
from stations.models import County, Station

ORDER = ("-released_at", "-id")
PAGE = 20
# A notice that is withdrawn takes its files along; copies in between forget them soon.
FILE_CACHING = "public, max-age=600"
PHOTO_CACHING = "public, max-age=86400"  # the address changes with the photo


@public_page()
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Notice.objects.public().select_related("station", "county"), pk=pk)
    return render(request, "portal/notice.html", {"notice": one, "public": True} | paper(one))


@public_page(stale=60)
def station_notices(request: HttpRequest, pk: int) -> HttpResponse:
    station = get_object_or_404(Station.objects.select_related("county"), pk=pk, is_active=True)
    rows = Notice.objects.public().filter(station=station)
    return _list(request, rows, {"station": station, "county": station.county})


@public_page(stale=60)
def county_notices(request: HttpRequest, code: str) -> HttpResponse:
    county = get_object_or_404(County, code=code)
    rows = Notice.objects.public().filter(county=county).select_related("station")
    return _list(request, rows, {"county": county, "county_wide": True})


@public_page(stale=60, by_cookie=False)
def station_feed(request: HttpRequest, pk: int) -> HttpResponse:
    return StationFeed()(request, pk=pk)


@public_page(stale=60, by_cookie=False)
def county_feed(request: HttpRequest, code: str) -> HttpResponse:
    return CountyFeed()(request, code=code)


def _list(request: HttpRequest, rows: NoticeQuerySet, context: dict[str, object]) -> HttpResponse:
    years = [moment.year for moment in rows.datetimes("released_at", "year", order="DESC")]
    asked = request.GET.get("year", "")
    year = next((number for number in years if str(number) == asked), None)
    if year is not None:
        here = timezone.get_current_timezone()
        first, last = (dt.datetime(number, 1, 1, tzinfo=here) for number in (year, year + 1))
        rows = rows.filter(released_at__gte=first, released_at__lt=last)
    page = paginate(
        rows, order=ORDER, after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=PAGE
    )
    return render(request, "portal/notices.html", {**context, "page": page, "years": years, "year": year})


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
