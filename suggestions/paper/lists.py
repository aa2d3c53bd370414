"""建议目录 and 单位测评表 of a period, as rows: the print page and the Excel file read the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from liaison.lib.xlsx import Column
from suggestions.choices import Satisfaction
from suggestions.models import (
    Assignment,
    AssignmentRole,
    Formal,
    FormalSigner,
    SignerState,
    Suggestion,
    SuggestionQuerySet,
)
from suggestions.paper.forms import FORMAL
from suggestions.paper.periods import Period

if TYPE_CHECKING:
    from accounts.models import User

CATALOGUE_COLUMNS = (
    Column("编号", 16),
    Column("单位", 26),
    Column("姓名", 12),
    Column("标题", 44),
    Column("拟主办单位", 24),
    Column("备注", 16),
)
RATING_COLUMNS = (
    Column("序号", 8, "int"),
    Column("承办单位", 28),
    Column("承办数", 10, "int"),
    Column("满意", 10, "int"),
    Column("基本满意", 10, "int"),
    Column("不满意", 10, "int"),
    Column("备注", 34),
)
# Below this many ratings a percentage says more about chance than about a department, and none is given.
FEW = 10


def catalogue(user: User, period: Period, *, with_opinions: bool = False) -> SuggestionQuerySet:
    """What deputies raised and ``user`` may see, registered in ``period``; ``with_opinions``: what voters brought, too."""
    start, after = period.moments
    seen = Suggestion.objects.visible_to(user).filter(created_at__gte=start, created_at__lt=after)
    if not with_opinions:
        seen = seen.filter(kind__in=FORMAL)
    shown = ("number", "title", "kind", "state", "supervised_at", "station__name", "lead__name", "deputy__name")
    paper = ("delegation", "seq", "wished", "kind", "session", "in_session", "term__name")
    seen = seen.select_related("station", "lead", "deputy__home_station", "formal__term")
    signed = FormalSigner.objects.filter(formal__case=OuterRef("pk"), state=SignerState.CONFIRMED).order_by()
    counted = signed.values("formal").annotate(number=Count("pk")).values("number")
    seen = seen.annotate(co_signed=Coalesce(Subquery(counted), 0))
    columns = (*shown, "deputy__home_station__name", *(f"formal__{name}" for name in paper))
    return seen.only(*columns).order_by("year", "seq", "pk")


def catalogue_row(case: Suggestion) -> list[Any]:
    """Under ``CATALOGUE_COLUMNS``. 单位 is the delegation of a paper, else the deputy's station (the group the deputy
    belongs to); 姓名 says how many signed."""
    if case.is_formal:
        return _paper_row(case, case.formal)
    home = case.deputy.home_station if case.deputy else None
    return [
        case.number,
        (home or case.station).name,
        case.deputy.name if case.deputy else "",
        case.title,
        case.lead.name if case.lead else "",
        case.get_state_display() + ("，县督办" if case.supervised_at else ""),
    ]


def _paper_row(case: Suggestion, paper: Formal) -> list[Any]:
    signed = 1 + case.co_signed  # type: ignore[attr-defined]
    name = case.deputy.name if case.deputy else ""
    return [
        paper.number,
        paper.delegation,
        f"{name}等 {signed} 名" if signed > 1 else name,
        case.title,
        case.lead.name if case.lead else paper.wished,
        case.get_state_display() + ("，县督办" if case.supervised_at else ""),
    ]


@dataclass(frozen=True)
class Rated:
    """One department of the period."""

    name: str
    handled: int
    satisfied: int
    basically: int
    dissatisfied: int

    @property
    def votes(self) -> int:
        return self.satisfied + self.basically + self.dissatisfied

    @property
    def remark(self) -> str:
        """The rate is (满意 + 基本满意) / valid votes; with few votes there is none."""
        if not self.votes:
            return "没有评价"
        if self.votes < FEW:
            return f"评价 {self.votes} 件，不足 {FEW} 件，不计满意率"
        return f"评价 {self.votes} 件，满意率 {(self.satisfied + self.basically) / self.votes:.1%}"

    @property
    def numbers(self) -> list[int]:
        return [self.handled, self.satisfied, self.basically, self.dissatisfied]


def ratings(user: User, period: Period) -> list[Rated]:
    """The lead departments of the cases assigned in ``period`` that ``user`` may see, in the order of the tree, not of
    their numbers: a place in a row of small numbers is chance."""
    start, after = period.moments
    assigned = Assignment.objects.filter(
        suggestion=OuterRef("pk"),
        department=OuterRef("lead"),
        role=AssignmentRole.LEAD,
        assigned_at__gte=start,
        assigned_at__lt=after,
    )
    seen = Suggestion.objects.visible_to(user).filter(Exists(assigned), lead__isnull=False).order_by()
    counts = {f"n_{one}": Count("pk", filter=Q(satisfaction=one)) for one in Satisfaction.values}
    found: Any = seen.values("lead", "lead__name").annotate(handled=Count("pk"), **counts)
    return [
        Rated(row["lead__name"], row["handled"], row["n_satisfied"], row["n_basically"], row["n_not"])
        for row in found.order_by("lead__station__path", "lead__name", "lead")
    ]


def rating_rows(rated: list[Rated]) -> Iterator[list[Any]]:
    """Under ``RATING_COLUMNS``, the sum last."""
    for number, one in enumerate(rated, start=1):
        yield [number, one.name, *one.numbers, one.remark]
    if rated:
        yield [None, "合计", *(sum(column) for column in zip(*(one.numbers for one in rated), strict=True)), ""]
