"""Reception days and rosters as ledgers: one row a day, and one row a duty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Prefetch, Q
from django.http import QueryDict

from deputies.access import may_see_private
from liaison.lib.extracts import Extract
from liaison.lib.xlsx import Column
from receptions.models import Duty, OfficerSignIn, ReceptionDay
from stations.ledgers import Names, asked_period, shown
from stations.models import Station
from workdays.calendar import WEEKDAYS

if TYPE_CHECKING:
    from accounts.models import User

DAY_COLUMNS = (
    Column("接待日", 12, "date"),
    Column("星期", 8),
    Column("站点", 28),
    Column("开始时间", 10),
    Column("结束时间", 10),
    Column("地点", 24),
    Column("主题", 24),
    Column("本月活动", 24),
    Column("特色载体", 16),
    Column("状态", 10),
    Column("值班代表", 30),
    Column("到站代表", 30),
    Column("到站驻站人员", 20),
    Column("来访人次", 10, "int"),
    Column("登记意见", 10, "int"),
    Column("当场答复", 10, "int"),
    Column("接待小结", 40),
    Column("说明", 30),
)
DUTY_COLUMNS = (
    Column("接待日", 12, "date"),
    Column("星期", 8),
    Column("站点", 28),
    Column("开始时间", 10),
    Column("结束时间", 10),
    Column("代表", 12),
    Column("层级", 10),
    Column("代表所在站", 28),
    Column("电话", 16),
    Column("收到", 8),
    Column("签到时间", 18, "datetime"),
    Column("佩戴代表证", 12),
    Column("缺席原因", 24),
    Column("接待日状态", 12),
)


def days(user: User, data: QueryDict) -> Extract:
    top, since, until, words = asked_period(user, data)
    seen = ReceptionDay.objects.visible_to(user).filter(date__range=(since, until))
    seen = seen.filter(station__in=Station.objects.within(top)) if top else seen
    found = seen.select_related("station__parent", "brand").annotate(
        matters=Count("suggestions"), answered=Count("suggestions", filter=Q(suggestions__on_the_spot=True))
    )
    duties = Duty.objects.select_related("deputy").order_by("deputy__pinyin", "pk")
    officers = OfficerSignIn.objects.select_related("officer").order_by("pk")
    ordered = found.order_by("date", "station__path", "pk").prefetch_related(
        Prefetch("duties", duties), Prefetch("officer_sign_ins", officers)
    )

    names = Names(user)

    def read(of: Extract) -> Iterator[list[Any]]:
        for day in ordered.iterator(chunk_size=500):
            on_duty = list(day.duties.all())
            yield [
                *_when_and_where(day, names),
                day.place,
                day.theme,
                day.activity,
                day.brand.name if day.brand else "",
                day.get_state_display(),
                "、".join(duty.deputy.name for duty in on_duty),
                "、".join(duty.deputy.name for duty in on_duty if duty.signed_in_at),
                "、".join(one.officer.name for one in day.officer_sign_ins.all()),
                day.visitors,
                day.matters,
                day.answered,
                day.summary,
                day.cancel_reason or day.why,
            ]

    return Extract("reception_days", "接待日台账", words, DAY_COLUMNS, seen, read)


def duties(user: User, data: QueryDict) -> Extract:
    """值班表: who was, or will be, on duty when, and whether there."""
    top, since, until, words = asked_period(user, data)
    seen = ReceptionDay.objects.visible_to(user).filter(date__range=(since, until))
    seen = seen.filter(station__in=Station.objects.within(top)) if top else seen
    found = Duty.objects.filter(day__in=seen)
    related = ("day__station__parent", "deputy__home_station__parent", "deputy__constituency__station")

    names = Names(user)

    def read(of: Extract) -> Iterator[list[Any]]:
        rows = found.select_related(*related).order_by("day__date", "day__station__path", "deputy__pinyin", "pk")
        for duty in rows.iterator(chunk_size=500):
            deputy = duty.deputy
            in_full = may_see_private(user, deputy)
            of.in_full += in_full
            yield [
                *_when_and_where(duty.day, names),
                deputy.name,
                deputy.get_level_display(),
                names(deputy.home_station),
                shown(deputy.phone, in_full),
                duty.is_acknowledged,
                duty.signed_in_at,
                duty.badge_worn if duty.signed_in_at else "",
                duty.absent_reason,
                duty.day.get_state_display(),
            ]

    return Extract("duties", "值班表", words, DUTY_COLUMNS, found, read)


def _when_and_where(day: ReceptionDay, names: Names) -> list[Any]:
    return [
        day.date,
        f"周{WEEKDAYS[day.date.weekday()]}",
        names(day.station),
        f"{day.starts_at:%H:%M}",
        f"{day.ends_at:%H:%M}",
    ]
