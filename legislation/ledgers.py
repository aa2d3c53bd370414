"""立法意见台账: one row an opinion, those set aside too, without personal data of the public."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.http import QueryDict

from legislation.gathering import giver
from legislation.models import Opinion
from liaison.lib.extracts import Extract
from liaison.lib.xlsx import Column
from stations.ledgers import asked_period
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User

COLUMNS = (
    Column("编号", 12),
    Column("草案", 34),
    Column("条", 10),
    Column("意见建议", 50),
    Column("建议修改为", 40),
    Column("提出人", 14),
    Column("征集站点", 28),
    Column("提出时间", 18, "datetime"),
    Column("并入", 12),
    Column("不作为意见的原因", 24),
    Column("采纳情况", 12),
    Column("通过后的条文", 40),
    Column("理由", 30),
)


def opinions(user: User, data: QueryDict) -> Extract:
    """Given within the period, collected by the station asked for or one below it."""
    top, since, until, words = asked_period(user, data)
    found = Opinion.objects.visible_to(user).filter(given_at__date__range=(since, until))
    found = found.filter(station__in=Station.objects.within(top)) if top else found
    order = ("draft_id", F("article__place").asc(nulls_last=True), "pk")
    rows = found.select_related("draft", "article", "station", "deputy", "main").order_by(*order)

    def read(of: Extract) -> Iterator[list[Any]]:
        for one in rows.iterator(chunk_size=500):
            says = one.standing
            yield [
                one.number,
                one.draft.title,
                one.where,
                one.text,
                one.wording,
                giver(one),
                one.station.name,
                one.given_at,
                one.main.number if one.main else "",
                one.set_aside,
                says.get_outcome_display(),
                says.adopted_text,
                says.outcome_reason,
            ]

    return Extract("opinions", "立法意见台账", words, COLUMNS, found, read)
