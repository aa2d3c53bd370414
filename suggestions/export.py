"""The ledger as a county office hands it on: one row a case, with its assignment, its voters and its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils import timezone

from liaison.lib.paging import ordering
from liaison.lib.xlsx import Column
from suggestions.ledger import Ledger
from suggestions.models import Assignment, AssignmentRole, Suggestion, Voter

if TYPE_CHECKING:
    from stations.seats import Seats

CHUNK = 500  # cases held in memory at once

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
)


@dataclass
class Sheet:
    """The rows of ``ledger``, read in portions. ``shown`` grows with each case whose voters are given in full."""

    ledger: Ledger
    shown: int = 0

    def __iter__(self) -> Iterator[list[Any]]:
        seats, today = self.ledger.user.seats, self.ledger.faces.today
        for case in self._cases():
            in_full = may_see_voters(seats, case)
            self.shown += in_full and bool(case.voters.all())
            yield row(case, in_full=in_full, today=today)

    def _cases(self) -> Iterator[Suggestion]:
        """In the order of the page. The keys are read first, so that a case that moves meanwhile comes once."""
        keys = self.ledger.cases.order_by(*ordering(self.ledger.order)).values_list("pk", flat=True)
        portion: list[int] = []
        for pk in keys.iterator(chunk_size=CHUNK):
            portion.append(pk)
            if len(portion) == CHUNK:
                yield from fetch(portion)
                portion = []
        yield from fetch(portion)


def fetch(pks: list[int]) -> Iterator[Suggestion]:
    assignments = Assignment.objects.filter(is_current=True).select_related("department").order_by("pk")
    voters = Voter.objects.only("suggestion_id", "name", "phone", "erased_at").order_by("pk")
    cases = Suggestion.objects.select_related("station", "desk", "lead", "deputy", "reception_day").defer(
        "search", "query_code"
    )
    found = cases.prefetch_related(Prefetch("assignments", assignments), Prefetch("voters", voters)).in_bulk(pks)
    return (found[pk] for pk in pks if pk in found)


def may_see_voters(seats: Seats, case: Suggestion) -> bool:
    """In full only for staff of the station where the case came in or of its desk, and of the stations above them."""
    return seats.covers(case.station) or seats.covers(case.desk)


def row(case: Suggestion, *, in_full: bool, today: dt.date) -> list[Any]:
    """One case under ``COLUMNS``."""
    rows = list(case.assignments.all())
    lead = next((one for one in rows if one.role == AssignmentRole.LEAD), None)
    voters = list(case.voters.all())
    return [
        case.number,
        case.get_kind_display(),
        case.get_channel_display(),
        case.get_field_display(),
        case.title,
        case.content,
        case.demand,
        case.happened_on,
        case.station.name,
        case.desk.name,
        case.reception_day.date if case.reception_day else None,
        case.deputy.name if case.deputy else "",
        case.officer_help,
        "、".join((one.name if in_full else "") or one.masked_name for one in voters),
        "、".join(filter(None, (one.phone if in_full else one.masked_phone for one in voters))),
        case.lead.name if case.lead else "",
        "、".join(one.department.name for one in rows if one.role == AssignmentRole.CO),
        local_day(lead.assigned_at) if lead else None,
        lead.due_on if lead else case.due_on,
        case.get_state_display(),
        is_late(case, lead, today),
        case.get_result_kind_display(),
        case.grade,
        local_day(case.replied_at),
        case.get_satisfaction_display(),
        local_day(case.closed_at),
    ]


def local_day(moment: dt.datetime | None) -> dt.date | None:
    return timezone.localdate(moment) if moment else None


def is_late(case: Suggestion, lead: Assignment | None, today: dt.date) -> bool:
    """Past its running limit today, or reported by its department after the limit that it was given."""
    if case.is_overdue(today):
        return True
    return lead is not None and lead.finished_at is not None and timezone.localdate(lead.finished_at) > lead.due_on
