"""For which office an import is made, and what that office may touch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from imports.columns import Bad, Suggester, folded
from liaison.lib.placenames import place, usual
from stations.models import County, Station

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class Scope:
    """``office``: the hub or township station that imports; its subtree is what it may touch."""

    office: Station
    actor: User

    @property
    def county(self) -> County:
        return self.office.county

    @property
    def is_hub(self) -> bool:
        return self.office.is_hub

    def covers(self, station: Station) -> bool:
        return self.office.covers(station)

    @cached_property
    def places(self) -> Places:
        return Places(self)


class Places:
    """The stations of the county by the names people write: whole, short (许良镇), or 许良镇/许良村."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.stations = list(Station.objects.filter(county=scope.county).select_related("parent").order_by("path"))
        self.by_pk = {station.pk: station for station in self.stations}
        for station in self.stations:
            station.county = scope.county
            if station.parent_id:
                station.parent = self.by_pk[station.parent_id]
        self.whole: dict[str, list[Station]] = defaultdict(list)
        self.short: dict[str, list[Station]] = defaultdict(list)
        for station in self.stations:
            self.add(station)
        self.elsewhere: dict[str, str] = {}
        self.suggest = Suggester([station.name for station in self.stations if station.is_active])

    def add(self, station: Station) -> None:
        self.whole[folded(station.name)].append(station)
        self.short[folded(usual(place(station.name)))].append(station)

    def learn(self, words: Iterable[str]) -> None:
        """Find out in one go which of ``words`` are stations of other counties, to be able to say so."""
        unknown = sorted({word for word in words if not self._named(word)})
        for start in range(0, min(len(unknown), 3000), 500):
            found = Station.objects.filter(name__in=unknown[start : start + 500]).exclude(county=self.scope.county)
            self.elsewhere |= dict(found.values_list("name", "county__name"))

    def _named(self, words: str) -> list[Station]:
        return self.whole.get(folded(words)) or self.short.get(folded(usual(place(words)))) or []

    def matches(self, words: str) -> list[Station]:
        """The stations that ``words`` can mean; an upper one may stand before a slash."""
        *above, last = [part.strip() for part in words.replace("／", "/").replace(">", "/").split("/") if part.strip()]
        found = self._named(last)
        for name in above:
            tops = self._named(name)
            found = [station for station in found if any(top.covers(station) for top in tops)]
        return found

    def find(self, words: str, *, closed: bool = False) -> Station:
        """The one open station (with ``closed``, also one that is not) within the office's reach; Bad with what is wrong
        otherwise."""
        found = self.matches(words)
        if not found and words in self.elsewhere:
            raise Bad(f"这是{self.elsewhere[words]}的站点，不是{self.scope.county.name}的")
        if not found:
            raise Bad(f"{self.scope.county.name}没有这个站点", self.suggest.closest(words))
        within = [station for station in found if self.scope.covers(station)]
        if not within:
            raise Bad(f"这个站点不归{self.scope.office.name}管理")
        is_open = [station for station in within if station.is_active or closed]
        if not is_open:
            raise Bad("这个站点已停用")
        if len(is_open) > 1:
            raise Bad(f"有 {len(is_open)} 个站点都叫这个名字，请在前面写上级站", written(is_open[0]))
        return is_open[0]


def written(station: Station) -> str:
    """许良镇人大代表联络站/许良村人大代表联络点: what tells a station from its namesakes."""
    return f"{station.parent.name}/{station.name}" if station.parent else station.name
