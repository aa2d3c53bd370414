"""Fill a database with believable cases: the demo county, and then copies of what its cases went through.

Every copy takes a demo case that the real workflow carried to its state, with all its rows, and gives it another
township, other people, another text and another time. The same seed gives the same cases.
"""

from __future__ import annotations

import copy
import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.models.base import ModelState
from django.utils import timezone

from demo.load import BOAI, load_demo
from demo.matters import MATTERS
from demo.people import FEMALE, MALE, SURNAMES
from deputies.models import Deputy
from history.models import Event
from liaison.lib.encryption import blind_index
from liaison.lib.planner import refresh_statistics
from liaison.lib.querycodes import new_code
from stations.models import County, Department, DepartmentStaff, Kind, Station, StationStaff
from suggestions.choices import State
from suggestions.models import Assignment, NumberSeries, Rating, Suggestion, Voter

YEARS = 10  # over which what has ended is spread; what is open is of these months
CHUNK = 1000
# Of a hundred cases of a county that has worked for ten years.
SHARES = {
    State.CLOSED: 87.0,
    State.REFUSED: 2.0,
    State.WITHDRAWN: 1.0,
    State.MERGED: 1.8,
    State.SUBMITTED: 0.5,
    State.REGISTERED: 1.0,
    State.ASSIGNED: 1.0,
    State.HANDLING: 2.5,
    State.REPORTED: 1.0,
    State.HANDED_OVER: 1.0,
    State.REPLIED: 1.0,
    State.ASSESSING: 0.2,
}
ENDED = (State.CLOSED, State.REFUSED, State.WITHDRAWN)
MORE = (
    "村里十几户人家都受影响，大家商量后托我来反映。",
    "去年冬天也出过一次，当时找人临时处理了一下，没有管多久。",
    "老人和孩子走到那里最危险，前几天还有人摔伤，去卫生院缝了三针。",
    "我们给有关单位打过电话，对方说要等安排，之后就没有消息了。",
    "下雨的时候更严重，车辆只能绕行，送学生的三轮车也过不去。",
    "群众愿意出义务工，也愿意一起看护，希望能尽快有个说法。",
    "附近的商户说生意少了一半，几家已经准备搬走。",
    "这件事去年在村民代表会上提过，大家都同意先解决这一处。",
    "希望派人到现场看一看，不要只在电话里答复。",
    "如果今年资金紧张，也请告诉我们大概什么时候能安排。",
)

T = TypeVar("T")


@dataclass
class Pattern:
    """One demo case with everything that belongs to it."""

    case: Suggestion
    town: Station | None
    voters: list[Voter] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


@dataclass
class Town:
    """What a copy may take from a township."""

    station: Station
    points: list[Station]
    departments: list[Department]
    clerks: list[int]
    staff: int
    deputies: list[Deputy]


class Filler:
    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)
        load_demo(timezone.localdate())
        self.county = County.objects.get(code=BOAI)
        self.stations = {station.pk: station for station in Station.objects.filter(county=self.county)}
        self.staff = dict(StationStaff.objects.values_list("station_id", "user_id"))
        self.towns = {
            station.pk: self._town(station) for station in self.stations.values() if station.kind == Kind.TOWNSHIP
        }
        self.patterns = self._patterns()
        self.series: dict[int, int] = dict(NumberSeries.objects.filter(county=self.county).values_list("year", "last"))
        self.mains = list(
            Suggestion.objects.filter(county=self.county, state=State.HANDLING).values_list("pk", flat=True)
        )

    def _town(self, station: Station) -> Town:
        departments = list(Department.objects.filter(station=station).order_by("pk"))
        clerk_of = dict(DepartmentStaff.objects.values_list("department_id", "user_id"))
        return Town(
            station=station,
            points=[one for one in self.stations.values() if one.parent_id == station.pk and one.kind == Kind.POINT],
            departments=departments,
            clerks=[clerk_of[department.pk] for department in departments],
            staff=self.staff[station.pk],
            deputies=list(Deputy.objects.filter(home_station=station).order_by("pk")),
        )

    def _patterns(self) -> dict[str, list[Pattern]]:
        cases = {case.pk: case for case in Suggestion.objects.filter(county=self.county).order_by("pk")}
        made = {pk: Pattern(case, self._town_of(case)) for pk, case in cases.items()}
        for model, into in ((Voter, "voters"), (Assignment, "assignments"), (Rating, "ratings")):
            for row in model._default_manager.filter(suggestion__in=made).order_by("pk"):
                getattr(made[row.suggestion_id], into).append(row)
        chains = {case.chain: pk for pk, case in cases.items()}
        for event in Event.objects.filter(chain__in=chains).order_by("pk"):
            made[chains[event.chain]].events.append(event)
        by_state: dict[str, list[Pattern]] = defaultdict(list)
        for pattern in made.values():
            by_state[pattern.case.state].append(pattern)
        return by_state

    def _town_of(self, case: Suggestion) -> Station | None:
        station = self.stations[case.station_id]
        while station.kind != Kind.TOWNSHIP:
            if station.parent_id is None:
                return None
            station = self.stations[station.parent_id]
        return station

    # --- the plan: which, when ----------------------------------------------------------------

    def fill(self, count: int) -> None:
        """Add cases until the county has ``count`` of them, the oldest first."""
        missing = count - Suggestion.objects.filter(county=self.county).count()
        states = self.pick.choices(list(SHARES), list(SHARES.values()), k=missing)
        plan: list[tuple[dt.timedelta, Pattern]] = []
        for state in states:
            pattern = self.pick.choice(self.patterns[state])
            days = self.pick.randrange(YEARS * 365) if state in ENDED else self.pick.randrange(20)
            plan.append((dt.timedelta(days=days), pattern))
        plan.sort(key=lambda item: item[1].case.created_at - item[0])
        with later_indexes():
            for chunk in chunks(plan, CHUNK):
                self._store([self._copy(pattern, back) for back, pattern in chunk])
        NumberSeries.objects.bulk_create(
            [NumberSeries(county=self.county, year=year, last=last) for year, last in self.series.items()],
            update_conflicts=True,
            unique_fields=["county", "year"],
            update_fields=["last"],
        )
        settle()

    # --- one copy -----------------------------------------------------------------------------

    def _copy(self, pattern: Pattern, back: dt.timedelta) -> Pattern:
        pick = self.pick
        town = pick.choice(list(self.towns.values()))
        move = _Move(pattern, self.towns.get(pattern.town.pk) if pattern.town else None, town, back, pick)
        case = move.row(pattern.case)
        village = pick.choice(town.points or [town.station]).name.removesuffix("人大代表联络点")
        matter = pick.choice(MATTERS).at(village)
        case.title, case.place, case.demand = matter["title"], village, matter["demand"]
        case.content = matter["content"] + "".join(pick.sample(MORE, pick.randint(1, 6)))
        case.year = timezone.localdate(case.created_at).year
        case.seq = self.series[case.year] = self.series.get(case.year, 0) + 1
        case.number = f"{self.county.prefix}{case.year}-{case.seq:05d}"
        case.form_token, case.query_code = None, new_code()
        case.search = case.search_text()
        if case.follow_up_on and back > dt.timedelta(days=180):
            case.follow_up_on = None  # asked again every half year until it was done: long ago
        if case.state == State.MERGED:
            case.merged_into_id = pick.choice(self.mains)
        copied = Pattern(case, town.station)
        copied.voters = [self._voter(move.row(row), village) for row in pattern.voters]
        copied.assignments = [move.row(row) for row in pattern.assignments]
        copied.ratings = [move.row(row) for row in pattern.ratings]
        copied.events = [move.row(row) for row in pattern.events]
        return copied

    def _voter(self, voter: Voter, village: str) -> Voter:
        voter.name = self.pick.choice(SURNAMES) + self.pick.choice(FEMALE if voter.gender == "女" else MALE)
        voter.phone = f"139{self.pick.randrange(10**8):08d}"
        voter.phone_index = blind_index(voter.phone)
        voter.address = f"{village}{self.pick.randint(1, 12)}组"
        return voter

    @transaction.atomic
    def _store(self, copies: list[Pattern]) -> None:
        Suggestion.objects.bulk_create([one.case for one in copies])
        for one in copies:
            rows: list[Any] = [*one.voters, *one.assignments, *one.ratings]
            for row in rows:
                row.suggestion = one.case
            for event in one.events:
                event.chain = one.case.chain
        for model, name in ((Voter, "voters"), (Assignment, "assignments"), (Rating, "ratings"), (Event, "events")):
            model._default_manager.bulk_create([row for one in copies for row in getattr(one, name)], CHUNK)
        self.mains = ([one.case.pk for one in copies if one.case.state == State.HANDLING] + self.mains)[:200]


class _Move:
    """Puts rows of a pattern into another township and another time."""

    def __init__(self, pattern: Pattern, old: Town | None, new: Town, back: dt.timedelta, pick: random.Random) -> None:
        self.back = back
        self.deputy = pick.choice(new.deputies)
        self.ids: dict[str, dict[int, int | None]] = {"station": {}, "department": {}, "user": {}, "deputy": {}}
        if old:
            self.ids["station"] = {old.station.pk: new.station.pk}
            self.ids["station"] |= {point.pk: pick.choice(new.points or [new.station]).pk for point in old.points}
            self.ids["department"] = dict(
                zip((one.pk for one in old.departments), (one.pk for one in new.departments), strict=True)
            )
            self.ids["user"] = {old.staff: new.staff, **dict(zip(old.clerks, new.clerks, strict=True))}
        if pattern.case.deputy_id:
            self.ids["deputy"][pattern.case.deputy_id] = self.deputy.pk

    def row(self, row: T) -> T:
        """A copy that is not stored yet, its dates and its people moved."""
        assert isinstance(row, models.Model)
        new = copy.copy(row)
        new._state, new.pk = ModelState(), None
        for item in row._meta.concrete_fields:
            value = getattr(row, item.attname)
            if isinstance(value, dt.date):  # and datetimes
                setattr(new, item.attname, value - self.back)
            elif item.is_relation and value is not None:
                model = item.related_model._meta.model_name  # type: ignore[union-attr]
                setattr(new, item.attname, self.ids.get(str(model), {}).get(value, value))
        return new


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


@contextmanager
def later_indexes() -> Iterator[None]:
    """On PostgreSQL, make the indexes that only reading needs once all rows are there: filling takes half the time."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes JOIN pg_class ON relname = indexname"
            " JOIN pg_index ON indexrelid = pg_class.oid WHERE NOT indisunique AND tablename = ANY(%s)",
            [[model._meta.db_table for model in (Suggestion, Assignment, Voter, Rating, Event)]],
        )
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
        yield
        cursor.execute("SET maintenance_work_mem = '256MB'")
        for _, definition in found:
            cursor.execute(definition)


def settle() -> None:
    """What the nightly task does; and what PostgreSQL does by itself some minutes after: the map that lets an index
    answer alone."""
    refresh_statistics()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
