"""Which station a deputy belongs to, by level and trade (seed: 按照县级、乡镇、村、工作室 4 个层级).

The hub links the provincial and city deputies, the studio of a trade the deputies of that trade, a point the village
cadres of its village, a township station everybody else of its constituencies.
"""

from __future__ import annotations

from deputies.models import Deputy, Level, Trade
from stations.models import Kind, Station

STUDIO_TRADES = (Trade.EDUCATION, Trade.HEALTH, Trade.ENTERPRISE, Trade.AGRICULTURE)


def suggest_home(deputy: Deputy, stations: list[Station] | None = None) -> Station | None:
    """The station that fits ``deputy``; None where the constituency's township is not known.

    ``stations``: the active stations of the county, when many deputies are asked about at once.
    """
    if stations is None:
        stations = list(Station.objects.filter(county=deputy.county_id, is_active=True))
    if deputy.level in (Level.PROVINCE, Level.CITY):
        return next((station for station in stations if station.kind == Kind.HUB), None)
    if deputy.trade in STUDIO_TRADES and deputy.level == Level.TOWNSHIP:
        label = Trade(deputy.trade).label
        studio = next((one for one in stations if one.kind == Kind.STUDIO and one.trade == label), None)
        if studio is not None:
            return studio
    township = deputy.constituency.station if deputy.constituency else None
    if deputy.trade == Trade.CADRE and township is not None:
        village = deputy.constituency.name.removesuffix("选区") if deputy.constituency else ""
        points = [one for one in stations if one.kind == Kind.POINT and one.parent_id == township.pk]
        return next((one for one in points if village and one.name.startswith(village)), township)
    return township
