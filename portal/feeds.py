"""The noticeboard as a feed (RSS 2.0), of a station and of a county: what its page shows, and nothing more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import linebreaks

from noticeboard.models import Notice, NoticeQuerySet
from stations.models import County, Station

MOST = 30


def address(name: str, *arguments: object) -> str:
    """Never by the host that the request names: a kept feed is everybody's."""
    return urljoin(f"{settings.SITE_URL}/", reverse(name, args=arguments))


class BoardFeed(Feed):
    language = "zh-CN"

    def title(self, item: Station | County) -> str:
        return f"{item.name}公示栏"

    def description(self, item: Station | County) -> str:
        return f"{item.name}：接待安排、工作计划、办理结果、整改情况和通知公告。"

    def rows(self, item: Any) -> NoticeQuerySet:
        raise NotImplementedError

    def items(self, item: Station | County) -> Iterable[Notice]:
        rows = self.rows(item).select_related("station").prefetch_related("deputies")
        return rows.order_by("-released_at", "-pk")[:MOST]

    def item_title(self, item: Any) -> str:
        return str(item.title)

    def item_description(self, item: Notice) -> str:
        """The text, and the deputies by name as under the notice itself."""
        names = "、".join(deputy.name for deputy in item.deputies.all())
        return linebreaks(item.body + (f"\n\n涉及代表：{names}" if names else ""), autoescape=True)

    def item_link(self, item: Notice) -> str:
        return address("portal:notice", item.pk)

    def item_author_name(self, item: Notice) -> str:
        return item.station.name

    def item_categories(self, item: Notice) -> list[str]:
        return [item.get_kind_display()]

    def item_pubdate(self, item: Notice) -> dt.datetime | None:
        return item.released_at

    def item_updateddate(self, item: Notice) -> dt.datetime:
        return item.updated_at


class StationFeed(BoardFeed):
    def get_object(self, request: HttpRequest, pk: int) -> Station:
        return get_object_or_404(Station, pk=pk, is_active=True)

    def link(self, item: Station) -> str:
        return address("portal:station_notices", item.pk)

    def feed_url(self, item: Station) -> str:
        return address("portal:station_feed", item.pk)

    def rows(self, item: Station) -> NoticeQuerySet:
        return Notice.objects.public().filter(station=item)


class CountyFeed(BoardFeed):
    def get_object(self, request: HttpRequest, code: str) -> County:
        return get_object_or_404(County, code=code)

    def link(self, item: County) -> str:
        return address("portal:county_notices", item.code)

    def feed_url(self, item: County) -> str:
        return address("portal:county_feed", item.code)

    def rows(self, item: County) -> NoticeQuerySet:
        return Notice.objects.public().filter(county=item)

    def item_title(self, item: Notice) -> str:
        return f"{item.station.name}：{item.title}"
