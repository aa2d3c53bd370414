"""Which station somebody means: typed as people write places, not as the list of stations has them."""

from __future__ import annotations

import re

from liaison.lib.pinyin import initials
from stations.models import County, Kind, Station, StationQuerySet

ENDINGS = re.compile(r"(人大)?(代表)?(中心)?(联络站|联络点|工作室|中心站)$")


def townships(county: County) -> list[Station]:
    return list(_active(county).filter(kind=Kind.TOWNSHIP))


def below(station: Station) -> list[Station]:
    """The villages' points of a township."""
    return list(station.children.filter(is_active=True, kind=Kind.POINT).order_by("path"))


def chosen(county: County, ids: list[int]) -> list[Station]:
    """The stations that were offered, in the order they were shown; a closed one leaves a gap that is not offered."""
    found = {station.pk: station for station in _active(county).filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def find(county: County, words: str) -> list[Station]:
    """The stations that ``words`` may mean: a part of the name, its initials, or a longer text that names it
    (许良镇南道村). Of a township and its village only the village."""
    words = re.sub(r"[\s，,。.、]", "", words)
    if not words:
        return []
    stations = list(_active(county))
    found = [station for station in stations if _means(words, station, county)]
    parents = {station.parent_id for station in found if _in(words, place_name(station, county))}
    return [station for station in found if station.pk not in parents]


def place_name(station: Station, county: County) -> str:
    """许良镇人大代表联络站 → 许良镇."""
    bare = ENDINGS.sub("", station.name)
    return bare.removeprefix(county.name) or bare or station.name


def _means(words: str, station: Station, county: County) -> bool:
    name = place_name(station, county)
    if words.isascii():
        return len(words) > 1 and words.isalpha() and initials(name).startswith(words.lower())
    return words in station.name or _in(words, name)


def _in(words: str, name: str) -> bool:
    return len(name) > 1 and name in words


def _active(county: County) -> StationQuerySet:
    return Station.objects.filter(county=county, is_active=True).select_related("parent", "county").order_by("path")
