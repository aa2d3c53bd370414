"""Carry real messages with their real answers through the workflow, each step at a believable date of its own.

A message is left at a township station, accepted and sent up; the county office classifies and assigns it by field;
the department takes and reports; the result goes back to the township and over the deputy to the voter on the day the
answer was really given. Nobody's rating is invented: the clock archives.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from python_calamine import CalamineError, CalamineWorkbook

from accounts.models import User
from deputies.models import Deputy
from liaison.lib.text import clean
from messaging import outbox
from stations.models import County, Department, Kind, Station, StationStaff
from suggestions import workflow
from suggestions.choices import ResultKind, State
from suggestions.models import Suggestion
from suggestions.registration import VoterData
from suggestions.transitions import Voice
from suggestions.triage import suggest_field

HEADINGS = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")
FORMATS = ("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y-%m-%d")
LONGEST, LONGEST_TITLE = 8000, 80
# How much of the time between message and answer has gone by at each step before the reply.
SHARES = {
    "accept": 0.04,
    "escalate": 0.06,
    "classify": 0.08,
    "assign": 0.10,
    "take": 0.20,
    "report": 0.85,
    "return_result": 0.90,
    "hand_over": 0.95,
}
# Words of an answer that say what came of the matter; the first that is found decides.
RESULT_WORDS = (
    (ResultKind.PLANNED, ("列入计划", "纳入计划", "计划于", "拟于", "下一步将", "列入规划", "纳入规划")),
    (ResultKind.CANNOT, ("无法", "不能", "暂不", "不符合", "不予")),
    (ResultKind.HIGHER, ("省级", "国家政策", "上级部门")),
    (ResultKind.CONDITIONAL, ("部分", "正在", "逐步")),
)


class ReplayError(Exception):
    """The file or the county does not allow a replay at all."""


class RowRefused(Exception):
    """One row cannot be carried; the others go on."""


@dataclass
class Report:
    states: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[int, str]] = field(default_factory=list)
    overdue: int = 0
    already: int = 0


@dataclass(frozen=True)
class Message:
    token: str
    title: str
    content: str
    asked_at: dt.datetime
    answer: str
    answered_at: dt.datetime


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(row number as the sheet shows it, heading → value) of the first sheet."""
    try:
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise ReplayError(f"打不开 {path.name}，请确认是 Excel 文件：{error}") from None
    headings = [str(cell).strip() for cell in rows[0]] if rows else []
    if missing := [one for one in HEADINGS if one not in headings]:
        raise ReplayError(f"缺少列：{'、'.join(missing)}。")
    for number, row in enumerate(rows[1:], start=2):
        if any(str(cell).strip() for cell in row):
            yield number, dict(zip(headings, row, strict=False))


def read_message(row: dict[str, Any]) -> Message:
    token = str(row["留言编号"]).strip().removesuffix(".0")
    title, content, answer = (clean(str(row[name])) for name in ("留言主题", "留言详情", "答复意见"))
    if not token:
        raise RowRefused("没有留言编号")
    if not title or not content:
        raise RowRefused("留言主题或留言详情是空的")
    if not answer:
        raise RowRefused("没有答复意见")
    for name, text in (("留言详情", content), ("答复意见", answer)):
        if len(text) > LONGEST:
            raise RowRefused(f"{name}有 {len(text)} 字，超过 {LONGEST} 字")
    asked_at, answered_at = (read_time(row[name], name) for name in ("留言时间", "答复时间"))
    if answered_at <= asked_at:
        raise RowRefused("答复时间早于留言时间")
    if answered_at > timezone.now():
        raise RowRefused("答复时间在将来")
    if len(title) > LONGEST_TITLE:  # nothing is lost: the whole title opens the content
        content = f"{title}\n{content}"[:LONGEST]
        title = title[: LONGEST_TITLE - 1] + "…"
    return Message(token, title, content, asked_at, answer, answered_at)


def read_time(value: Any, name: str) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return timezone.make_aware(value)
    if isinstance(value, dt.date):
        return timezone.make_aware(dt.datetime.combine(value, dt.time()))
    for form in FORMATS:
        try:
            return timezone.make_aware(dt.datetime.strptime(str(value).strip(), form))  # noqa: DTZ007
        except ValueError:
            continue
    raise RowRefused(f"{name}“{str(value).strip()[:30]}”不是日期")


class Cast:
    """Who does what in the county that the messages are carried through; looked up once."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.hub = Station.objects.filter(county=county, kind=Kind.HUB).first()
        staff = {
            seat.station_id: seat.user
            for seat in StationStaff.objects.filter(station__county=county, user__is_active=True).select_related("user")
        }
        towns = Station.objects.filter(county=county, kind=Kind.TOWNSHIP, is_active=True).order_by("path")
        self.towns = [(town, staff[town.pk]) for town in towns if town.pk in staff]
        if self.hub is None or self.hub.pk not in staff or not self.towns:
            raise ReplayError(f"{county}的中心站或乡镇联络站还没有工作人员账号。")
        self.office: User = staff[self.hub.pk]
        self.departments = self._departments()
        if not self.departments:
            raise ReplayError(f"{county}的县直承办单位还没有经办人账号。")
        deputies = Deputy.objects.serving().filter(county=county, user__isnull=False).select_related("user")
        self.deputies: dict[int, list[Deputy]] = {}
        for deputy in deputies.order_by("pk"):
            self.deputies.setdefault(deputy.home_station_id or 0, []).append(deputy)

    def _departments(self) -> list[tuple[Department, User]]:
        rows = Department.objects.filter(station=self.hub, is_active=True, staff__isnull=False).order_by("pk")
        return [(row, row.staff.select_related("user")[0].user) for row in rows.distinct()]

    def department(self, field_: str) -> tuple[Department, User]:
        covering = (pair for pair in self.departments if field_ in pair[0].fields.split(","))
        return next(covering, self.departments[0])


def replay(path: Path, county: County, *, limit: int | None = None) -> Report:
    """Carry every row of ``path`` that can be carried; a row that was carried before is left alone."""
    people, report = Cast(county), Report()
    tokens = set(Suggestion.objects.filter(form_token__startswith="replay:").values_list("form_token", flat=True))
    towns = cycle(people.towns)
    for carried, (number, row) in enumerate(read_rows(path)):
        if limit is not None and carried >= limit:
            break
        town = next(towns)
        try:
            message = read_message(row)
            if f"replay:{message.token}" in tokens:
                report.already += 1
                continue
            with transaction.atomic(), outbox.muted():
                case, late = _carry(message, people, *town)
        except RowRefused as refusal:
            report.refused.append((number, str(refusal)))
            continue
        tokens.add(f"replay:{message.token}")
        report.states[case.state] += 1
        report.overdue += late
    return report


def _carry(message: Message, people: Cast, town: Station, clerk: User) -> tuple[Suggestion, bool]:
    """The case at its end, and whether any step came after its limit."""
    deputies = people.deputies.get(town.pk, [])
    deputy = deputies[len(message.token + message.title) % len(deputies)] if deputies else None
    field_ = suggest_field(message.title, message.content) or "construction"
    department, handler = people.department(field_)
    case = workflow.submit(
        station=town,
        title=message.title,
        content=message.content,
        voter=VoterData(),
        deputy=deputy,
        token=f"replay:{message.token}",
        at=message.asked_at,
    )
    span = message.answered_at - message.asked_at
    deputy_user = deputy.user if deputy and deputy.user else clerk
    after_reply = message.answered_at
    steps: Sequence[tuple[str, User, dict[str, Any]]] = (
        ("accept", clerk, {}),
        ("escalate", clerk, {"opinion": "需县直单位办理。"}),
        ("classify", people.office, {"field": field_, "kind": "opinion"}),
        ("assign", people.office, {"lead": department, "instruction": "请按时办理并答复。"}),
        ("take", handler, {}),
        ("report", handler, {"result_kind": result_kind(message.answer), "text": message.answer}),
        ("return_result", people.office, {}),
        ("hand_over", clerk, {}),
    )
    late = False
    for action, by, matter in steps:
        at = message.asked_at + span * SHARES[action]
        late |= case.is_overdue(timezone.localdate(at))
        case = getattr(workflow, action)(case.pk, by=by, at=at, **matter)
    late |= case.is_overdue(timezone.localdate(after_reply))
    case = workflow.reply(case.pk, text=message.answer, by=deputy_user, at=after_reply)
    if case.due_on is not None and case.due_on < timezone.localdate():
        at = timezone.make_aware(dt.datetime.combine(case.due_on + dt.timedelta(days=1), dt.time(1)))
        case = workflow.archive(case.pk, by=Voice.CLOCK, at=at)
    return case, late


def result_kind(answer: str) -> ResultKind:
    """What the answer says came of the matter, by its words; solved where it says nothing else."""
    for kind, words in RESULT_WORDS:
        if any(word in answer for word in words):
            return kind
    return ResultKind.SOLVED


def state_label(state: str) -> str:
    return str(State(state).label)
