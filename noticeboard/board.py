"""The list of notices that staff work with: what was asked for, out of what the person may see."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Q

from liaison.lib.paging import Page, capped_count, paginate
from liaison.lib.text import clean
from noticeboard.models import Notice, NoticeKind, NoticeQuerySet, NoticeState
from stations.models import Kind, Station

if TYPE_CHECKING:
    from accounts.models import User

ORDER = ("-id",)
EVERYTHING = "all"


class Board:
    """What ``user`` asks for by ``parameters``: station ("all": the whole county), state, kind and words."""

    def __init__(self, user: User, parameters: Mapping[str, str]) -> None:
        self.user = user
        self.staff = user.seats.is_station_staff
        self.q = clean(parameters.get("q", ""))[:40]
        self.state = parameters.get("state", "") if parameters.get("state") in NoticeState.values else ""
        self.kind = parameters.get("kind", "") if parameters.get("kind") in NoticeKind.values else ""
        self.station = parameters.get("station", "")
        self.after, self.before = parameters.get("after", ""), parameters.get("before", "")

    @cached_property
    def stations(self) -> list[Station]:
        kinds = (Kind.HUB, Kind.TOWNSHIP, Kind.STUDIO)
        seen = Station.objects.visible_to(self.user).filter(is_active=True)
        own = [station.pk for station in self.user.seats.stations]
        return list(seen.filter(Q(kind__in=kinds) | Q(pk__in=own)).order_by("path"))

    def notices(self) -> NoticeQuerySet:
        rows: NoticeQuerySet = Notice.objects.all()
        own = self.staff and not self.station
        rows = rows.within_reach(self.user) if own else rows.visible_to(self.user)
        if self.station.isascii() and self.station.isdigit() and len(self.station) < 10:
            rows = rows.filter(station_id=int(self.station))
        # Old versions are asked for by name; else they would stand beside what replaced them.
        rows = rows.filter(state=self.state) if self.state else rows.exclude(state=NoticeState.REPLACED)
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.q:
            rows = rows.filter(Q(title__icontains=self.q) | Q(body__icontains=self.q))
        return rows

    def page(self) -> Page:
        rows = self.notices().select_related("station", "written_by", "released_by")
        return paginate(rows, order=ORDER, after=self.after, before=self.before)

    def count(self) -> str:
        return capped_count(self.notices())

    def waiting(self) -> int:
        """How many in reach wait for somebody to look at them."""
        return Notice.objects.within_reach(self.user).filter(state=NoticeState.CHECKING).count() if self.staff else 0

    @property
    def filtered(self) -> bool:
        return bool(self.q or self.state or self.kind or self.station)
