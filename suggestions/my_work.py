"""What waits for one person, across all seats. :func:`piles` is the one definition; the page and the ledger read it."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Left

from deputies.models import Status
from stations.models import PATH_STEP, Station
from suggestions.choices import State
from suggestions.faces import Faces
from suggestions.limits import Phase
from suggestions.links import case_url
from suggestions.models import (
    Assignment,
    AssignmentRole,
    AssignmentState,
    Extension,
    ExtensionState,
    Suggestion,
    SuggestionQuerySet,
)
from suggestions.transitions import AT_ONCE, TRANSITIONS, is_above_intake

if TYPE_CHECKING:
    from accounts.models import User
    from stations.seats import Seats

CAP = 1000  # more of a kind are counted as "1000+"
SHOWN = 6  # of each kind; the rest is one press away in the ledger
EXCERPT = 120  # characters of a result that a deputy reads before replying

TITLES = {
    "reply": "待回复选民",
    "accept": "待受理",
    "triage": "待研判",
    "decide_extension": "延期待审批",
    "feed_back": "结果待反馈",
    "reply_for": "待代为回复",
    "assess": "待组织评估",
    "take": "待签收",
    "report": "办理中",
    "advise": "协办意见待送",
    "follow_up": "计划事项待回访",
    "call_back": "待回访评价",
    # Not waiting for the person: to be kept in sight.
    "late": "辖区内已逾期",
    "brought": "我登记、接待的意见",
}
"""Every kind, in the order of the page where none is redder than the other."""
SIGHTS = ("late", "brought")


@dataclass(frozen=True)
class Pile:
    """Cases that wait for one kind of step, or for one of several, as their state says; ``found`` gives one row a case."""

    kinds: str | dict[State, str]
    found: QuerySet[Any]
    case: str = "pk"  # the column of ``found`` that names the case
    due: str = "due_on"
    # For what may be a good part of the county: so many are looked at, in this order.
    most: int | None = None
    order: tuple[str, ...] = ()

    def pks(self, key: str) -> QuerySet[Any] | None:
        """The cases that wait for ``key``; None where that is the business of another pile."""
        found = self.found.order_by().values(self.case)
        if self.kinds == key:
            return found
        states = [state for state, kind in self.kinds.items() if kind == key] if isinstance(self.kinds, dict) else []
        return found.filter(state__in=states) if states else None


def piles(user: User, faces: Faces) -> list[Pile]:
    """Whatever waits for ``user`` today; a pile may be empty. Whom a state waits for: ``notices.owners``."""
    seats = user.seats
    found = []
    if seats.deputy_ids:
        handed_over = Suggestion.objects.filter(state=State.HANDED_OVER, deputy_id__in=seats.deputy_ids)
        found.append(Pile("reply", handed_over))
    if desks := desks_of(seats):
        found += _at_desks(desks, faces)
    if seats.department_ids:
        found += _at_departments(seats.department_ids)
    if desks or seats.department_ids:
        planned = Suggestion.objects.filter(state=State.CLOSED, follow_up_on__lte=faces.today)
        whose = Q(desk_id__in=desks) | Q(lead_id__in=seats.department_ids)
        found.append(Pile("follow_up", planned.filter(whose), due="follow_up_on"))
    return found


def _at_desks(desks: list[int], faces: Faces) -> list[Pile]:
    here = Suggestion.objects.filter(desk_id__in=desks)
    asked = Extension.objects.filter(
        state=ExtensionState.ASKED,
        assignment__is_current=True,
        assignment__suggestion__desk_id__in=desks,
        assignment__suggestion__state=State.HANDLING,
    )
    silent = Q(deputy__isnull=True) | Q(deputy__user__isnull=True) | Q(deputy__user__is_active=False)
    silent |= ~Q(deputy__status=Status.SERVING)
    unrated = Q(pk__in=[])
    for county_id, rules in faces.rules.items():  # the limit of a reply is reminder plus archive: the first has passed
        reminded = faces.today + dt.timedelta(days=rules.archive_days)
        unrated |= Q(county_id=county_id, due_on__lte=reminded)
    return [
        _by_state(here, AT_DESK),
        Pile("decide_extension", asked, "assignment__suggestion_id", "assignment__suggestion__due_on"),
        Pile("reply_for", here.filter(silent, state=State.HANDED_OVER)),
        Pile("call_back", here.filter(unrated, state=State.REPLIED)),
    ]


def _at_departments(departments: set[int]) -> list[Pile]:
    co_handled = Assignment.objects.filter(
        department_id__in=departments,
        role=AssignmentRole.CO,
        is_current__in=(True,),  # a mere ``is_current`` would hide it from SQLite's index
        state__in=(AssignmentState.SENT, AssignmentState.TAKEN),
        suggestion__state__in=(State.ASSIGNED, State.HANDLING),
    )
    return [
        _by_state(Suggestion.objects.filter(lead_id__in=departments), AT_LEAD),
        Pile("advise", co_handled, "suggestion_id"),
    ]


AT_DESK = {
    State.SUBMITTED: "accept",
    State.REGISTERED: "triage",
    State.REPORTED: "feed_back",
    State.ASSESSING: "assess",
}
AT_LEAD = {State.ASSIGNED: "take", State.HANDLING: "report"}


def _by_state(cases: SuggestionQuerySet, kinds: dict[State, str]) -> Pile:
    return Pile(kinds, cases.filter(state__in=kinds))


def desks_of(seats: Seats) -> list[int]:
    """The desks that ``seats`` answer for: the own stations, and those below that nobody is staff of, for which the
    nearest station above with staff answers (as in ``notices.station_people``)."""
    own = seats.station_ids
    staffed = {station.path: station.pk for station, has_staff in seats.tree.items() if has_staff or station.pk in own}
    return [station.pk for station in seats.tree if _answers(station.path, staffed) in own]


def _answers(path: str, staffed: dict[str, int]) -> int | None:
    for end in range(len(path), 0, -PATH_STEP):
        if path[:end] in staffed:
            return staffed[path[:end]]
    return None


def late(user: User, faces: Faces) -> SuggestionQuerySet:
    """Everything overdue in the area of the person's offices, whoever has to act."""
    seats = user.seats
    area = Q(county_id__in=seats.office_county_ids)
    if seats.below:
        area |= Q(station_id__in=seats.subtree_ids) | Q(desk_id__in=seats.subtree_ids)
    return Suggestion.objects.filter(area, faces.is_in(Phase.OVERDUE), county_id__in=seats.county_ids)


def brought(user: User) -> list[Pile]:
    """What the person took down, or received as a deputy; a case may be in both. Each county by itself: with several in
    one condition, SQLite would look through all of them."""
    cases = [Suggestion.objects.filter(registered_by=user, county_id=pk) for pk in user.seats.county_ids]
    if user.seats.deputy_ids:
        cases.append(Suggestion.objects.filter(deputy_id__in=user.seats.deputy_ids))
    return [Pile("brought", each, most=SHOWN, order=("-pk",)) for each in cases]


@dataclass(frozen=True)
class Item:
    case: Suggestion
    url: str  # of the case
    phase: Phase
    due: str
    step: str = ""  # what the button says; empty where there is none
    step_url: str = ""
    at_once: bool = False


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    items: list[Item]
    count: int

    @property
    def capped(self) -> str:
        return f"{CAP}+" if self.count > CAP else str(self.count)

    @property
    def tells_where(self) -> bool:
        """Whether the rows say whom the case waits for: where it is not the person alone."""
        return self.key in (*SIGHTS, "advise")

    @property
    def more(self) -> bool:
        return self.count > len(self.items)

    @property
    def colour(self) -> str:
        return COLOURS[min((item.phase for item in self.items), key=REDNESS.index)]


COLOURS = {Phase.OVERDUE: "red", Phase.DUE_SOON: "yellow", Phase.AWAITING: "green"}
REDNESS = list(COLOURS)


@dataclass(frozen=True)
class Work:
    groups: list[Group]  # waiting for the person, the reddest first
    late: Group | None  # for offices: overdue in their area, whoever has to act
    brought: Group | None
    total: int

    @property
    def capped(self) -> str:
        return f"{CAP}+" if any(group.count > CAP for group in self.groups) else str(self.total)


def waiting_for(user: User, faces: Faces | None = None) -> Work:
    """The page in two queries beside the seats: how many of each kind and which of them, what is shown of those."""
    faces = faces or Faces(user.seats.counties)
    wanted = piles(user, faces)
    if user.seats.offices:
        wanted.append(Pile("late", late(user, faces), most=CAP + 1, order=("due_on", "pk")))
    wanted += brought(user)
    found = _first(wanted)
    cases = _cases({row.case_id for rows in found.values() for row in rows}, user.seats)
    groups = {
        key: Group(key, TITLES[key], [_item(key, cases[row.case_id], row.limit, faces) for row in rows], rows[0].total)
        for key, rows in found.items()
    }
    waiting = [groups[key] for key in TITLES if key in groups and key not in SIGHTS]
    own_first = {"reply": -1}
    waiting.sort(key=lambda group: own_first.get(group.key, list(COLOURS.values()).index(group.colour)))
    return Work(waiting, groups.get("late"), groups.get("brought"), sum(group.count for group in waiting))


class Found(NamedTuple):
    case_id: int
    limit: dt.date | None
    total: int  # of all of this kind


RANKED = """
    SELECT * FROM (
        SELECT waiting.*, COUNT(*) OVER (PARTITION BY pile, of_state) AS found,
            ROW_NUMBER() OVER (PARTITION BY pile, of_state ORDER BY due, case_id) AS rank
        FROM ({piles}) AS waiting
    ) AS ranked WHERE rank <= %s
"""


def _first(wanted: list[Pile]) -> dict[str, list[Found]]:
    """What is shown of each kind, the soonest limit first, and how many there are: one query, in which each pile is one
    walk along an index. Its frame is by hand: windows of the ORM, one for each pile, cost twice as much."""
    arms: list[str] = []
    parameters: list[Any] = []
    for index, pile in enumerate(wanted):
        with suppress(EmptyResultSet):  # nothing can be in it
            sql, values = _arm(pile, index).query.sql_with_params()
            arms.append(f"SELECT * FROM ({sql}) AS arm")
            parameters += values
    found: dict[str, list[Found]] = {}
    if not arms:
        return found
    with connection.cursor() as cursor:
        cursor.execute(RANKED.format(piles=" UNION ALL ".join(arms)), [*parameters, SHOWN])
        for index, state, case_id, due, total, _ in cursor.fetchall():
            kinds = wanted[index].kinds
            kind = kinds if isinstance(kinds, str) else kinds[State(state)]
            limit = dt.date.fromisoformat(due) if isinstance(due, str) else due  # SQLite has no dates
            found.setdefault(kind, []).append(Found(case_id, limit, total))
    newest = {row.case_id: row for row in sorted(found.pop("brought", []), key=_newest)}
    for rows in found.values():
        rows.sort(key=_soonest)
    return found | ({"brought": list(newest.values())[:SHOWN]} if newest else {})


def _arm(pile: Pile, index: int) -> QuerySet[Any]:
    state = Value("") if isinstance(pile.kinds, str) else F("state")
    columns = {"pile": Value(index, IntegerField()), "of_state": state, "case_id": F(pile.case), "due": F(pile.due)}
    return pile.found.order_by(*pile.order).annotate(**columns).values_list(*columns)[: pile.most]


def _newest(row: Found) -> Any:
    return -row.case_id


def _soonest(row: Found) -> Any:
    return (row.limit or dt.date.max, row.case_id)


def _cases(pks: set[int], seats: Seats) -> dict[int, Suggestion]:
    """What a row shows. Most of its stations are in the person's own tree, which is at hand; the others are asked for
    once, not joined to every case."""
    cases = Suggestion.objects.select_related("lead", "deputy", "merged_into", "formal")
    columns = (
        "number",
        "title",
        "state",
        "kind",
        "formal__id",
        "field",
        "channel",
        "due_on",
        "county_id",
        "version",
        "refuse_reason",
    )
    others = ("station_id", "desk_id", "lead__name", "deputy__name", "merged_into__number", "follow_up_on")
    found = cases.only(*columns, *others).annotate(excerpt=Left("result", EXCERPT)).in_bulk(pks)
    stations = _stations({pk for case in found.values() for pk in (case.station_id, case.desk_id)}, seats)
    for case in found.values():
        case.station, case.desk = stations[case.station_id], stations[case.desk_id]
    return cast(dict[int, Suggestion], found)


def _stations(pks: set[int], seats: Seats) -> dict[int, Station]:
    """With their parents, as far as those answer for them."""
    found = {station.pk: station for station in seats.tree}
    own = pks & found.keys()
    for station in (found[pk] for pk in own):
        if station.parent_id in found:
            station.parent = found[station.parent_id]
    columns = ("name", "kind", "path", "county_id", "parent__name", "parent__path", "parent__county_id")
    # An empty set asks the database nothing.
    return found | Station.objects.select_related("parent").only(*columns).in_bulk(pks - own)


def _item(key: str, case: Suggestion, due_on: dt.date | None, faces: Faces) -> Item:
    step, label = _step(key, case)
    return Item(
        case=case,
        url=case_url(case.pk),
        phase=faces.phase(case.county_id, due_on),
        due=faces.chip(case.county_id, due_on, show_date=key == "reply"),
        step=label,
        step_url=case_url(case.pk, step or "case"),
        at_once=step in AT_ONCE,
    )


def _step(key: str, case: Suggestion) -> tuple[str, str]:
    """(action, label) of the step that a pile waits for; what to do with a new case is decided on its page."""
    match key:
        case "late" | "brought":
            return "", ""
        case "triage":
            return "", "研判"
        case "feed_back":
            action = "return_result" if is_above_intake(case) else "hand_over"
        case "reply_for":
            action = "reply"
        case "call_back":
            return "rate", "回访"
        case _:
            action = key
    return action, TRANSITIONS[action].label
