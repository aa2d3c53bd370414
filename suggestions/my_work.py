"""What waits for one person, across all seats. :func:`piles` is the one definition; the page and the ledger read it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Left
from django.urls import reverse

from deputies.models import Status
from stations.models import PATH_STEP, Station, StationStaff
from suggestions.choices import State
from suggestions.faces import Faces
from suggestions.limits import Phase
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
    """All cases that wait for one kind of step; ``found`` gives rows of (case, limit)."""

    key: str
    found: QuerySet[Any]
    case: str = "pk"  # the column of ``found`` that names the case
    due: str = "due_on"

    @property
    def title(self) -> str:
        return TITLES[self.key]

    @property
    def pks(self) -> QuerySet[Any]:
        return self.found.order_by().values(self.case)


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
        Pile("accept", here.filter(state=State.SUBMITTED)),
        Pile("triage", here.filter(state=State.REGISTERED)),
        Pile("decide_extension", asked, "assignment__suggestion_id", "assignment__suggestion__due_on"),
        Pile("feed_back", here.filter(state=State.REPORTED)),
        Pile("reply_for", here.filter(silent, state=State.HANDED_OVER)),
        Pile("assess", here.filter(state=State.ASSESSING)),
        Pile("call_back", here.filter(unrated, state=State.REPLIED)),
    ]


def _at_departments(departments: set[int]) -> list[Pile]:
    led = Suggestion.objects.filter(lead_id__in=departments)
    co_handled = Assignment.objects.filter(
        department_id__in=departments,
        role=AssignmentRole.CO,
        is_current=True,
        state__in=(AssignmentState.SENT, AssignmentState.TAKEN),
        suggestion__state__in=(State.ASSIGNED, State.HANDLING),
    )
    return [
        Pile("take", led.filter(state=State.ASSIGNED)),
        Pile("report", led.filter(state=State.HANDLING)),
        Pile("advise", co_handled, "suggestion_id"),
    ]


def desks_of(seats: Seats) -> list[int]:
    """The desks that ``seats`` answer for: the own stations, and those below that nobody is staff of, for which the
    nearest station above with staff answers (as in ``notices.station_people``). One query."""
    if not seats.stations:
        return []
    staff = StationStaff.objects.filter(station=OuterRef("pk"), user__is_active=True)
    tree = Station.objects.within(*seats.stations).annotate(has_staff=Exists(staff))
    stations = list(tree.values_list("pk", "path", "has_staff"))
    staffed = {path: pk for pk, path, has_staff in stations if has_staff or pk in seats.station_ids}
    return [pk for pk, path, _ in stations if _answers(path, staffed) in seats.station_ids]


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


def brought(user: User) -> SuggestionQuerySet:
    """What the person took down, or received as a deputy."""
    registered = Suggestion.objects.filter(registered_by=user).order_by()
    received = Suggestion.objects.filter(deputy_id__in=user.seats.deputy_ids).order_by()
    # A union: with an OR, SQLite would look through the whole county.
    whose = registered.values("pk").union(received.values("pk"), all=True) if user.seats.deputy_ids else registered
    return Suggestion.objects.filter(pk__in=whose.values("pk"), county_id__in=user.seats.county_ids)


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
    """The page in three queries beside the seats: how many of each kind, which of them, what is shown of those."""
    faces = faces or Faces(user.seats.counties)
    wanted = {pile.key: pile for pile in piles(user, faces)}
    if user.seats.offices:
        wanted["late"] = Pile("late", late(user, faces))
    if user.seats.any:
        wanted["brought"] = Pile("brought", brought(user).order_by("-pk"))
    counts = _counts(wanted)
    found = _first({key: pile for key, pile in wanted.items() if counts[key]})
    cases = _cases({pk for rows in found.values() for pk, _ in rows})
    groups = {
        key: Group(key, TITLES[key], [_item(key, cases[pk], due, faces) for pk, due in rows], counts[key])
        for key, rows in found.items()
        if rows
    }
    waiting = [groups[key] for key in TITLES if key in groups and key not in SIGHTS]
    own_first = {"reply": -1}
    waiting.sort(key=lambda group: own_first.get(group.key, list(COLOURS.values()).index(group.colour)))
    return Work(waiting, groups.get("late"), groups.get("brought"), sum(group.count for group in waiting))


def _counts(wanted: dict[str, Pile]) -> dict[str, int]:
    """How many of each kind, up to its cap, in one query. By hand, since the ORM would count by way of the table's
    rows, a thousand of each kind: here the indexes are enough."""
    counts = dict.fromkeys(wanted, 0)
    counted: dict[str, str] = {}
    values: list[Any] = []
    for key, pile in wanted.items():
        cap = SHOWN if key == "brought" else CAP + 1
        try:
            sql, parameters = pile.pks[:cap].query.sql_with_params()
        except EmptyResultSet:  # nothing can be in it
            continue
        counted[key] = f"(SELECT COUNT(*) FROM ({sql}) AS counted)"
        values += parameters
    if counted:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(counted.values()), values)
            counts |= zip(counted, cursor.fetchone(), strict=True)
    return counts


def _first(wanted: dict[str, Pile]) -> dict[str, list[tuple[int, dt.date | None]]]:
    """(case, limit) of what is shown of each kind, the soonest limit first: one query over all kinds."""
    arms = []
    for index, pile in enumerate(wanted.values()):
        ordered = pile.found if pile.found.query.order_by else pile.found.order_by(pile.due, pile.case)
        # The cap is inside the arm: SQLite takes none in a part of a union.
        capped = pile.found.model._default_manager.filter(pk__in=ordered.values("pk")[:SHOWN]).order_by()
        kind = Value(index, IntegerField())
        columns = capped.annotate(kind_of_waiting=kind, case_id=F(pile.case), limit=F(pile.due))
        arms.append(columns.values_list("kind_of_waiting", "case_id", "limit"))
    keys = list(wanted)
    found: dict[str, list[tuple[int, dt.date | None]]] = {key: [] for key in keys}
    for index, pk, due in _union(arms):
        found[keys[index]].append((pk, due))
    for key, listed in found.items():
        if key == "brought":
            listed.sort(key=lambda row: -row[0])
        else:
            listed.sort(key=lambda row: (row[1] or dt.date.max, row[0]))
    return found


def _union(arms: list[QuerySet[Any]]) -> QuerySet[Any] | list[Any]:
    if len(arms) < 2:
        return arms[0] if arms else []
    return arms[0].union(*arms[1:], all=True)


def _cases(pks: set[int]) -> dict[int, Suggestion]:
    cases = Suggestion.objects.select_related("station__parent", "desk", "lead", "deputy", "merged_into")
    columns = ("number", "title", "state", "field", "channel", "due_on", "county_id", "version", "refuse_reason")
    names = ("station__name", "station__kind", "station__path", "station__parent__name", "station__parent__path")
    others = ("desk__name", "desk__path", "lead__name", "deputy__name", "merged_into__number", "follow_up_on")
    found = cases.only(*columns, *names, *others).annotate(excerpt=Left("result", EXCERPT)).in_bulk(pks)
    return cast(dict[int, Suggestion], found)


def _item(key: str, case: Suggestion, due_on: dt.date | None, faces: Faces) -> Item:
    page = reverse("suggestions:case", args=[case.pk])
    step, label = _step(key, case)
    return Item(
        case=case,
        url=page,
        phase=faces.phase(case.county_id, due_on),
        due=faces.chip(case.county_id, due_on, show_date=key == "reply"),
        step=label,
        step_url=reverse(f"suggestions:{step}", args=[case.pk]) if step else page,
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
