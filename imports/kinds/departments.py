"""Departments that handle cases: of the county (at the hub) or of a township."""

from __future__ import annotations

from typing import Any

from imports.columns import Bad, Column, choice, folded, person, phone, several, text
from imports.kinds.base import Kind
from imports.rows import CHANGED, NEW, Plan, Row, Written, compare, put_changes, store_changed
from imports.scope import Scope
from stations.fields import Field
from stations.models import Department, Station
from stations.models import Kind as StationKind

LABELS = dict(Field.choices)


class Departments(Kind):
    key, label, measure = "departments", "承办单位", "个"
    about = "县直单位和乡镇（街道）的承办单位。研判时，同一领域的意见优先推荐给它们。"
    matched_by = "所属站和名称都相同"
    columns = (
        Column(
            "name",
            "名称",
            "单位名称，同一个站下不能重名。",
            text(60),
            ("单位", "单位名称", "承办单位", "承办单位名称"),
            required=True,
            examples=("示例县住房和城乡建设局", "示例镇农业服务中心"),
            width=28,
        ),
        Column(
            "station",
            "所属站",
            "县直单位属于县级中心站，乡镇单位属于乡镇（街道）联络站。不填就是本站。",
            text(130),
            ("所属", "所属站点", "联络站", "站点"),
            examples=("", "示例镇人大代表联络站"),
            offered="owners",
            width=30,
        ),
        Column("head", "负责人", "单位负责人姓名。", person(), ("单位负责人", "主要负责人")),
        Column("contact", "联系人", "平时联系的人。", person(), ("联络员", "经办人")),
        Column(
            "phone",
            "电话",
            "11 位手机号或带区号的座机。",
            phone,
            ("联系电话", "联系人电话", "手机", "手机号"),
            as_text=True,
        ),
        Column(
            "fields",
            "主管领域",
            "可以有几个，用顿号隔开：" + "、".join(LABELS.values()) + "。",
            several(Field.choices),
            ("领域", "主管领域（可多个）"),
            examples=("城乡建设、交通运输", "农业农村"),
            width=24,
        ),
        Column(
            "is_active",
            "状态",
            "不填按启用。已有单位的停用和恢复在单位页面办理。",
            choice([(True, "启用"), (False, "停用")], {"在用": True, "正常": True}),
            ("是否启用",),
            choices=("启用", "停用"),
        ),
    )
    shown = ("name", "station")

    def offered(self, scope: Scope) -> dict[str, list[str]]:
        return {"owners": [one.name for one in self._owners(scope)]}

    def _owners(self, scope: Scope) -> list[Station]:
        kinds = (StationKind.HUB, StationKind.TOWNSHIP)
        return [one for one in scope.places.stations if one.kind in kinds and scope.covers(one) and one.is_active]

    def show(self, name: str, value: Any) -> str:
        if name == "fields" and value:
            return "、".join(LABELS.get(code, code) for code in value.split(","))
        return value.name if isinstance(value, Station) else super().show(name, value)

    def plan(self, scope: Scope, rows: list[Row]) -> Plan:
        scope.places.learn({row.values["station"] for row in rows if "station" in row.values})
        stored = {
            (one.station_id, folded(one.name)): one
            for one in Department.objects.filter(station__county=scope.county).select_related("station")
        }
        seen: dict[Any, Row] = {}
        headings = self.headings()
        for row in rows:
            if row.troubles:
                continue
            try:
                is_closed = row.values.get("is_active") is False
                station = scope.office
                if "station" in row.values:
                    station = scope.places.find(row.values["station"], closed=is_closed)
            except Bad as bad:
                row.refuse("所属站", bad.why, bad.suggestion)
                continue
            if station.kind not in (StationKind.HUB, StationKind.TOWNSHIP):
                row.refuse("所属站", "承办单位只能属于县级中心站或乡镇（街道）联络站")
                continue
            key = (station.pk, folded(row.values["name"]))
            if key in seen:
                row.refuse("名称", f"和第 {seen[key].number} 行重复")
                continue
            seen[key] = row
            row.target = stored.get(key)
            if row.target is not None and row.target.is_active != row.values.get("is_active", True):
                row.refuse("状态", "停用和恢复请在单位页面办理")
                continue
            row.fields = {**row.values, "station": station}
            row.target = row.target or Department(**row.fields)
            compare(row, self.show, headings)
        return Plan(rows).settle()

    def write(self, scope: Scope, plan: Plan) -> Written:
        written = Written()
        made = [row.target for row in plan.rows if row.verdict == NEW]
        Department.objects.bulk_create(made, batch_size=500)
        changed = [row for row in plan.rows if row.verdict == CHANGED]
        names = {name for row in changed for name in put_changes(row, written)}
        store_changed([row.target for row in changed], names)
        written.stamp_created(made)
        return written
