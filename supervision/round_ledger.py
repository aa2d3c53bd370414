"""满意度测评 as a ledger: one row for each subject of a counted round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils import timezone

from liaison.lib.extracts import Extract
from liaison.lib.xlsx import Column
from stations.ledgers import asked_period
from supervision.models import Choice, Subject
from supervision.models.round import COUNTED
from supervision.results import percent_words

if TYPE_CHECKING:
    from accounts.models import User

COLUMNS = (
    Column("年度", 8, "int"),
    Column("测评", 12),
    Column("名称", 30),
    Column("测评日期", 12, "date"),
    Column("方式", 14),
    Column("承办单位", 24),
    Column("事项", 28),
    *(Column(name, 8, "int") for name in ("出席", "发出", "收回", "有效")),
    *(Column(choice.label, 10, "int") for choice in Choice),
    Column("满意率", 10),
    Column("达标线", 10),
    Column("是否达标", 10),
    Column("整改状态", 14),
    Column("整改期限", 12, "date"),
    Column("公布时间", 18, "datetime"),
)


def rounds(user: User, data: QueryDict) -> Extract:
    """For the county office; nothing of a round that is not counted."""
    _, since, until, words = asked_period(user, data)
    found = Subject.objects.filter(
        round__county__in=user.seats.office_county_ids, round__state__in=COUNTED, round__held_on__range=(since, until)
    )

    def read(of: Extract) -> Iterator[list[Any]]:
        rows = found.select_related("round", "department", "rectification")
        for subject in rows.order_by("round__held_on", "round_id", "position", "pk").iterator(chunk_size=500):
            yield _row(subject)

    return Extract("rounds", "满意度测评台账", words, COLUMNS, found, read)


def _row(subject: Subject) -> list[Any]:
    one, line = subject.round, subject.round.pass_rate or 0
    rectification = getattr(subject, "rectification", None)
    return [
        one.year,
        one.get_kind_display(),
        one.title,
        one.held_on,
        one.get_way_display(),
        subject.department.name,
        subject.matter,
        *(one.present, one.issued, one.returned, one.valid),
        *subject.counts.values(),
        percent_words(subject.content, subject.votes),
        f"{line}%",
        "达标" if subject.reaches(line) else "未达标",
        rectification.get_state_display() if rectification else "",
        rectification.rectify_due if rectification else None,
        timezone.localtime(one.published_at) if one.published_at else None,
    ]
