"""What search engines may read, in chunks: the first page, counties, stations, their brands and deputies, notices, results."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as contrib
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from deputies.models import Deputy
from noticeboard.models import Notice
from receptions import brands
from receptions.models import Brand
from stations.models import Kind, Station
from suggestions.models import PublicResult

COUNTY_PAGES = ("county_notices", "county_results", "county_figures", "county_drafts")
CHUNK = 5_000  # addresses a file; search engines take 50,000


class OfSite(Sitemap):
    """Addresses begin with SITE_URL, whatever host was asked."""

    limit = CHUNK

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme


class FirstPages(OfSite):
    def items(self) -> list[str]:
        return ["portal:home", "portal:find"]

    def location(self, item: str) -> str:
        return reverse(item)


class Counties(OfSite):
    """The board, the results, the figures and the draft laws of each county."""

    def items(self) -> list[tuple[str, str]]:
        codes = (
            Station.objects.filter(kind=Kind.HUB, is_active=True)
            .order_by("county")
            .values_list("county__code", flat=True)
        )
        return [(page, code) for code in codes for page in COUNTY_PAGES]

    def location(self, item: tuple[str, str]) -> str:
        return reverse(f"portal:{item[0]}", args=[item[1]])


class Stations(OfSite):
    def items(self) -> QuerySet[Station]:
        return Station.objects.filter(is_active=True).only("pk").order_by("pk")

    def location(self, item: Station) -> str:
        return reverse("portal:station", args=[item.pk])


class Brands(OfSite):
    def items(self) -> QuerySet[Brand]:
        return brands.public().only("pk").order_by("pk")

    def location(self, item: Brand) -> str:
        return reverse("portal:brand", args=[item.pk])


class Deputies(OfSite):
    def items(self) -> QuerySet[Deputy]:
        return Deputy.objects.public().only("pk").order_by("pk")

    def location(self, item: Deputy) -> str:
        return reverse("portal:deputy", args=[item.pk])


class Notices(OfSite):
    def items(self) -> QuerySet[Notice]:
        return Notice.objects.public().only("pk", "updated_at").order_by("pk")

    def location(self, item: Notice) -> str:
        return reverse("portal:notice", args=[item.pk])

    def lastmod(self, item: Notice) -> dt.datetime:
        return item.updated_at

    def get_latest_lastmod(self) -> dt.datetime | None:
        """Asked of the database: the parent class would load every notice there is."""
        return Notice.objects.public().aggregate(last=Max("updated_at"))["last"]


class Results(OfSite):
    def items(self) -> QuerySet[PublicResult]:
        return PublicResult.objects.public().only("pk", "released_at").order_by("pk")

    def location(self, item: PublicResult) -> str:
        return reverse("portal:result", args=[item.pk])

    def lastmod(self, item: PublicResult) -> dt.datetime | None:
        return item.released_at

    def get_latest_lastmod(self) -> dt.datetime | None:
        return PublicResult.objects.public().aggregate(last=Max("released_at"))["last"]


SECTIONS: dict[str, Any] = {
    "pages": FirstPages,
    "counties": Counties,
    "stations": Stations,
    "brands": Brands,
    "deputies": Deputies,
    "notices": Notices,
    "results": Results,
}


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    files = []
    for name, kind in SECTIONS.items():
        one, address = kind(), settings.SITE_URL + reverse("portal:sitemap", args=[name])
        last = one.get_latest_lastmod()
        files += [
            {"location": f"{address}?p={page}" if page > 1 else address, "last_mod": last}
            for page in one.paginator.page_range
        ]
    return render(request, "sitemap_index.xml", {"sitemaps": files}, content_type="application/xml")


@login_not_required
@require_safe
def section(request: HttpRequest, section: str) -> HttpResponse:
    return contrib.sitemap(request, sitemaps=SECTIONS, section=section)
