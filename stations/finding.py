"""Find a station by part of its name, its place, or pinyin: one column, one query, however many stations there are."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Case, Q, QuerySet, Value, When

from liaison.lib.placenames import SEPARATOR, bare, folded, parts, usual
from stations.models import Kind, Station

KINDS = (Kind.TOWNSHIP, Kind.POINT, Kind.STUDIO, Kind.HUB)


def find(query: str, *, most: int) -> list[Station]:
    """The open stations that ``query`` names, the closest first, with county and parents loaded.

    As it was typed; then without 村, 乡, 镇; then as an address whose last part is the place. Three queries at most.
    """
    stations = Station.objects.filter(is_active=True).select_related("county", "parent__parent")
    for matches, word in _readings(query):
        found = list(_ranked(stations.filter(matches), word)[:most])
        if found:
            return found
    return []


def _readings(query: str) -> Iterator[tuple[Q, str]]:
    whole = usual(folded(query))
    if not whole:
        return
    yield Q(search__contains=whole), whole
    short = bare(whole)
    if short != whole:
        yield Q(search__contains=short), short
    *above, last = parts(usual(query))
    if above:
        matches = Q(search__contains=bare(last))
        for word in map(bare, (word for word in above if not word.endswith("省"))):
            county = Q(county__name__contains=word) | Q(county__city__contains=word)
            matches &= county | Q(parent__search__contains=word) | Q(parent__parent__search__contains=word)
        yield matches, bare(last)


def _ranked(stations: QuerySet[Station], word: str) -> QuerySet[Station]:
    closeness = Case(
        When(search__contains=f"{SEPARATOR}{word}{SEPARATOR}", then=Value(0)),
        When(search__contains=f"{SEPARATOR}{word}", then=Value(1)),
        default=Value(2),
    )
    kinds = Case(*(When(kind=kind, then=Value(number)) for number, kind in enumerate(KINDS)), default=Value(9))
    return stations.order_by(closeness, kinds, "path")
