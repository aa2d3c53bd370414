"""The ledger as a county office hands it on: one row a case, with its assignment, its voters and its end.

A hundred thousand cases are read in the time it takes to write them: plain rows instead of objects, three queries a
portion.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from liaison.lib.extracts import Extract
from liaison.lib.paging import ordering
from liaison.lib.reachable import masked_name, masked_phone
from liaison.lib.xlsx import Column
from stations.ledgers import Names
from stations.models import Station
from suggestions.choices import GRADES, OPEN_STATES, Channel, Field, Kind, RefuseReason, ResultKind, Satisfaction, State
from suggestions.ledger import Ledger
from suggestions.models import Assignment, AssignmentRole, Suggestion, Voter

CHUNK = 1000  # cases held in memory at once

COLUMNS = (
    Column("编号", 16),
    Column("类别", 10),
    Column("渠道", 10),
    Column("领域", 14),
    Column("标题", 30),
    Column("反映事项", 50),
    Column("诉求", 24),
    Column("反映日期", 12, "date"),
    Column("来源站点", 22),
    Column("当前站点", 22),
    Column("接待日", 12, "date"),
    Column("接待代表", 10),
    Column("驻站人员协助", 20),
    Column("来访人", 14),
    Column("联系电话", 16),
    Column("主办单位", 18),
    Column("协办单位", 18),
    Column("交办日期", 12, "date"),
    Column("办理时限", 12, "date"),
    Column("状态", 10),
    Column("是否逾期", 10),
    Column("办理结果", 14),
    Column("分类", 6),
    Column("回复日期", 12, "date"),
    Column("满意度", 10),
    Column("归档日期", 12, "date"),
    Column("办理情况", 40),
    Column("回复内容", 40),
    Column("不予受理原因", 20),
)


CASE = (
    "pk",
    "number",
    "kind",
    "channel",
    "field",
    "title",
    "content",
    "demand",
    "happened_on",
    "station__name",
    "station__path",
    "station_id",
    "desk__name",
    "desk__path",
    "desk_id",
    "reception_day__date",
    "deputy__name",
    "officer_help",
    "lead__name",
    "due_on",
    "state",
    "result_kind",
    "replied_at",
    "satisfaction",
    "closed_at",
    "result",
    "reply",
    "refuse_reason",
)
PART = ("suggestion_id", "role", "department__name", "assigned_at", "due_on", "finished_at")
VOTER = ("suggestion_id", "name", "phone", "erased_at")
KINDS, CHANNELS, FIELDS, STATES = (dict(labels.choices) for labels in (Kind, Channel, Field, State))
RESULTS, SATISFACTIONS, REASONS = (dict(labels.choices) for labels in (ResultKind, Satisfaction, RefuseReason))


def extract(ledger: Ledger) -> Extract:
    """What ``ledger`` asks for, in the order of its page."""
    return Extract(
        name="suggestions",
        title="群众意见台账",
        words=ledger.in_words(),
        columns=COLUMNS,
        source=ledger.cases,
        read=_Reader(ledger.user.seats.stations, ledger, Names(ledger.user).by_key()).rows,
    )


@dataclass
class _Reader:
    offices: Sequence[Station]
    ledger: Ledger
    names: Mapping[int, str]

    def rows(self, of: Extract) -> Iterator[list[Any]]:
        """The keys are read first, so that a case that moves meanwhile comes once."""
        keys = self.ledger.cases.order_by(*ordering(self.ledger.order)).values_list("pk", flat=True)
        pks = list(keys.iterator(chunk_size=20 * CHUNK))
        for begin in range(0, len(pks), CHUNK):
            yield from self._portion(pks[begin : begin + CHUNK], of)

    def _portion(self, pks: list[int], of: Extract) -> Iterator[list[Any]]:
        today = self.ledger.faces.today
        cases = {case[0]: case for case in Suggestion.objects.filter(pk__in=pks).order_by().values_list(*CASE)}
        parts, voters = defaultdict(list), defaultdict(list)
        current = Assignment.objects.filter(suggestion__in=pks, is_current=True)
        for part in current.order_by("pk").values_list(*PART):
            parts[part[0]].append(part[1:])
        for voter in Voter.objects.filter(suggestion__in=pks).order_by("pk").values_list(*VOTER):
            voters[voter[0]].append(voter[1:])
        for pk in pks:
            if case := cases.get(pk):
                in_full = self.may_see_voters(case[10], case[13])
                of.in_full += in_full and pk in voters
                yield row(case, parts[pk], voters[pk], in_full=in_full, today=today, names=self.names)

    def may_see_voters(self, *paths: str) -> bool:
        """In full only for staff of the station where the case came in or of its desk, and of the stations above
        them."""
        return any(path.startswith(own.path) for own in self.offices for path in paths)


def row(
    case: Sequence[Any],
    parts: list[Any],
    voters: list[Any],
    *,
    in_full: bool,
    today: dt.date,
    names: Mapping[int, str],
) -> list[Any]:
    """One case (``CASE``) with its current assignments (``PART``) and its voters (``VOTER``), under ``COLUMNS``. ``names``:
    of the stations whose name alone does not say which."""
    (_, number, kind, channel, field, title, content, demand, happened_on, *places) = case[:15]
    station, desk = (names.get(places[n + 2], places[n]) for n in (0, 3))
    (day, deputy, officer_help, department, due_on, state, result, replied_at, satisfaction, closed_at) = case[15:25]
    result_text, reply, refuse_reason = case[25:]
    lead = next((part for part in parts if part[0] == AssignmentRole.LEAD), None)
    people = [(name if in_full else "") or masked_name(name, erased_at) for name, _, erased_at in voters]
    phones = [phone if in_full else masked_phone(phone) for _, phone, _ in voters if phone]
    return [
        number,
        KINDS[kind],
        CHANNELS[channel],
        FIELDS.get(field, ""),
        title,
        content,
        demand,
        happened_on,
        station,
        desk,
        day,
        deputy,
        officer_help,
        "、".join(people),
        "、".join(phones),
        department,
        "、".join(part[1] for part in parts if part[0] == AssignmentRole.CO),
        local_day(lead[2]) if lead else None,
        lead[3] if lead else due_on,
        STATES[state],
        is_late(state, due_on, lead, today),
        RESULTS.get(result, ""),
        GRADES.get(result, ""),
        local_day(replied_at),
        SATISFACTIONS.get(satisfaction, ""),
        local_day(closed_at),
        result_text,
        reply,
        REASONS.get(refuse_reason, ""),
    ]


def local_day(moment: dt.datetime | None) -> dt.date | None:
    return moment.astimezone(timezone.get_default_timezone()).date() if moment else None


def is_late(state: str, due_on: dt.date | None, lead: Sequence[Any] | None, today: dt.date) -> bool:
    """Past its running limit today, or reported by its department after the limit that it was given."""
    if state in OPEN_STATES and due_on is not None and due_on < today:
        return True
    finished_at = local_day(lead[4]) if lead else None
    return lead is not None and finished_at is not None and finished_at > lead[3]
