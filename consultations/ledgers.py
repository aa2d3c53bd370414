"""Consultations and their promises as ledgers: one row each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from consultations.figures import ratings_of
from consultations.models import Consultation, PartyKind, Promise, PromiseState, Step
from liaison.lib.extracts import Extract
from liaison.lib.xlsx import Column
from stations.ledgers import asked_period
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User

CONSULTATION_COLUMNS = (
    Column("协商日期", 12, "date"),
    Column("站点", 28),
    Column("议题", 34),
    Column("形式", 16),
    Column("步骤", 10),
    Column("来自意见", 24),
    Column("召集单位", 24),
    Column("人大代表", 28),
    Column("责任方", 36),
    Column("到场代表", 10, "int"),
    Column("到场责任方", 10, "int"),
    Column("到场群众", 10, "int"),
    Column("协商结果", 40),
    Column("承诺事项", 10, "int"),
    Column("已兑现", 10, "int"),
    Column("按期兑现", 10, "int"),
    Column("满意", 8, "int"),
    Column("基本满意", 10, "int"),
    Column("不满意", 8, "int"),
    Column("已公示", 20),
    Column("办结日期", 12, "date"),
    Column("办结情况", 40),
)
PROMISE_COLUMNS = (
    Column("协商日期", 12, "date"),
    Column("站点", 28),
    Column("议题", 34),
    Column("承诺事项", 40),
    Column("承诺方", 28),
    Column("兑现期限", 12, "date"),
    Column("状态", 12),
    Column("兑现日期", 12, "date"),
    Column("按期", 8),
    Column("兑现情况", 40),
    Column("最近进展", 40),
)


def consultations(user: User, data: QueryDict) -> Extract:
    top, since, until, words = asked_period(user, data)
    found = Consultation.objects.visible_to(user).filter(date__range=(since, until))
    found = found.filter(station__in=Station.objects.within(top)) if top else found
    related = ("parties__deputy", "parties__department", "promises", "cases", "releases__notice")

    def read(of: Extract) -> Iterator[list[Any]]:
        rows = found.select_related("station", "brand").order_by("date", "station__path", "pk")
        for one in rows.prefetch_related(*related).iterator(chunk_size=500):
            yield _row(one)

    return Extract("consultations", "协商议事台账", words, CONSULTATION_COLUMNS, found, read)


def _row(one: Consultation) -> list[Any]:
    parties, promises = list(one.parties.all()), list(one.promises.all())
    came = [party for party in parties if party.signed_in_at]
    kept = [promise for promise in promises if promise.state == PromiseState.KEPT]
    public = [Step(row.step).label for row in one.releases.all() if row.notice.on_board]
    return [
        one.date,
        one.station.name,
        one.topic,
        one.brand.name if one.brand else "",
        one.get_state_display(),
        "、".join(sorted(case.number for case in one.cases.all())),
        one.office,
        "、".join(party.label for party in parties if party.kind == PartyKind.DEPUTY),
        "、".join(party.label for party in parties if party.kind == PartyKind.RESPONSIBLE),
        sum(party.kind == PartyKind.DEPUTY for party in came),
        sum(party.kind == PartyKind.RESPONSIBLE for party in came),
        one.residents_came,
        one.agreement,
        len(promises),
        len(kept),
        sum(promise.in_time for promise in kept),
        *ratings_of(one),
        "、".join(public),
        one.finished_on,
        one.outcome,
    ]


def promises(user: User, data: QueryDict) -> Extract:
    """Of consultations held in the period."""
    top, since, until, words = asked_period(user, data)
    found = Promise.objects.visible_to(user).filter(consultation__date__range=(since, until))
    found = found.filter(consultation__station__in=Station.objects.within(top)) if top else found

    def read(of: Extract) -> Iterator[list[Any]]:
        rows = found.select_related("department", "consultation__station").prefetch_related("progress")
        for promise in rows.order_by("consultation__date", "consultation_id", "due_on", "pk").iterator(chunk_size=500):
            one, latest = promise.consultation, next(iter(promise.progress.all()), None)
            yield [
                one.date,
                one.station.name,
                one.topic,
                promise.what,
                promise.owner,
                promise.due_on,
                "超期未兑现" if promise.is_overdue else promise.get_state_display(),
                promise.ended_on,
                promise.in_time if promise.state == PromiseState.KEPT else "",
                promise.ending,
                f"{latest.happened_on:%Y-%m-%d} {latest.text}" if latest else "",
            ]

    return Extract("promises", "协商承诺台账", words, PROMISE_COLUMNS, found, read)
