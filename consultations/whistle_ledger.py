"""吹哨报到台账: one row for each department that was called; one sees what the list of whistles shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from consultations.models import Call
from consultations.whistling import end_of
from liaison.lib.extracts import Extract
from liaison.lib.xlsx import Column
from stations.ledgers import asked_period
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User

COLUMNS = (
    Column("吹哨站点", 28),
    Column("吹哨时间", 18, "datetime"),
    Column("情形", 18),
    Column("事项", 36),
    Column("情况说明", 44),
    Column("意见编号", 16),
    Column("单位", 28),
    Column("状态", 14),
    Column("报到期限", 18, "datetime"),
    Column("期限依据", 16),
    Column("报到时间", 18, "datetime"),
    Column("报到人", 18),
    Column("报到地点", 24),
    Column("是否按时报到", 12),
    Column("办结期限", 12, "date"),
    Column("办结时间", 18, "datetime"),
    Column("办理结果", 44),
    Column("退哨理由", 36),
    Column("答复、裁定", 36),
    Column("响应评价", 10),
    Column("解决评价", 10),
    Column("满意评价", 10),
    Column("评价说明", 28),
    Column("单位评价吹哨", 20),
    Column("单位评价说明", 28),
)


def whistles(user: User, data: QueryDict) -> Extract:
    """By the day of the whistle; this year's where no days are asked for."""
    top, since, until, words = asked_period(user, data)
    found = Call.objects.visible_to(user).filter(
        whistle__blown_at__gte=end_of(since, dt.time()), whistle__blown_at__lt=end_of(until, dt.time.max)
    )
    found = found.filter(whistle__station__in=Station.objects.within(top)) if top else found

    def read(of: Extract) -> Iterator[list[Any]]:
        rows = found.select_related("whistle__station", "whistle__case", "department")
        for call in rows.order_by("whistle__blown_at", "whistle", "pk").iterator(chunk_size=500):
            yield _row(call)

    return Extract("whistles", "吹哨报到台账", words, COLUMNS, found, read)


def _row(call: Call) -> list[Any]:
    one = call.whistle
    return [
        one.station.name,
        one.blown_at,
        one.get_ground_display(),
        one.title,
        one.matter,
        one.case.number if one.case else "",
        call.department.name,
        call.get_state_display(),
        call.due_at,
        call.due_why,
        call.came_at,
        call.came_who,
        call.came_where,
        _in_time(call),
        call.finish_on,
        call.done_at,
        call.result,
        call.refusal,
        call.decision,
        call.get_response_display() if call.response else "",
        call.get_solved_display() if call.solved else "",
        call.get_content_display() if call.content else "",
        call.remark,
        call.get_justified_display() if call.justified else "",
        call.justified_remark,
    ]


def _in_time(call: Call) -> str:
    if call.came_at:
        return "迟到" if call.came_late else "按时"
    return "没有报到" if call.is_missed() else ""
