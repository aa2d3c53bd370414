"""What one case adds to the figures of the day it came in, and the sums of many. The one definition behind kept figures,
behind what is counted when a page is shown, and behind the check that both are the same."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

from reports.models import KeptKind
from stations.models import PATH_STEP
from suggestions.choices import Satisfaction, State
from suggestions.models import SuggestionQuerySet

Sums = Counter[str]
Key = tuple[str, str]  # KeptKind, key
Share = tuple[str, str, str, str]  # KeptKind, key, and by what it is shared out, which share: empty for the whole

# Numbers with a column of their own; what else a Sums holds are parts.
TALLIED = ("received", "in_time", "answered", "solved", "votes", "content", "escalated")
OWN_COLUMN = frozenset(TALLIED)
CONTENT = (Satisfaction.SATISFIED, Satisfaction.BASICALLY)
SOLVED, WITHDRAWN, NONE = "solved", str(State.WITHDRAWN), "none"
OFFSET = dt.timedelta(hours=8)
COLUMNS = (
    "created_at",
    "replied_at",
    "state",
    "channel",
    "field",
    "kind",
    "desk__kind",
    "result_kind",
    "satisfaction",
    "overran",
    "escalated_at",
    "station__path",
    "station_id",
    "lead_id",
)


class Case(NamedTuple):
    """The columns of a case that figures read, in the order of ``COLUMNS``."""

    created_at: dt.datetime
    replied_at: dt.datetime | None
    state: str
    channel: str
    field: str
    kind: str
    level: str
    result_kind: str
    satisfaction: str
    overran: bool
    escalated_at: dt.datetime | None
    path: str
    station_id: int
    lead_id: int | None


def local_day(moment: dt.datetime) -> dt.date:
    """As ``timezone.localdate``, a good deal faster: China has kept to one offset since 1991."""
    return (moment + OFFSET).date()


def adds(case: Case) -> list[str]:
    """Each number that the case raises by one.

    ``received`` and its parts (``channel:…``, ``state:…``, ``field:…``, ``level:…``, ``kind:…``, ``flow:channel:outcome``)
    leave out what voters took back; ``in_time``, ``answered``, ``solved``, ``votes``, ``content`` and ``took:days`` are of
    all that was answered. These are the conditions of :func:`suggestions.figures.conditions`.
    """
    replied = case.replied_at
    found = []
    if case.state != WITHDRAWN:
        outcome = "" if replied is None else case.result_kind or NONE
        found = [
            "received",
            f"channel:{case.channel}",
            f"state:{case.state}",
            f"field:{case.field or NONE}",
            f"level:{case.level}",
            f"kind:{case.kind}",
            f"flow:{case.channel}:{outcome}",
        ]
        if case.escalated_at is not None:
            found.append("escalated")
    if replied is not None:
        found += ["answered", f"took:{(local_day(replied) - local_day(case.created_at)).days}"]
        if not case.overran:
            found.append("in_time")
        if case.result_kind == SOLVED:
            found.append("solved")
        if case.satisfaction:
            found.append("votes")
            if case.satisfaction in CONTENT:
                found.append("content")
    return found


def below_hub(case: Case) -> str:
    """The id of the station right below the hub that the case belongs to; empty for one of the hub's own."""
    return str(int(case.path[PATH_STEP : 2 * PATH_STEP])) if len(case.path) > PATH_STEP else ""


def keys(case: Case) -> list[Key]:
    """Of what kept figures the case is a part."""
    found: list[Key] = [(KeptKind.COUNTY.value, ""), (KeptKind.FIELD.value, case.field or NONE)]
    if town := below_hub(case):
        found.append((KeptKind.STATION.value, town))
    if case.lead_id:
        found.append((KeptKind.DEPARTMENT.value, str(case.lead_id)))
    return found


def shares(case: Case) -> list[Share]:
    """The shares of a station and of a field that the case is in: kept by the month."""
    station, name, lead = KeptKind.STATION.value, KeptKind.FIELD.value, KeptKind.DEPARTMENT.value
    town, of_field, own = below_hub(case), case.field or NONE, str(case.station_id)
    found: list[Share] = [(name, of_field, station, town or own)]
    if town:
        found += [(station, town, name, of_field), (station, town, station, own)]
    if case.lead_id:
        found.append((name, of_field, lead, str(case.lead_id)))
        if town:
            found.append((station, town, lead, str(case.lead_id)))
    return found


def rows(cases: SuggestionQuerySet) -> Iterator[Case]:
    found = cases.order_by().values_list(*COLUMNS)
    return map(Case._make, found.iterator(chunk_size=5000))


def by_day(cases: Iterable[Case]) -> dict[dt.date, Sums]:
    found: dict[dt.date, Sums] = defaultdict(Counter)
    for case in cases:
        _add(found[local_day(case.created_at)], adds(case))
    return found


@dataclass
class Kept:
    """What is kept of some months: the sums of each day and of each month, for everything that their cases are a part
    of."""

    days: dict[tuple[dt.date, Key], Sums] = field(default_factory=dict)
    months: dict[tuple[dt.date, Share], Sums] = field(default_factory=dict)


def to_keep(cases: Iterable[Case]) -> Kept:
    """Of the cases of whole months."""
    days: dict[tuple[dt.date, Key], Sums] = defaultdict(Counter)
    months: dict[tuple[dt.date, Share], Sums] = defaultdict(Counter)
    for case in cases:
        day, names = local_day(case.created_at), adds(case)
        for whose in keys(case):
            _add(days[day, whose], names)
        month, numbers = day.replace(day=1), [name for name in names if name in OWN_COLUMN]
        for share in shares(case):
            _add(months[month, share], numbers)
    for (day, (kind, key)), sums in days.items():
        months[day.replace(day=1), (kind, key, "", "")].update(sums)
    return Kept(days, months)


def _add(sums: Sums, names: Iterable[str]) -> None:
    for name in names:
        sums[name] += 1


def split(sums: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """The numbers with a column of their own, and the parts."""
    tallied = {name: sums.get(name, 0) for name in TALLIED}
    return tallied, {name: number for name, number in sums.items() if name not in tallied}


def spans(days: Iterable[dt.date]) -> list[tuple[dt.date, dt.date]]:
    """``days`` as runs of days on end: (first, last)."""
    found: list[tuple[dt.date, dt.date]] = []
    for day in sorted(days):
        if found and (day - found[-1][1]).days == 1:
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found


def came_in(days: Iterable[dt.date]) -> Q:
    """The condition on cases that came in on one of ``days``."""
    condition = Q(pk__in=[])
    for first, last in spans(days):
        condition |= within(first, last)
    return condition


def within(first: dt.date, last: dt.date, moment: str = "created_at") -> Q:
    """``moment`` falls on one of the days from ``first`` to ``last``, both included."""
    return Q(**{f"{moment}__gte": midnight(first), f"{moment}__lt": midnight(last + dt.timedelta(days=1))})


def midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def part(sums: Mapping[str, int], name: str) -> dict[str, int]:
    """``{"web": 3}`` of ``{"channel:web": 3}``, for ``name`` "channel"."""
    start = f"{name}:"
    return {key[len(start) :]: number for key, number in sums.items() if key.startswith(start)}


def took(sums: Mapping[str, int]) -> dict[int, int]:
    """How many were answered in how many days."""
    return {int(days): number for days, number in part(sums, "took").items()}


def percentile(histogram: Mapping[int, int], percent: int) -> int | None:
    """The smallest number of days in which at least ``percent`` % of the cases were answered (nearest rank); None for
    none. Exact, because the histogram has a step for every day."""
    whole = sum(histogram.values())
    rank, reached = -(-whole * percent // 100), 0
    for days in sorted(histogram):
        reached += histogram[days]
        if reached >= rank:
            return days
    return None


def as_sums(row: Mapping[str, Any]) -> Sums:
    """Of a row of ``DailyFigures``, as ``values(*TALLIED, "parts")`` reads it."""
    found: Sums = Counter(row["parts"])
    for name in TALLIED:
        if row[name]:
            found[name] = row[name]
    return found
