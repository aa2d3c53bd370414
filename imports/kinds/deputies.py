"""Deputies: the whole roster of a county in one sheet. Who is there already is known again, not doubled."""

from __future__ import annotations

import datetime as dt
from typing import Any

from deputies.models import Constituency, Deputy, Level, Status, Term, Trade
from history import log
from imports.columns import Bad, Column, choice, code, date, folded, month, person, phone, text
from imports.kinds.base import Kind
from imports.kinds.deputy_matching import Matcher
from imports.rows import CHANGED, NEW, Plan, Row, Written, compare, put_changes, store_changed
from imports.scope import Scope
from stations.models import Kind as StationKind
from stations.models import Station

LEVEL_WORDS = {
    "省": Level.PROVINCE,
    "省级": Level.PROVINCE,
    "省人大代表": Level.PROVINCE,
    "市": Level.CITY,
    "市级": Level.CITY,
    "市人大代表": Level.CITY,
    "县": Level.COUNTY,
    "县级": Level.COUNTY,
    "县人大代表": Level.COUNTY,
    "区代表": Level.COUNTY,
    "乡": Level.TOWNSHIP,
    "镇": Level.TOWNSHIP,
    "乡镇": Level.TOWNSHIP,
    "乡代表": Level.TOWNSHIP,
    "镇代表": Level.TOWNSHIP,
    "镇人大代表": Level.TOWNSHIP,
    "乡镇人大代表": Level.TOWNSHIP,
}
STATUS_WORDS = {"现任": Status.SERVING, "正常": Status.SERVING, "暂停": Status.SUSPENDED, "终止": Status.ENDED}
NOWHERE = {"未编入", "未编入站点", "暂不编入", "无"}


class Deputies(Kind):
    key, label, measure = "deputies", "代表", "名"
    about = "全县各级代表一次导入，编入联络站；已经登记过的代表会认出来，不会变成两个。"
    matched_by = "代表证号；或姓名、层级和电话；或姓名、层级，加上联络站、选区、出生年月"
    columns = (
        Column(
            "name",
            "姓名",
            "代表姓名，字间空格会去掉。",
            person(),
            ("代表姓名", "代表", "代表名字"),
            required=True,
            examples=("示例甲", "示例乙"),
            width=10,
        ),
        Column(
            "gender",
            "性别",
            "男或女。",
            choice([("男", "男"), ("女", "女")]),
            examples=("男", "女"),
            choices=("男", "女"),
            width=6,
        ),
        Column("ethnicity", "民族", "如：汉族。不填按汉族。", text(12), examples=("汉族", "回族"), width=8),
        Column(
            "born_in",
            "出生年月",
            "如：1968-05；1968.5、1968年5月、整个日期也认得。",
            month,
            ("出生日期", "生日", "出生年月日"),
            examples=("1968-05", "1975-11"),
            as_text=True,
            width=10,
        ),
        Column("party", "党派", "如：中共党员。", text(20), ("政治面貌",), examples=("中共党员", "群众"), width=12),
        Column("education", "学历", "如：大学。", text(20), ("文化程度",), examples=("大学", "大专"), width=10),
        Column(
            "post",
            "单位及职务",
            "工作单位和职务。",
            text(80),
            ("工作单位及职务", "单位职务", "职务", "工作单位", "单位和职务"),
            examples=("示例镇中心小学校长", "示例村党支部书记"),
            width=28,
        ),
        Column(
            "level",
            "层级",
            "哪一级人大的代表。同一个人是两级代表的，填两行。",
            choice(Level.choices, LEVEL_WORDS),
            ("代表层级", "级别", "代表级别"),
            required=True,
            examples=("县代表", "乡镇代表"),
            choices=tuple(Level.labels),
            width=10,
        ),
        Column("term", "届次", "如：第十六届。", text(30), ("届别",), examples=("", ""), offered="terms", width=12),
        Column(
            "term_starts",
            "届次开始日期",
            "系统里还没有这一届时才要填，照它建立届次。",
            date,
            ("届次开始", "届次起始日期"),
        ),
        Column(
            "constituency",
            "选区",
            "选区名称，没有的会新建。",
            text(60),
            ("选区名称", "所在选区"),
            examples=("示例镇第一选区", ""),
            width=18,
        ),
        Column("certificate", "代表证号", "同一层级里不能重复。", code(30), ("证号", "代表证编号"), as_text=True),
        Column(
            "phone",
            "电话",
            "11 位手机号或带区号的座机。",
            phone,
            ("联系电话", "手机", "手机号", "手机号码", "电话号码"),
            examples=("", ""),
            as_text=True,
        ),
        Column(
            "home_station",
            "联络站",
            "编入的站点，写全称或“许良镇”这样的简称；重名的村点写“乡镇站/村点”。",
            text(130),
            ("所属联络站", "所在联络站", "编入站点", "站点", "所属站点"),
            offered="stations",
            width=28,
        ),
        Column("group", "小组", "代表小组。", text(30), ("代表小组", "所在小组"), width=12),
        Column(
            "trade",
            "行业",
            "按行业编入工作室时用。",
            choice(Trade.choices, {"村干部": Trade.CADRE, "社区干部": Trade.CADRE, "卫生": Trade.HEALTH}),
            ("行业类别", "职业"),
            choices=tuple(Trade.labels),
        ),
        Column(
            "status",
            "状态",
            "不填按在任。",
            choice(Status.choices, STATUS_WORDS),
            ("代表状态", "任职状态"),
            choices=tuple(Status.labels),
        ),
        Column("status_note", "状态说明", "暂停、终止的原因和日期。", text(120), ("状态原因",)),
    )
    shown = ("name", "level", "home_station", "phone")

    def offered(self, scope: Scope) -> dict[str, list[str]]:
        stations = [one for one in scope.places.stations if scope.covers(one) and one.is_active]
        terms = Term.objects.filter(county=scope.county).order_by("name").values_list("name", flat=True)
        return {"stations": [one.name for one in stations], "terms": list(dict.fromkeys(terms))}

    def show(self, name: str, value: Any) -> str:
        labels: dict[str, dict[str, str]] = {
            "level": dict(Level.choices),
            "trade": dict(Trade.choices),
            "status": dict(Status.choices),
        }
        if name in labels and value:
            return labels[name][value]
        if isinstance(value, Station | Constituency | Term):
            return value.name
        return super().show(name, value)

    # --- the plan -----------------------------------------------------------------------------

    def plan(self, scope: Scope, rows: list[Row]) -> Plan:
        self.scope = scope
        self.terms = {(one.level, folded(one.name)): one for one in Term.objects.filter(county=scope.county)}
        self.constituencies = {(one.level, one.name): one for one in Constituency.objects.filter(county=scope.county)}
        for row in rows:
            if row.values.get("home_station") in NOWHERE:
                del row.values["home_station"]
        scope.places.learn({row.values["home_station"] for row in rows if "home_station" in row.values})
        self.found: dict[tuple[str, bool], Station | Bad] = {}
        for row in rows:  # what is wrong is said all at once
            if "level" in row.values:
                self._references(row)
        Matcher(scope).match([row for row in rows if not row.troubles])
        headings = self.headings()
        for row in rows:
            if row.troubles:
                continue
            self._check_target(row)
            if row.target is None:
                row.target = Deputy(county=scope.county, **row.fields)
            compare(row, self.show, headings)
        plan = Plan(rows).settle()
        plan.notes = self._notes(plan)
        return plan

    def _references(self, row: Row) -> None:
        """Station, term and constituency by their names; what only makes sense together."""
        values = row.values
        fields = {name: value for name, value in values.items() if name not in {"term", "term_starts", "home_station"}}
        level = values["level"]
        if words := values.get("home_station"):
            station = self._station(words, closed=values.get("status", Status.SERVING) != Status.SERVING)
            if isinstance(station, Bad):
                row.refuse("联络站", station.why, station.suggestion)
                return
            fields["home_station"] = station
        elif not self.scope.is_hub:
            row.refuse("联络站", "没有填写：乡镇导入的代表要编入本乡镇的站点")
        if words := values.get("term"):
            term = self._term(level, words, values.get("term_starts"))
            if term is None:
                row.refuse("届次", "系统里没有这一届，请同时填“届次开始日期”", self._terms_of(level))
            else:
                fields["term"] = term
        if words := values.get("constituency"):
            fields["constituency"] = self._constituency(level, words, fields.get("home_station"))
        if values.get("status") in (Status.SUSPENDED, Status.ENDED) and not values.get("status_note"):
            row.refuse("状态说明", "没有填写：暂停、终止要写明原因和日期")
        row.fields = fields

    def _station(self, words: str, *, closed: bool) -> Station | Bad:
        """``closed``: who serves no more may stay grouped into a station that is closed."""
        if (words, closed) not in self.found:
            try:
                self.found[words, closed] = self.scope.places.find(words, closed=closed)
            except Bad as bad:
                self.found[words, closed] = bad
        return self.found[words, closed]

    def _term(self, level: str, words: str, starts: dt.date | None) -> Term | None:
        key = folded(words)
        found = self.terms.get((level, key)) or self.terms.get(
            (level, key.removeprefix(folded(Level(level).label[:-2])))
        )
        if found is None and starts is not None:
            found = Term(county=self.scope.county, level=level, name=words, starts_on=starts)
            self.terms[level, key] = found
        return found

    def _terms_of(self, level: str) -> str:
        return "、".join(term.name for (of, _), term in self.terms.items() if of == level and term.pk)

    def _constituency(self, level: str, name: str, home: Station | None) -> Constituency:
        key = (level, name)
        if key not in self.constituencies:
            town = home if home is None or home.kind == StationKind.TOWNSHIP else home.parent
            of_town = level == Level.TOWNSHIP and town is not None and town.kind == StationKind.TOWNSHIP
            self.constituencies[key] = Constituency(
                county=self.scope.county, level=level, name=name, station=town if of_town else None
            )
        return self.constituencies[key]

    def _check_target(self, row: Row) -> None:
        deputy = row.target
        if deputy is None:
            return
        home = deputy.home_station
        place = deputy.constituency.station if home is None and deputy.constituency else home
        if not self.scope.is_hub and (place is None or not self.scope.covers(place)):
            row.refuse("姓名", f"这名代表编在{home.name if home else '别处'}，不归{self.scope.office.name}管理")

    def _notes(self, plan: Plan) -> list[str]:
        used = [row for row in plan.rows if row.verdict in (NEW, CHANGED)]
        notes = []
        for name, word in (("term", "届次"), ("constituency", "选区")):
            fresh = {id(one): one.name for row in used if (one := row.fields.get(name)) is not None and one.pk is None}
            if fresh:
                some = "、".join(list(fresh.values())[:5])
                notes.append(f"将新建{word} {len(fresh)} 个：{some}{' 等' if len(fresh) > 5 else ''}。")
        homeless = sum(row.verdict == NEW and not row.fields.get("home_station") for row in used)
        if homeless:
            notes.append(f"有 {homeless} 名新代表没有填联络站，导入后在“编组情况”里编入。")
        return notes

    # --- writing ------------------------------------------------------------------------------

    def write(self, scope: Scope, plan: Plan) -> Written:
        written = Written()
        used = [row for row in plan.rows if row.verdict in (NEW, CHANGED)]
        for name in ("term", "constituency"):
            fresh = {id(one): one for row in used if (one := row.fields.get(name)) is not None and one.pk is None}
            if fresh:
                made_first = list(fresh.values())
                type(made_first[0])._default_manager.bulk_create(made_first, batch_size=500)
                written.stamp_created(made_first)
        made = []
        for row in used:
            if row.verdict == NEW:
                for name in ("term", "constituency"):
                    if name in row.fields:
                        setattr(row.target, name, row.fields[name])  # has its key by now
                row.target.derive()
                made.append(row.target)
        self.store(Deputy, made)
        self._write_changed(scope, [row for row in used if row.verdict == CHANGED], written)
        written.stamp_created(made)
        return written

    def _write_changed(self, scope: Scope, rows: list[Row], written: Written) -> None:
        entries = []
        names: set[str] = set()
        seat = (scope.actor.seats.labels or [""])[0]
        for row in rows:
            deputy = row.target
            before = {"home_station": deputy.home_station_id, "status": deputy.status}
            changed = put_changes(row, written)
            names.update(changed)
            deputy.derive()
            after = {"home_station": deputy.home_station_id, "status": deputy.status}
            if after != before:  # the deputy's page shows where somebody was moved from
                what = {**after, "deputy": deputy.pk, "fields": changed}
                entries.append(
                    log.Entry(
                        scope.county.chain,
                        "deputy_edit",
                        after=what,
                        before=before,
                        note=deputy.name,
                        actor=scope.actor,
                        seat=seat,
                    )
                )
        store_changed([row.target for row in rows], names | {"pinyin", "initials"})
        if entries:
            log.append_all(entries)
