"""What is entered in the demo deputies' duty records: training, 述职, commendations, the five ones, what was given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils import timezone

from demo.network import Network
from deputies.models import Deputy, DutyEntry, DutyKind, DutyWeight, Level, Scored, Status

K = DutyKind
PROJECT = "沿太行高速博爱段前期征地、拆迁"
FIVE = (
    (K.IDEA, "建议集中连片建设四大怀药基地", "提出统一供种、统一收购的办法，已被乡镇采纳。"),
    (K.PROBLEM, "协调解决村东灌溉渠漏水", "会同水利站和村委会维修渠段 320 米，恢复灌溉 400 亩。"),
    (K.WEAKNESS, "补齐村级垃圾收集短板", "推动增设分类收集点 6 处，实行日产日清。"),
    (K.HIGHLIGHT, "打造代表接待规范化示范点", "接待、登记、交办、反馈全程留痕。"),
    (K.BRAND, "树立“有事找代表”品牌", "每周一晚在村头广场听意见，群众知晓率明显提高。"),
)
GIVEN = (
    (K.MONEY, Decimal(5000), "支持沿线拆迁户过渡安置。"),
    (K.WORK, Decimal(6), "入户讲政策、清点附着物。"),
    (K.PEOPLE, Decimal(4), "组织村民小组长参加征迁工作组。"),
)
COMMENDED = ("县优秀人大代表", "县优秀代表建议", "市履职先进个人")
WEIGHTS = (
    (Scored.MEETINGS, "5", "20"),
    (Scored.INSPECTIONS, "4", "12"),
    (Scored.TRAINING, "3", "9"),
    (Scored.RECEPTIONS, "5", "20"),
    (Scored.CONTACTS, "0.2", "12"),
    (Scored.CASES, "2", "10"),
    (Scored.REPLIES, "1", "5"),
    (Scored.REPORTS, "6", "6"),
    (Scored.FIVE_ONES, "1", "5"),
    (Scored.COMMENDATIONS, "1", "1"),
)


def add_duty(network: Network, anchor: dt.date) -> None:
    rows = [*_of_deputies(network, anchor), *_of_stations(network, anchor)]
    DutyEntry.objects.bulk_create(rows, batch_size=500)
    DutyWeight.objects.bulk_create(
        DutyWeight(county=network.county, item=item, points=Decimal(points), most=Decimal(most))
        for item, points, most in WEIGHTS
    )


def _entry(day: dt.date, kind: DutyKind, title: str, **more: Any) -> DutyEntry:
    at = timezone.make_aware(dt.datetime.combine(day, dt.time(16)))
    return DutyEntry(happened_on=day, kind=kind, title=title, entered_at=at, **{"confirmed_at": at, **more})


def _of_deputies(network: Network, anchor: dt.date) -> Iterator[DutyEntry]:
    """County deputies; of what lies before the anchor's year nothing is told."""
    days = [anchor - dt.timedelta(days=back) for back in (12, 40, 71, 110, 150)]
    found = Deputy.objects.filter(county=network.county, level=Level.COUNTY, status=Status.SERVING).order_by("pk")
    for number, one in enumerate(found):
        if number % 3 != 2:
            yield _entry(days[4], K.TRAINING, "县人大代表履职能力提升班", deputy=one, place="县委党校")
        if number % 4 == 0:
            yield _entry(
                days[3], K.INSPECTION, "视察民生实事项目进展", deputy=one, detail="实地看了三个项目点，提出意见 2 条。"
            )
        if number % 5 == 0:
            yield _entry(days[2], K.ACTIVITY, "代表小组学习讨论", deputy=one, place="代表联络站")
        if number % 5 == 1:
            yield _report(days[1], one, number)
        if number % 2 == 0:  # 100 余人到项目现场
            kind, amount, detail = GIVEN[number // 2 % 3]
            yield _entry(days[3], kind, PROJECT, deputy=one, amount=amount, detail=detail)
        if number % 20 == 0:
            yield _entry(days[1], K.COMMENDATION, COMMENDED[number // 20 % 3], deputy=one)
        if number % 6 == 0:
            kind, title, detail = FIVE[number // 6 % 5]
            yield _entry(days[2], kind, title, deputy=one, detail=detail)
        if number % 30 == 7:  # the deputy's own, waiting for the office
            yield _entry(days[0], K.ACTIVITY, "走访联系户并宣讲政策", deputy=one, confirmed_at=None)


def _report(day: dt.date, deputy: Deputy, number: int) -> DutyEntry:
    votes = {"satisfied": 24 + number % 9, "basically": 4 + number % 3, "dissatisfied": number % 3}
    title = "向原选区选民述职并接受评议"
    return _entry(
        day, K.REPORT, title, deputy=deputy, place="村文化大院", detail="报告一年履职情况，回答选民提问。", **votes
    )


def _of_stations(network: Network, anchor: dt.date) -> Iterator[DutyEntry]:
    for number, station in enumerate(network.townships.values()):
        for place, (kind, title, detail) in enumerate(FIVE[: 5 - number % 2]):
            day = anchor - dt.timedelta(days=30 + 20 * place + number)
            yield _entry(day, kind, title, station=station, detail=detail)
