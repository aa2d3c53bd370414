"""Carry real messages with their real answers through the workflow, each step at a believable date of its own.

A message is left at a township station, accepted and sent up; the county office classifies and assigns it by field;
the department takes and reports; the result goes back to the township and over the deputy to the voter on the day the
answer was really given. Nobody's rating is invented: the clock archives.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from deputies.models import Deputy
from messaging import outbox
from stations.models import County, Department, DepartmentStaff, Kind, Station, StationStaff
from suggestions import workflow
from suggestions.choices import Field, ResultKind, State
from suggestions.errors import WorkflowError
from suggestions.models import Suggestion
from suggestions.registration import VoterData
from suggestions.replay_sheet import Message, ReplayError, RowRefused, read_message, read_rows
from suggestions.steps import holding
from suggestions.transitions import Voice
from suggestions.triage import suggest_field
from workdays.calendar import Calendar

# Only the two ends are known. The offices act in their usual time, a share of the whole but at most so many days after
# the message or before the answer; the rest of the time is the department's.
AFTER_MESSAGE = {
    "accept": (0.04, 2),
    "escalate": (0.06, 2.5),
    "classify": (0.08, 3.5),
    "assign": (0.10, 4),
    "take": (0.20, 8),
}
BEFORE_ANSWER = {"report": (0.15, 6), "return_result": (0.10, 4), "hand_over": (0.05, 2)}
OFFICE_OPENS, OFFICE_CLOSES = 8, 18  # hours of a working day
# Words of an answer that say what came of the matter; the first that is found decides.
RESULT_WORDS = (
    (ResultKind.PLANNED, ("列入计划", "纳入计划", "计划于", "拟于", "下一步将", "列入规划", "纳入规划")),
    (ResultKind.CANNOT, ("无法", "不能", "暂不", "不符合", "不予")),
    (ResultKind.HIGHER, ("省级", "国家政策", "上级部门")),
    (ResultKind.CONDITIONAL, ("部分", "正在", "逐步")),
)


@dataclass
class Report:
    states: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[int, str]] = field(default_factory=list)
    already: int = 0
    overdue: int = 0  # cases that were late at any step
    late: Counter[str] = field(default_factory=Counter)  # the limits that were passed, in words


class Cast:
    """Who does what in the county that the messages are carried through; looked up once, so that seats are too."""

    def __init__(self, county: County) -> None:
        self.calendar = Calendar.current()
        self.hub = Station.objects.filter(county=county, kind=Kind.HUB, is_active=True).first()
        seats = StationStaff.objects.filter(station__county=county, user__is_active=True).select_related("user")
        staff = {seat.station_id: seat.user for seat in seats.order_by("-pk")}
        towns = Station.objects.filter(county=county, kind=Kind.TOWNSHIP, is_active=True).select_related("parent")
        self.towns = [(town, staff[town.pk]) for town in towns.order_by("path") if town.pk in staff]
        if self.hub is None or self.hub.pk not in staff or not self.towns:
            raise ReplayError(f"{county}的中心站或乡镇联络站还没有工作人员账号。")
        self.office: User = staff[self.hub.pk]
        self.departments = self._departments(self.hub)
        if not self.departments:
            raise ReplayError(f"{county}的县直承办单位还没有经办人账号。")
        self.deputies: dict[int | None, list[Deputy]] = defaultdict(list)
        serving = Deputy.objects.serving().filter(county=county, user__is_active=True)
        for deputy in serving.select_related("user", "home_station").order_by("pk"):
            self.deputies[deputy.home_station_id].append(deputy)

    def _departments(self, hub: Station) -> list[tuple[Department, User]]:
        seats = DepartmentStaff.objects.filter(
            department__station=hub, department__is_active=True, user__is_active=True
        ).select_related("department__station", "user")
        first: dict[int, tuple[Department, User]] = {}
        for seat in seats.order_by("department_id", "pk"):
            first.setdefault(seat.department_id, (seat.department, seat.user))
        return list(first.values())

    def department(self, field_: str) -> tuple[Department, User]:
        covering = (pair for pair in self.departments if field_ in pair[0].fields.split(","))
        return next(covering, self.departments[0])


def replay(path: Path, county: County, *, limit: int | None = None) -> Report:
    """Carry every row of ``path`` that can be carried, the oldest first; one that was carried before is left alone.

    A row that is refused leaves nothing; the others go on. ``limit``: only the first so many rows.
    """
    people, report = Cast(county), Report()
    for message in sorted(_messages(path, report, limit), key=lambda one: one.asked_at):
        try:
            with transaction.atomic(), outbox.muted():
                case, late = _Carrier(message, people).run()
        except WorkflowError as error:
            report.refused.append((message.row, " ".join(error.messages)))
            continue
        report.states[case.state] += 1
        report.overdue += bool(late)
        report.late.update(set(late))
    report.refused.sort()
    return report


def _messages(path: Path, report: Report, limit: int | None) -> Iterator[Message]:
    """The messages to carry; what is refused or already there goes into ``report``."""
    carried = set(Suggestion.objects.filter(form_token__startswith="replay:").values_list("form_token", flat=True))
    rows: dict[str, int] = {}
    for count, (number, row) in enumerate(read_rows(path)):
        if limit is not None and count >= limit:
            return
        try:
            message = read_message(number, row)
            if message.token in rows:
                raise RowRefused(f"留言编号与第 {rows[message.token]} 行重复")
        except RowRefused as refusal:
            report.refused.append((number, str(refusal)))
            continue
        rows[message.token] = number
        if token_of(message) in carried:
            report.already += 1
        else:
            yield message


def token_of(message: Message) -> str:
    return f"replay:{message.token}"


def moments(message: Message, calendar: Calendar) -> dict[str, dt.datetime]:
    """When each step before the reply was taken: in office hours, in order, never after the answer."""
    span = message.answered_at - message.asked_at
    wanted = {
        action: message.asked_at + min(span * share, dt.timedelta(days=days))
        for action, (share, days) in AFTER_MESSAGE.items()
    } | {
        action: message.answered_at - min(span * share, dt.timedelta(days=days))
        for action, (share, days) in BEFORE_ANSWER.items()
    }
    found, last = {}, message.asked_at
    for action, at in wanted.items():
        found[action] = last = min(max(_office_time(at, calendar), last), message.answered_at)
    return found


def _office_time(at: dt.datetime, calendar: Calendar) -> dt.datetime:
    """``at`` itself, or the next hour that the offices are open."""
    local = timezone.localtime(at)
    if local.hour >= OFFICE_CLOSES or not calendar.is_workday(local.date()):
        day = calendar.add(local.date(), 1)
        local = local.replace(year=day.year, month=day.month, day=day.day, hour=OFFICE_OPENS)
    return local.replace(hour=max(local.hour, OFFICE_OPENS))


class _Carrier:
    """One message on its way, and the limits it passed."""

    def __init__(self, message: Message, people: Cast) -> None:
        self.message, self.people = message, people
        self.town, self.clerk = people.towns[message.row % len(people.towns)]
        near = people.deputies[self.town.pk]
        self.deputy = near[message.row // len(people.towns) % len(near)] if near else None
        self.field = suggest_field(message.title, message.content) or Field.CONSTRUCTION
        self.department, self.handler = people.department(self.field)
        self.late: list[str] = []

    def run(self) -> tuple[Suggestion, list[str]]:
        """The case at its end, and the limits that were passed on its way, in words."""
        message = self.message
        self.case = workflow.submit(
            station=self.town,
            title=message.title,
            content=message.content,
            voter=VoterData(name=message.user),
            deputy=self.deputy,
            token=token_of(message),
            at=message.asked_at,
        )
        when = moments(message, self.people.calendar)
        with holding(self.case):
            for action, by, matter in self._steps():
                self._step(action, by, when[action], matter)
            replier = self.deputy.user if self.deputy and self.deputy.user else self.clerk
            self._step("reply", replier, message.answered_at, {"text": message.answer})
            self._archive()
        return self.case, self.late

    def _steps(self) -> Sequence[tuple[str, User, dict[str, Any]]]:
        office, answer = self.people.office, self.message.answer
        return (
            ("accept", self.clerk, {}),
            ("escalate", self.clerk, {"opinion": "需县直单位办理。"}),
            ("classify", office, {"field": self.field, "kind": "opinion"}),
            ("assign", office, {"lead": self.department, "instruction": "请按时办理并答复。"}),
            ("take", self.handler, {}),
            ("report", self.handler, {"result_kind": result_kind(answer), "text": answer}),
            ("return_result", office, {}),
            ("hand_over", self.clerk, {}),
        )

    def _step(self, action: str, by: User, at: dt.datetime, matter: dict[str, Any]) -> None:
        if self.case.is_overdue(timezone.localdate(at)) and action != "classify":  # the triage limit ends at assign
            self.late.append(self.case.get_due_rule_display())
        self.case = getattr(workflow, action)(self.case.pk, by=by, at=at, **matter)

    def _archive(self) -> None:
        """As the clock does, the night after the time for a rating has passed."""
        case = self.case
        if case.due_on is not None and case.due_on < timezone.localdate():
            at = timezone.make_aware(dt.datetime.combine(case.due_on + dt.timedelta(days=1), dt.time(1)))
            self.case = workflow.archive(case.pk, by=Voice.CLOCK, at=at)


def result_kind(answer: str) -> ResultKind:
    """What the answer says came of the matter, by its words; solved where it says nothing else."""
    for kind, words in RESULT_WORDS:
        if any(word in answer for word in words):
            return kind
    return ResultKind.SOLVED


def state_label(state: str) -> str:
    return str(State(state).label)
