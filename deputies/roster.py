"""The roster: its filters, and the same rows as an Excel ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Replace
from django.http import QueryDict

from accounts.models import User
from deputies.access import may_see_private
from deputies.models import Deputy, Level, Status, Trade
from liaison.lib.extracts import Extract
from liaison.lib.xlsx import Column
from stations.ledgers import Names, shown, wanted_station
from stations.models import Station

UPPER, UPPER_LABEL, OF_UPPER = (
    "upper",
    "省、市代表",
    (Level.PROVINCE, Level.CITY),
)  # both levels above the county at once

COLUMNS = (
    Column("姓名", 10),
    Column("性别", 6),
    Column("民族", 8),
    Column("出生年月", 10),
    Column("党派", 12),
    Column("学历", 10),
    Column("单位及职务", 30),
    Column("层级", 10),
    Column("届次", 14),
    Column("届次开始日期", 14, "date"),
    Column("选区", 20),
    Column("代表证号", 14),
    Column("电话", 14),
    Column("联络站", 28),
    Column("小组", 12),
    Column("行业", 14),
    Column("状态", 12),
    Column("状态说明", 24),
    Column("登录账号", 10),
)


def matching(user: User, words: str) -> Q:
    """By name, post or constituency; Latin letters are pinyin, whole (``zhangwei``) or initials (``zw``). Staff who
    keep the roster find a deputy by phone and certificate as well."""
    if words.isascii() and words.replace(" ", "").isalpha():
        plain = words.replace(" ", "").lower()
        return Q(plain_pinyin__startswith=plain) | Q(initials__startswith=plain)
    condition = Q(name__icontains=words) | Q(post__icontains=words) | Q(constituency__name__icontains=words)
    if user.seats.is_station_staff:
        condition |= Q(phone=words) | Q(certificate=words)
    return condition


def chosen_station(user: User, data: QueryDict) -> Station | None:
    return wanted_station(user, data)


def filtered(user: User, data: QueryDict) -> QuerySet[Deputy]:
    """What ``user`` may see, narrowed by level, station (with its subtree), trade, status and words."""
    deputies = Deputy.objects.visible_to(user).annotate(plain_pinyin=Replace("pinyin", Value(" "), Value("")))
    if (level := data.get("level", "")) in Level.values:
        deputies = deputies.filter(level=level)
    elif level == UPPER:
        deputies = deputies.filter(level__in=OF_UPPER)
    if (trade := data.get("trade", "")) in Trade.values:
        deputies = deputies.filter(trade=trade)
    status = data.get("status", Status.SERVING)
    if status in Status.values:
        deputies = deputies.filter(status=status)
    if station := chosen_station(user, data):
        deputies = deputies.filter(home_station__in=Station.objects.within(station))
    elif data.get("station") == "none":
        deputies = deputies.filter(home_station__isnull=True)
    if words := data.get("q", "").strip():
        deputies = deputies.filter(matching(user, words))
    return deputies.select_related("county", "home_station__parent", "term", "constituency__station")


def description(user: User, data: QueryDict) -> str:
    """The filter in words, for the head of the Excel ledger."""
    parts = []
    if (level := data.get("level", "")) in Level.values:
        parts.append(Level(level).label)
    elif level == UPPER:
        parts.append(UPPER_LABEL)
    if station := chosen_station(user, data):
        parts.append(f"{station.name}及下级")
    elif data.get("station") == "none":
        parts.append("未编入站点")
    if (trade := data.get("trade", "")) in Trade.values:
        parts.append(f"{Trade(trade).label}行业")
    status = data.get("status", Status.SERVING)
    parts.append(Status(status).label if status in Status.values else "全部状态")
    if words := data.get("q", "").strip():
        parts.append(f"查找“{words}”")
    return "；".join(parts)


def extract(user: User, data: QueryDict) -> Extract:
    """The list as it is filtered. Phones are masked, birth and certificate left out where one does not keep the record."""
    deputies, names = filtered(user, data), Names(user)

    def read(of: Extract) -> Iterator[list[Any]]:
        for deputy in deputies.order_by("pinyin", "id").iterator(chunk_size=500):
            private = may_see_private(user, deputy)
            of.in_full += private
            yield row(deputy, names(deputy.home_station), private=private)

    return Extract("deputies", "代表名册", description(user, data), COLUMNS, deputies, read)


def row(deputy: Deputy, place: str, *, private: bool) -> list[Any]:
    """One deputy, at home at ``place``, under ``COLUMNS``."""
    return [
        deputy.name,
        deputy.gender,
        deputy.ethnicity,
        deputy.born_in if private else "",
        deputy.party,
        deputy.education,
        deputy.post,
        deputy.get_level_display(),
        deputy.term.name if deputy.term else "",
        deputy.term.starts_on if deputy.term else None,
        deputy.constituency.name if deputy.constituency else "",
        deputy.certificate if private else "",
        shown(deputy.phone, private),
        place or "未编入",
        deputy.group,
        deputy.get_trade_display(),
        deputy.get_status_display(),
        deputy.status_note if private else "",
        "有" if deputy.user_id else "",
    ]
