"""Which station a deputy belongs to, by level and trade (seed: 按照县级、乡镇、村、工作室 4 个层级), with the reason.

The hub links the provincial and city deputies, township stations the county deputies of their constituencies; of the
township deputies, village cadres belong to the point of their village and deputies of a trade to its studio.
"""

from __future__ import annotations

from dataclasses import dataclass

from deputies.models import Deputy, Level, Trade
from stations.models import Kind, Station

STUDIO_TRADES = (Trade.EDUCATION, Trade.HEALTH, Trade.ENTERPRISE, Trade.AGRICULTURE)
POINT_WORDS = ("人大代表联络点", "代表联络点", "人大联络点", "联络点")


@dataclass(frozen=True)
class Proposal:
    station: Station | None
    reason: str  # shown beside the proposal


def propose(deputy: Deputy, stations: list[Station]) -> Proposal:
    """``stations``: the active stations of the deputy's county."""
    if deputy.level in (Level.PROVINCE, Level.CITY):
        hub = next((one for one in stations if one.kind == Kind.HUB), None)
        return Proposal(hub, "省、市代表编入县级中心站")
    place = deputy.constituency.station if deputy.constituency else None
    township = next((one for one in stations if place and one.kind == Kind.TOWNSHIP and one.covers(place)), None)
    if deputy.trade == Trade.CADRE and (point := _point(deputy, stations, township)):
        return Proposal(point, "村（社区）干部代表编入本村联络点")
    if (
        deputy.trade in STUDIO_TRADES
        and deputy.level == Level.TOWNSHIP
        and (studio := _studio(deputy, stations, township))
    ):
        return Proposal(studio, f"{deputy.get_trade_display()}行业代表编入代表工作室")
    if township is not None:
        return Proposal(township, "按选区编入乡镇（街道）联络站")
    return Proposal(None, "选区没有对应站点，请选定站点" if deputy.constituency else "没有填选区，请选定站点")


def suggest_home(deputy: Deputy, stations: list[Station] | None = None) -> Station | None:
    """The station that fits ``deputy``; None where nothing tells.

    ``stations``: the active stations of the county, when many deputies are asked about at once.
    """
    if stations is None:
        stations = list(Station.objects.filter(county=deputy.county_id, is_active=True))
    return propose(deputy, stations).station


def _point(deputy: Deputy, stations: list[Station], township: Station | None) -> Station | None:
    """The point of the village that constituency or post name; None where two fit."""
    area = deputy.constituency
    if area and area.station and area.station.kind == Kind.POINT:
        return next((one for one in stations if one.pk == area.station_id), None)
    points = [one for one in stations if one.kind == Kind.POINT and (township is None or township.covers(one))]
    village = area.name.removesuffix("选区") if area else ""
    named = [one for one in points if village and one.name.startswith(village)]
    named = named or [one for one in points if _village(one) in deputy.post]
    return named[0] if len(named) == 1 else None


def _village(point: Station) -> str:
    """``南道村人大代表联络点`` → ``南道村``."""
    for word in POINT_WORDS:
        if point.name.endswith(word) and point.name != word:
            return point.name.removesuffix(word)
    return point.name


def _studio(deputy: Deputy, stations: list[Station], township: Station | None) -> Station | None:
    """The studio of the trade in the own township, else the county's."""
    label = deputy.get_trade_display()
    studios = [
        one for one in stations if one.kind == Kind.STUDIO and one.trade and (one.trade in label or label in one.trade)
    ]
    near = [one for one in studios if township is not None and township.covers(one)]
    return next(iter(near or [one for one in studios if one.parent_kind == Kind.HUB]), None)
