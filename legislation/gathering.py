"""What goes up: one Excel and one Word of a draft's opinions in the order of its articles, without anybody's personal data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.utils import timezone

from legislation import counts
from legislation.models import IN_ORDER, DraftLaw, GiverKind, Opinion
from liaison.lib.word import WordReport
from liaison.lib.xlsx import Column
from receptions.dates import plain_date

COLUMNS = (
    Column("序号", 6, "int"),
    Column("章", 16),
    Column("条", 10),
    Column("草案条文", 44),
    Column("意见建议", 50),
    Column("建议修改为", 40),
    Column("提出人", 18),
    Column("征集站点", 26),
    Column("提出日期", 12, "date"),
    Column("相同意见", 10, "int"),
    Column("采纳情况", 10),
    Column("通过后的条文", 40),
    Column("理由", 30),
)


def mains(draft: DraftLaw) -> list[Opinion]:
    """The matters in the order of the articles, those on the whole draft last, each with ``equal``: how many opinions it is."""
    found = draft.opinions.main().annotate(equal=Count("merged") + 1)
    return list(found.select_related("article", "deputy", "station").order_by(*IN_ORDER))


def rows(draft: DraftLaw) -> Iterator[list[Any]]:
    for number, one in enumerate(mains(draft), start=1):
        article = one.article
        yield [
            number,
            article.chapter if article else "",
            one.where,
            article.text if article else "",
            one.text,
            one.wording,
            giver(one),
            one.station.name,
            timezone.localtime(one.given_at).date(),
            one.equal,  # type: ignore[attr-defined]
            one.get_outcome_display(),
            one.adopted_text,
            one.outcome_reason,
        ]


def giver(one: Opinion) -> str:
    """Deputies by name; the others by kind alone."""
    return f"{one.deputy.name}代表" if one.deputy else GiverKind(one.kind).label


def words(draft: DraftLaw) -> str:
    found = counts.totals(draft.opinions.all())
    return (
        f"{plain_date(draft.opens_on)}至{plain_date(draft.closes_on)}共收到意见 {found.collected} 条："
        f"代表 {found.deputies} 条，工作人员 {found.staff} 条，群众 {found.public} 条。"
        f"合并相同意见后 {draft.opinions.main().count()} 条。"
    )


def word(draft: DraftLaw) -> bytes:
    report = WordReport(subject=f"{draft.title}意见汇总")
    report.title(f"{draft.title}意见汇总", f"{draft.county.name}人大常委会立法联系点")
    report.text(words(draft))
    last: Any = object()
    for number, one in enumerate(mains(draft), start=1):
        if one.article != last:
            report.heading(one.where if one.article else "对整部草案的意见")
            if one.article:
                report.text(f"草案条文：{one.article.text}")
            last = one.article
        equal = one.equal  # type: ignore[attr-defined]
        same = f"，相同意见 {equal} 条" if equal > 1 else ""
        report.text(f"{number}. {one.text}（{giver(one)}，{one.station.name}{same}）")
        if one.wording:
            report.text(f"建议修改为：{one.wording}")
        if one.outcome:
            reason = f"理由：{one.outcome_reason}" if one.outcome_reason else ""
            adopted = f"通过后的条文：{one.adopted_text}" if one.adopted_text else ""
            report.text("。".join(filter(None, (f"采纳情况：{one.get_outcome_display()}", adopted, reason))))
    return report.save()
