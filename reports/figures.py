"""Everything a statistics page, the yearly report and the wall page say of a scope and a period: :func:`figures_of`.

Cases belong to the day they came in; what became of them is said as it is now. The rates are those of
:mod:`suggestions.figures`, which are published as well. Most of it comes from kept daily figures (``reports/upkeep.py``);
days that were touched since, and scopes too small to be kept, are counted here, so that the answer is always that of the
ledger at this moment.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.utils import timezone

from deputies import contacts
from reports import counting, kept, receiving
from reports.contacting import contacted
from reports.counting import Sums
from reports.kept import Told
from reports.models import KeptKind
from reports.periods import Period
from reports.receiving import Mark, Receptions
from reports.scopes import COUNTY, DEPARTMENT, FIELD, FIELDS, STATION, Scope
from stations.models import PATH_STEP, Department, Kind, Station
from suggestions.choices import OPEN_STATES, Channel, ResultKind, State
from suggestions.choices import Kind as CaseKind
from suggestions.figures import Tally, grouped
from suggestions.models import Suggestion, SuggestionQuerySet
from suggestions.steps import TO_ANSWER

OUTCOMES = {**dict(ResultKind.choices), "none": "未注明", "": "尚未答复"}
# How long an answer took, in bands that people think in: (from, to) days, both included.
BANDS = ((0, 0), (1, 3), (4, 7), (8, 15), (16, 30), (31, 60), (61, 90), (91, None))


@dataclass(frozen=True)
class Summary:
    """The numbers of one period. ``tally.due`` counts what is owed today, whatever the period."""

    tally: Tally = field(default_factory=Tally)
    escalated: int = 0
    took: Mapping[int, int] = field(default_factory=dict)  # days to the reply: cases
    receptions: Receptions | None = None
    contacts: contacts.Tally | None = None  # of the deputies in office with their constituents, against the quota

    @property
    def median(self) -> int | None:
        """Days in which half of the answered cases were answered."""
        return counting.percentile(self.took, 50)

    @property
    def ninety(self) -> int | None:
        """Days in which nine in ten of the answered cases were answered."""
        return counting.percentile(self.took, 90)


@dataclass(frozen=True)
class Group:
    """One row of a table: a station, a field or a department, with its tally. ``ledger`` are the parameters that show
    its cases; ``address`` is (kind, key) of its own page."""

    label: str
    tally: Tally
    ledger: Mapping[str, str]
    address: tuple[str, str] | None = None
    kind: str = ""  # of a station


@dataclass(frozen=True)
class Figures:
    """Of ``scope`` in ``period``.

    ``now`` and ``before`` are the same numbers of the period and of the one before it. ``channels``, ``states``, ``fields``,
    ``levels`` and ``kinds`` share ``now.tally.received`` out, each choice with its number (fields with "none"); ``flow`` does
    so by (channel, outcome), the outcome being a result kind, "none", or "" for what is not answered yet. ``series``
    follows ``period.pieces()``. ``overdue`` is what is past its limit at this moment, whenever it came in. ``marks``: the
    reception days of ``year``, by date.
    """

    scope: Scope
    period: Period
    now: Summary
    before: Summary
    overdue: int
    channels: dict[str, int]
    states: dict[str, int]
    fields: dict[str, int]
    levels: dict[str, int]
    kinds: dict[str, int]
    flow: dict[tuple[str, str], int]
    series: list[tuple[Period, Tally]]
    by_station: list[Group]
    by_field: list[Group]
    by_department: list[Group]
    year: int
    marks: dict[dt.date, Mark]

    @property
    def bands(self) -> list[tuple[int, int | None, int]]:
        """(from, to, cases): how many were answered within so many days; ``to`` is None for the last."""
        return [
            (
                first,
                last,
                sum(n for days, n in self.now.took.items() if days >= first and (last is None or days <= last)),
            )
            for first, last in BANDS
        ]


@dataclass(frozen=True)
class _Overdue:
    """A case past its limit today, as the figures need it."""

    day: dt.date
    owes_answer: bool
    field: str
    station_id: int
    lead_id: int | None


@dataclass(frozen=True)
class _Asked:
    """What the tables are counted from: ``late`` came in in the period and owe an answer today."""

    scope: Scope
    period: Period
    late: list[_Overdue]
    told: Told
    today: dt.date
    whole: Tally
    paths: dict[int, str]  # of the county's stations
    kept: dict[tuple[str, str], Tally]  # kept.groups


def figures_of(scope: Scope, period: Period, today: dt.date | None = None) -> Figures:
    """Count. No more than some twenty queries, whatever the size of the county; writes nothing.

    ``scope`` from :mod:`reports.scopes` (``scope_for`` checks the seats, ``of_county`` and its like do not), ``period`` from
    :mod:`reports.periods`.
    """
    today = today or timezone.localdate()
    before = period.before()
    overdue = _overdue(scope.cases, today)
    late = [one for one in overdue if one.owes_answer]
    told = kept.tell(scope.county.pk, (before, period))
    days = kept.sums(scope, told)
    sums = _added(days, period)
    year = period.last.year
    receptions = receiving.of(scope, (before, period), year, today)
    now = _summary(sums, late, period, receptions.spans[1] if receptions else None)
    paths = dict(Station.objects.filter(county_id=scope.county.pk).order_by().values_list("pk", "path"))
    groups = kept.groups(scope, told[1])
    asked = _Asked(scope, period, _within(late, period), told[1], today, now.tally, paths, groups)
    return Figures(
        scope=scope,
        period=period,
        now=replace(now, contacts=contacted(scope, period, today)),
        before=replace(
            _summary(_added(days, before), late, before, receptions.spans[0] if receptions else None),
            contacts=contacted(scope, before, today),
        ),
        overdue=len(overdue),
        channels=_choices(sums, "channel", Channel.values),
        states=_choices(sums, "state", [state for state in State.values if state != State.WITHDRAWN]),
        fields=_choices(sums, "field", FIELDS),
        levels=_choices(sums, "level", Kind.values),
        kinds=_choices(sums, "kind", CaseKind.values),
        flow={
            (channel, outcome): sums[f"flow:{channel}:{outcome}"] for channel in Channel.values for outcome in OUTCOMES
        },
        series=_series(days, late, period),
        by_station=_by_station(asked),
        by_field=_by_field(asked),
        by_department=_by_department(asked),
        year=year,
        marks=receptions.marks if receptions else {},
    )


def _overdue(cases: SuggestionQuerySet, today: dt.date) -> list[_Overdue]:
    """Open and past the limit: in the index alone for a county, and few."""
    found = cases.filter(state__in=OPEN_STATES, due_on__lt=today).order_by()
    rows = found.values_list("created_at", "replied_at", "state", "field", "station_id", "lead_id")
    return [
        _Overdue(counting.local_day(created_at), replied_at is None and state in TO_ANSWER, name, station_id, lead_id)
        for created_at, replied_at, state, name, station_id, lead_id in rows
    ]


# --- sums of days -----------------------------------------------------------------------------


def _added(days: Mapping[dt.date, Sums], period: Period) -> Sums:
    total: Sums = Counter()
    for day, sums in days.items():
        if period.first <= day <= period.last:
            total.update(sums)
    return total


def _within(late: Iterable[_Overdue], period: Period) -> list[_Overdue]:
    return [one for one in late if period.first <= one.day <= period.last]


def _summary(sums: Sums, late: list[_Overdue], period: Period, receptions: Receptions | None) -> Summary:
    return Summary(
        tally=kept.tally(sums, len(_within(late, period))),
        escalated=sums["escalated"],
        took=counting.took(sums),
        receptions=receptions,
    )


def _choices(sums: Sums, name: str, values: Iterable[str]) -> dict[str, int]:
    return {value: sums[f"{name}:{value}"] for value in values}


def _series(days: Mapping[dt.date, Sums], late: list[_Overdue], period: Period) -> list[tuple[Period, Tally]]:
    pieces = period.pieces()
    starts = [piece.first for piece in pieces]
    sums: list[Sums] = [Counter() for _ in pieces]
    owed = [0] * len(pieces)
    for day, found in days.items():
        if period.first <= day <= period.last:
            of_piece = sums[bisect_right(starts, day) - 1]
            for name in counting.TALLIED:
                of_piece[name] += found[name]
    for one in _within(late, period):
        owed[bisect_right(starts, one.day) - 1] += 1
    return [(piece, kept.tally(found, owes)) for piece, found, owes in zip(pieces, sums, owed, strict=True)]


# --- groups -----------------------------------------------------------------------------------


def _tallies(asked: _Asked, kind: KeptKind, column: str) -> dict[str, Tally]:
    """The tally of each value of ``column`` ("field", "lead_id", "station_id"), by the keys of :func:`_key`."""
    scope, told = asked.scope, asked.told
    more: list[tuple[Any, Tally]] = [(key, tally) for (of, key), tally in asked.kept.items() if of == kind]
    owed = Counter(_of(one, kind) for one in asked.late if kept.is_told(scope, told, one.day))
    more += [(value, Tally(due=number)) for value, number in owed.items()]
    if scope.kind != COUNTY or told.touched:
        more += grouped(scope.cases.filter(kept.untold(scope, told)), column, asked.today).items()
    found: dict[str, Tally] = {}
    for value, tally in more:
        if key := _key(value, kind, asked):
            found[key] = found.get(key, Tally()) + tally
    return found


def _of(one: _Overdue, kind: KeptKind) -> Any:
    return {KeptKind.FIELD: one.field, KeptKind.STATION: one.station_id, KeptKind.DEPARTMENT: one.lead_id}[kind]


def _key(value: Any, kind: KeptKind, asked: _Asked) -> str:
    """A column's value as the key of kept figures: "none" for no field; of a station the id of the one right below the
    scope's (of the hub, where the scope has none) that it belongs to, or its own; empty for no department."""
    if kind is KeptKind.FIELD:
        return value or "none"
    if kind is KeptKind.STATION:
        path, deep = asked.paths[int(value)], len(asked.scope.station.path) if asked.scope.station else PATH_STEP
        return str(int(path[deep : deep + PATH_STEP] or path[-PATH_STEP:]))
    return str(value or "")


def _by_field(asked: _Asked) -> list[Group]:
    scope = asked.scope
    if scope.kind == FIELD:
        return []
    found = _tallies(asked, KeptKind.FIELD, "field")
    return [
        Group(
            label,
            found.get(name, Tally()),
            {**scope.ledger, "field": name},
            (FIELD, f"{scope.county.code}-{name}") if scope.kind == COUNTY else None,
        )
        for name, label in FIELDS.items()
    ]


def _by_department(asked: _Asked) -> list[Group]:
    """Those that lead a case of the period, in the order of the tree and of their names: no ranking."""
    scope = asked.scope
    if scope.kind not in (COUNTY, STATION, FIELD):
        return []
    own = _own_departments(scope)
    found = {int(key): tally for key, tally in _tallies(asked, KeptKind.DEPARTMENT, "lead_id").items() if key}
    found |= _all_they_lead(own, asked)
    departments = Department.objects.filter(pk__in=found, station__county_id=scope.county.pk)
    return [
        Group(
            department.name,
            found[department.pk],
            {"lead": str(department.pk)} if department.pk in own else {**scope.ledger, "lead": str(department.pk)},
            (DEPARTMENT, str(department.pk)) if _reaches(scope, department.station) else None,
        )
        for department in departments.select_related("station").order_by("station__path", "name")
    ]


def _own_departments(scope: Scope) -> set[int]:
    """Those of a township, of which all they lead counts, also what was sent down from the county: it is the township's
    work, though it did not come in there."""
    if scope.kind != STATION or scope.station is None:
        return set()
    within = Station.objects.within(scope.station).values("pk")
    return set(Department.objects.filter(station_id__in=within).values_list("pk", flat=True))


def _all_they_lead(departments: set[int], asked: _Asked) -> dict[int, Tally]:
    """The tallies of whole departments."""
    if not departments:
        return {}
    cases = Suggestion.objects.filter(county_id=asked.scope.county.pk, lead_id__in=departments)
    found = kept.of_departments(asked.scope.county.pk, departments, asked.told)
    late = _within((one for one in _overdue(cases, asked.today) if one.owes_answer), asked.period)
    owed = Counter(one.lead_id for one in late if asked.told.by_month(one.day))
    more = [(pk, Tally(due=number)) for pk, number in owed.items()]
    for pk, tally in (*more, *grouped(cases.filter(asked.told.not_by_month), "lead_id", asked.today).items()):
        found[pk] = found.get(pk, Tally()) + tally
    return found


def _reaches(scope: Scope, station: Station) -> bool:
    """Whether who sees the scope's page also sees that of what belongs to ``station``."""
    return scope.station is not None and scope.station.covers(station)


def _by_station(asked: _Asked) -> list[Group]:
    """The station itself alone and those right below, each with all below it; in the order of the tree."""
    scope = asked.scope
    top = scope.station if scope.kind in (COUNTY, STATION) else None
    if scope.kind in (DEPARTMENT, FIELD):
        top = Station.objects.get(county_id=scope.county.pk, kind=Kind.HUB)
    children = list(Station.objects.filter(parent_id=top.pk).order_by("path")) if top else []
    if top is None or not children:
        return []
    tallies = {int(key): tally for key, tally in _tallies(asked, KeptKind.STATION, "station_id").items()}
    if scope.kind == COUNTY:  # nothing is kept of the hub alone
        tallies[top.pk] = _less(asked.whole, (tally for pk, tally in tallies.items() if pk != top.pk))
    own = Group(f"{top.name}（本站）", tallies.get(top.pk, Tally()), {**scope.ledger, "at": str(top.pk)})
    return [own, *(_group(scope, child, tallies) for child in children if child.is_active or child.pk in tallies)]


def _group(scope: Scope, station: Station, tallies: Mapping[int, Tally]) -> Group:
    address = (STATION, str(station.pk)) if _reaches(scope, station) else None
    return Group(
        station.name,
        tallies.get(station.pk, Tally()),
        {**scope.ledger, "origin": str(station.pk)},
        address,
        station.kind,
    )


def _less(whole: Tally, parts: Iterable[Tally]) -> Tally:
    rest = sum(parts, Tally())
    return Tally(*(getattr(whole, one.name) - getattr(rest, one.name) for one in fields(Tally)))
