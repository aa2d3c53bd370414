"""Stations: the tree, in one sheet. A station's parent may stand in the same sheet, in any order."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from imports.columns import Column, choice, code, folded, person, phone, text
from imports.kinds.base import Kind
from imports.rows import CHANGED, NEW, Plan, Row, Written, compare, put_changes, store_changed
from imports.scope import Scope
from liaison.lib.placenames import place, usual
from stations.models import ALLOWED_PARENTS, Station
from stations.models import Kind as StationKind

KIND_WORDS = {
    "中心站": StationKind.HUB,
    "县中心站": StationKind.HUB,
    "县站": StationKind.HUB,
    "乡镇联络站": StationKind.TOWNSHIP,
    "乡镇站": StationKind.TOWNSHIP,
    "街道联络站": StationKind.TOWNSHIP,
    "联络站": StationKind.TOWNSHIP,
    "村联络点": StationKind.POINT,
    "社区联络点": StationKind.POINT,
    "联络点": StationKind.POINT,
    "工作室": StationKind.STUDIO,
}
ORDER = (StationKind.HUB, StationKind.TOWNSHIP, StationKind.POINT, StationKind.STUDIO)


class Stations(Kind):
    key, label, measure = "stations", "站点", "个"
    about = "乡镇（街道）联络站、村（社区）联络点和代表工作室，一次全部建好；上级站可以在同一张表里。"
    matched_by = "区划代码，或者上级站和名称都相同"
    columns = (
        Column(
            "kind",
            "类别",
            "站点属于哪一级。",
            choice(StationKind.choices, KIND_WORDS),
            ("站点类别", "级别", "类型"),
            required=True,
            examples=("乡镇（街道）联络站", "村（社区）联络点"),
            choices=tuple(StationKind.labels),
            width=20,
        ),
        Column(
            "name",
            "名称",
            "站点全称，同一个上级站下不能重名。",
            text(60),
            ("站点名称", "站点", "联络站名称", "站名", "联络站"),
            required=True,
            examples=("示例镇人大代表联络站", "示例村人大代表联络点"),
            width=30,
        ),
        Column(
            "parent",
            "上级站",
            "乡镇站的上级是县级中心站，村点的上级是乡镇站，工作室的上级是县级中心站或乡镇站。乡镇站可以不填。",
            text(130),
            ("所属", "所属站", "所属站点", "上级站点", "上级"),
            examples=("", "示例镇人大代表联络站"),
            offered="parents",
            width=30,
        ),
        Column(
            "trade",
            "行业",
            "代表工作室必填，如：教育、医疗卫生、农业。其他站点不填。",
            text(20),
            ("工作室行业",),
        ),
        Column("address", "地址", "站点在哪里，选民按它找。", text(120), ("站点地址", "详细地址"), width=30),
        Column("phone", "电话", "站点的电话。", phone, ("站点电话", "联系电话"), as_text=True),
        Column(
            "opening_hours",
            "开放时间",
            "如：周一至周五 8:30—17:30。",
            text(60),
            ("服务时间",),
            examples=("周一至周五 8:30—17:30", ""),
            width=24,
        ),
        Column("head", "站长", "站长姓名。", person(), ("站长姓名", "负责人")),
        Column("head_phone", "站长电话", "11 位手机号或带区号的座机。", phone, ("站长联系电话",), as_text=True),
        Column("contact", "联络员", "联络员姓名。", person(), ("联络员姓名", "联系人")),
        Column("contact_phone", "联络员电话", "11 位手机号或带区号的座机。", phone, ("联系人电话",), as_text=True),
        Column(
            "code",
            "区划代码",
            "统计用区划代码，可以不填；填了就按它认站点，名称可以改。",
            code(12),
            ("行政区划代码", "统计代码"),
            as_text=True,
        ),
        Column(
            "is_active",
            "状态",
            "不填按启用。已有站点的停用和恢复在站点页面办理。",
            choice([(True, "启用"), (False, "停用")], {"在用": True, "正常": True}),
            ("是否启用", "使用状态"),
            choices=("启用", "停用"),
        ),
    )
    shown = ("kind", "name", "parent")

    def offered(self, scope: Scope) -> dict[str, list[str]]:
        kinds = (StationKind.HUB, StationKind.TOWNSHIP)
        return {
            "parents": [one.name for one in scope.places.stations if one.kind in kinds and scope.covers(one)],
        }

    def show(self, name: str, value: Any) -> str:
        return value.name if isinstance(value, Station) else super().show(name, value)

    # --- the plan -----------------------------------------------------------------------------

    def plan(self, scope: Scope, rows: list[Row]) -> Plan:
        self.scope = scope
        self.by_name: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            for key in self._keys(row):
                self.by_name[key].append(row)
        self.new = {id(row): Station(county=scope.county) for row in rows}
        scope.places.learn({row.values["parent"] for row in rows if "parent" in row.values})
        by_code = {station.code: station for station in scope.places.stations if station.code}
        by_place = {(one.parent_id, folded(one.name)): one for one in scope.places.stations}
        with_children = {station.parent_id for station in scope.places.stations}
        self._refuse_circles(rows)
        # A parent in the same sheet is settled before its children are.
        for row in sorted(rows, key=lambda row: ORDER.index(row.values["kind"]) if "kind" in row.values else 0):
            if not row.troubles:
                self._settle(row, by_code, by_place, with_children)
        self._refuse_twins(rows)
        headings = self.headings()
        for row in rows:
            if not row.troubles:
                compare(row, self.show, headings)
        return Plan(rows).settle()

    def _keys(self, row: Row) -> set[str]:
        name = row.values.get("name", "")
        return {folded(name), folded(usual(place(name)))} if name else set()

    def _refuse_circles(self, rows: list[Row]) -> None:
        """甲 below 乙, 乙 below 甲."""
        above: dict[str, str] = {}
        for row in rows:
            if "name" in row.values and "parent" in row.values:
                above.setdefault(folded(row.values["name"]), folded(row.values["parent"]))
        names = {folded(row.values["name"]): row.values["name"] for row in rows if "name" in row.values}
        for row in rows:
            start = folded(row.values.get("name", ""))
            line = [start]
            while (up := above.get(line[-1])) and up not in line:
                line.append(up)
            if up == start and start:
                circle = " → ".join(names.get(key, key) for key in [*line, start])
                row.refuse("上级站", f"上级站绕成了圈：{circle}")

    def _settle(self, row: Row, by_code: dict[str, Station], by_place: dict[Any, Station], busy: set[Any]) -> None:
        scope, values = self.scope, row.values
        kind = values["kind"]
        if kind == StationKind.HUB:
            if not scope.is_hub:
                return row.refuse("类别", "县级中心站由县级办公室维护")
            if "parent" in values:
                return row.refuse("上级站", "县级中心站没有上级站，请空着")
            row.target = scope.office
            parent = None
        else:
            parent = self._parent(row)
            if parent is None:
                return None
            if parent.pk is not None and not scope.covers(parent):
                return row.refuse("上级站", f"这个站点不归{scope.office.name}管理")
            row.target = by_code.get(values.get("code", "")) or by_place.get((parent.pk, folded(values["name"])))
        if kind == StationKind.STUDIO and not (values.get("trade") or (row.target and row.target.trade)):
            return row.refuse("行业", "代表工作室要写明行业，如：教育")
        if (target := row.target) is not None:
            if target.kind != kind:
                return row.refuse(
                    "类别", f"已经有这个站点，是{target.get_kind_display()}，类别不能改", target.get_kind_display()
                )
            if not scope.covers(target):
                return row.refuse("名称", f"{target.name}不归{scope.office.name}管理")
            if target.is_active != values.get("is_active", True):
                why = "这个站点在用，停用请在站点页面办理" if target.is_active else "这个站点已停用，请先恢复使用"
                return row.refuse("状态", why)
            if target.parent != parent and target.pk in busy:
                return row.refuse("上级站", "下面还有站点，不能改上级站", target.parent.name if target.parent else "")
        else:
            row.target = self.new[id(row)]
        row.fields = {name: value for name, value in values.items() if name not in {"kind", "parent"}}
        row.fields |= {"kind": kind, "parent": parent}
        if row.target.pk is None:
            for name, value in row.fields.items():
                setattr(row.target, name, value)
        return None

    def _parent(self, row: Row) -> Station | None:
        """Of the county, or of another row; None with a trouble noted."""
        scope, values = self.scope, row.values
        kind, words = values["kind"], values.get("parent", "")
        allowed = ALLOWED_PARENTS[kind]
        if not words:
            if scope.office.kind in allowed:
                return scope.office
            row.refuse("上级站", "没有填写：村点要写明属于哪个乡镇站")
            return None
        is_closed = values.get("is_active") is False  # what is closed may hang below what is closed
        stored = [one for one in scope.places.matches(words) if one.kind in allowed and (one.is_active or is_closed)]
        if len(stored) == 1:
            return stored[0]
        key = folded(words)
        others = self.by_name.get(key) or self.by_name.get(folded(usual(place(words)))) or []
        fitting = [other for other in others if other.values.get("kind") in allowed and other is not row]
        usable = [one for one in fitting if not one.troubles and (is_closed or one.values.get("is_active", True))]
        if not stored and len(usable) == 1:
            return usable[0].target or self.new[id(usable[0])]
        names = "或".join(StationKind(one).label for one in allowed)
        if len(stored) > 1 or len(usable) > 1:
            row.refuse("上级站", "有几个站点都叫这个名字，请写全称")
        elif fitting:
            row.refuse("上级站", f"上级站在第 {fitting[0].number} 行，那一行不能导入")
        elif others or scope.places.matches(words):
            row.refuse("上级站", f"{StationKind(kind).label}的上级只能是{names}，并且在用")
        elif words in scope.places.elsewhere:
            row.refuse("上级站", f"这是{scope.places.elsewhere[words]}的站点，不是{scope.county.name}的")
        else:
            row.refuse("上级站", "没有这个站点，这张表里也没有", scope.places.suggest.closest(words))
        return None

    def _refuse_twins(self, rows: list[Row]) -> None:
        seen: dict[Any, Row] = {}
        for row in rows:
            if row.troubles:
                continue
            keys: list[Any] = [("place", self._mark(row.fields["parent"]), folded(row.values["name"]))]
            if code_ := row.values.get("code"):
                keys.append(("code", code_))
            if row.target.pk is not None:
                keys.append(("target", row.target.pk))
            for key in keys:
                if key in seen:
                    heading = "区划代码" if key[0] == "code" else "名称"
                    row.refuse(heading, f"和第 {seen[key].number} 行重复")
                    break
                seen[key] = row

    def _depth(self, row: Row) -> int:
        return 1 if row.fields["parent"] is None or row.fields["parent"].kind == StationKind.HUB else 2

    def _mark(self, parent: Station | None) -> int:
        """Tells parents apart, those that are still to be made too (these below zero)."""
        return 0 if parent is None else parent.pk or -id(parent)

    # --- writing ------------------------------------------------------------------------------

    def write(self, scope: Scope, plan: Plan) -> Written:
        written = Written()
        made: list[Station] = []
        for depth in (1, 2):  # within a level in the order of the table, which is the order of the pages
            batch = [row for row in plan.rows if row.verdict == NEW and self._depth(row) == depth]
            for number, row in enumerate(batch):
                station = row.target
                station.parent = row.fields["parent"]  # has its key by now
                station.derive()
                station.path = f"new-{depth}-{number}"
            stations = [row.target for row in batch]
            Station.objects.bulk_create(stations, batch_size=500)
            for station in stations:
                station.path = station.own_path()
            store_changed(stations, ["path"])
            made += stations
        changed = [row for row in plan.rows if row.verdict == CHANGED]
        names = {name for row in changed for name in put_changes(row, written)}
        for row in changed:
            row.target.derive()
            row.target.path = row.target.own_path()
        if changed:
            store_changed([row.target for row in changed], names | {"parent_kind", "path", "search"})
        written.stamp_created(made)
        return written
