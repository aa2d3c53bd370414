"""Cases that may be about the same matter: found by the two-character words that their titles share."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from liaison.lib.grams import grams
from liaison.lib.querycodes import normalise_number
from stations.models import Station
from suggestions.choices import State
from suggestions.models import Suggestion, SuggestionQuerySet
from suggestions.transitions import intake_office

if TYPE_CHECKING:
    from accounts.models import User

# What another case can be merged into (see workflow.merge).
MAIN_STATES = (State.REGISTERED, State.ASSIGNED, State.HANDLING, State.REPORTED, State.HANDED_OVER)
LOOKED_AT = 300  # the newest open ones of the township
ALIKE = 0.25  # shared two-character words as a part of all, from which a title counts as similar


@lru_cache(maxsize=4096)  # whoever sorts a township's cases compares with the same open ones again and again
def words(title: str, place: str) -> frozenset[str]:
    return frozenset(grams(f"{title} {place}").split())


def mergeable(user: User, case: Suggestion) -> SuggestionQuerySet:
    return (
        Suggestion.objects.visible_to(user).filter(county_id=case.county_id, state__in=MAIN_STATES).exclude(pk=case.pk)
    )


def similar_to(case: Suggestion, user: User, most: int = 5) -> list[Suggestion]:
    """Open cases of the same township whose titles are most like this one's, the likest first."""
    own = words(case.title, case.place)
    if not own:
        return []
    office = intake_office(case)
    near: Any = Station.objects.within(office).values("pk")
    if office in user.seats.tree:  # then the stations below it are known
        near = [station.pk for station in user.seats.tree if office.covers(station)]
    others = mergeable(user, case).filter(station_id__in=near).order_by("-pk")
    scored = []
    columns = ("id", "title", "place", "number", "state", "created_at")
    for row in others.values_list(*columns)[:LOOKED_AT]:  # as rows: most of them are only compared
        theirs = words(row[1], row[2])
        score = len(own & theirs) / len(own | theirs) if theirs else 0
        if score >= ALIKE:
            scored.append((score, row))
    scored.sort(key=lambda pair: (-pair[0], -pair[1][0]))
    return [Suggestion(**dict(zip(columns, row, strict=True))) for _, row in scored[:most]]


def by_number(user: User, case: Suggestion, text: str) -> Suggestion | None:
    """The case with this number, or with this running number in the year of ``case``, if ``user`` may see it."""
    text = normalise_number(text)
    seen = Suggestion.objects.visible_to(user).filter(county_id=case.county_id)
    if re.fullmatch(r"\d{1,9}", text):
        return seen.filter(year=case.year, seq=int(text)).first()
    return seen.filter(number=text).first()
