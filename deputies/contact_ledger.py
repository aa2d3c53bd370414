"""代表联系群众登记表: whom deputies keep contact with, and each contact. One sees those of deputies whose log one keeps, and
these in full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max
from django.http import QueryDict

from deputies.models import Constituent, Contact
from liaison.lib.extracts import Extract
from liaison.lib.xlsx import Column
from stations.ledgers import Names, asked_period, place_words, wanted_station
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User

CONSTITUENT_COLUMNS = (
    Column("代表", 12),
    Column("层级", 12),
    Column("代表所在站", 28),
    Column("联系群众姓名", 14),
    Column("住址", 28),
    Column("电话", 16),
    Column("开始联系", 12, "date"),
    Column("停止联系", 12, "date"),
    Column("联系次数", 10, "int"),
    Column("最近联系", 12, "date"),
)
CONTACT_COLUMNS = (
    Column("代表", 12),
    Column("层级", 12),
    Column("代表所在站", 28),
    Column("联系群众姓名", 14),
    Column("住址", 28),
    Column("电话", 16),
    Column("联系时间", 12, "date"),
    Column("方式", 8),
    Column("联系情况", 40),
    Column("反映问题", 40),
    Column("处理情况", 40),
    Column("填报时间", 18, "datetime"),
)
DEPUTY_ORDER = ("deputy__home_station__path", "deputy__pinyin", "deputy_id")


def constituents(user: User, data: QueryDict) -> Extract:
    """The lists of contacts, those that ended too."""
    top = wanted_station(user, data)
    found = Constituent.objects.visible_to(user)
    found = found.filter(deputy__home_station__in=Station.objects.within(top)) if top else found
    counted = found.select_related("deputy__home_station__parent").annotate(
        talks=Count("contacts"), latest=Max("contacts__happened_on")
    )

    names = Names(user)

    def read(of: Extract) -> Iterator[list[Any]]:
        for one in counted.order_by(*DEPUTY_ORDER, "pk").iterator(chunk_size=500):
            of.in_full += not one.erased_at
            yield [*_who(one, names), one.since, one.until, one.talks, one.latest]

    return Extract("constituents", "联系群众名册", place_words(top), CONSTITUENT_COLUMNS, found, read)


def contacts(user: User, data: QueryDict) -> Extract:
    top, since, until, words = asked_period(user, data)
    found = Contact.objects.visible_to(user).between(since, until)
    found = found.filter(deputy__home_station__in=Station.objects.within(top)) if top else found

    names = Names(user)

    def read(of: Extract) -> Iterator[list[Any]]:
        rows = found.select_related("constituent__deputy__home_station__parent")
        for talk in rows.order_by(*DEPUTY_ORDER, "happened_on", "pk").iterator(chunk_size=500):
            of.in_full += not talk.constituent.erased_at
            yield [
                *_who(talk.constituent, names),
                talk.happened_on,
                talk.get_way_display(),
                talk.summary,
                talk.asked,
                talk.handling,
                talk.entered_at,
            ]

    return Extract("contacts", "联系群众登记表", words, CONTACT_COLUMNS, found, read)


def _who(one: Constituent, names: Names) -> list[Any]:
    deputy = one.deputy
    home = names(deputy.home_station)
    return [deputy.name, deputy.get_level_display(), home, one.name or one.masked_name, one.address, one.phone]
