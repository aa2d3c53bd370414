"""代表建议、议案台账: one paper a row, with its signers, its number and how it was handled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q
from django.http import QueryDict
from django.utils import timezone

from liaison.lib.extracts import Extract
from liaison.lib.xlsx import Column
from stations.ledgers import asked_period
from stations.models import Station
from suggestions.models import Formal, FormalSigner, FormalState, SignerState
from suggestions.models.formal import FORMAL_KINDS

if TYPE_CHECKING:
    from accounts.models import User

COLUMNS = (
    Column("届次会议", 28),
    Column("类别", 10),
    Column("编号", 8, "int"),
    Column("标题", 40),
    Column("案由", 30),
    Column("案据", 40),
    Column("方案/建议内容", 50),
    Column("领域", 14),
    Column("代表团", 20),
    Column("领衔代表", 12),
    Column("附议代表", 36),
    Column("联名人数", 10, "int"),
    Column("受理站点", 24),
    Column("状态", 12),
    Column("立案日期", 12, "date"),
    Column("办理件", 16),
    Column("承办单位", 22),
    Column("办理状态", 12),
    Column("答复日期", 12, "date"),
    Column("领衔代表意见", 12),
)
STATES, KINDS = dict(FormalState.choices), dict(FORMAL_KINDS)


def extract(user: User, data: QueryDict) -> Extract:
    """What ``user`` sees, by kind and state as on the list; written in the period, by deputies of the place or received
    there."""
    top, since, until, words = asked_period(user, data)
    kind, state = data.get("kind", ""), data.get("state", "")
    found = Formal.objects.visible_to(user)
    found = found.filter(kind=kind) if kind in KINDS else found
    found = found.filter(state=state) if state in STATES else found
    found = found.filter(created_at__date__gte=since, created_at__date__lte=until)
    if top:
        places = Station.objects.within(top)
        found = found.filter(Q(station__in=places) | Q(lead__home_station__in=places))
    words = "，".join(filter(None, [words, KINDS.get(kind, ""), STATES.get(state, "")]))
    confirmed = FormalSigner.objects.filter(state=SignerState.CONFIRMED).select_related("deputy")

    def read(of: Extract) -> Iterator[list[Any]]:
        rows = found.for_page().prefetch_related(Prefetch("signers", confirmed, to_attr="confirmed"))
        for paper in rows.order_by("term__name", "session", "kind", "seq", "pk").iterator(chunk_size=500):
            yield _row(paper, [one.deputy.name for one in paper.confirmed])

    return Extract("formal", "代表建议、议案台账", words, COLUMNS, found, read)


def _row(paper: Formal, signers: list[str]) -> list[Any]:
    case = paper.case
    return [
        paper.sitting,
        paper.get_kind_display(),
        paper.seq,
        paper.title,
        paper.matter,
        paper.grounds,
        paper.content,
        paper.get_field_display(),
        paper.delegation,
        paper.lead.name,
        "、".join(signers),
        1 + len(signers),
        paper.station.name,
        paper.state_words,
        timezone.localdate(paper.filed_at) if paper.filed_at else None,
        case.number if case else "",
        case.lead.name if case and case.lead else "",
        case.get_state_display() if case else "",
        timezone.localdate(case.replied_at) if case and case.replied_at else None,
        case.get_satisfaction_display() if case else "",
    ]
