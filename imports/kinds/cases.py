"""Past cases: what was settled before this system came, with its dates, answers and end, marked as history for good."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from itertools import pairwise, zip_longest
from typing import Any

from django.utils import timezone

import suggestions.choices
from deputies.models import Deputy
from imports.columns import Bad, Column, choice, code, date, folded, long_text, names, parts, person, phones, text
from imports.kinds.base import Kind
from imports.rows import NEW, SAME, Plan, Row, Written
from imports.scope import Scope
from stations.models import Department, Station
from suggestions import past
from suggestions.choices import Channel, Field, RefuseReason, ResultKind, Satisfaction, State
from suggestions.models import Suggestion

ENDS = [(state, str(state.label)) for state in (State.CLOSED, State.REFUSED, State.WITHDRAWN)]
OWN = (
    *("title", "content", "demand", "place", "channel", "field", "kind", "officer_help"),
    *("result_kind", "result", "reply", "satisfaction"),
)
EARLIEST = dt.date(1990, 1, 1)


class Cases(Kind):
    key, label, measure = "cases", "历史意见", "件"
    about = "本系统启用前已经办结的群众意见，连同日期、答复和结果；导入后永久标明是历史件，不再走办理流程。"
    matched_by = "原编号；没有原编号的按站点、日期和标题"
    columns = (
        Column(
            "old_number",
            "原编号",
            "原来台账上的编号，建议填写，再导入时不会重复。",
            code(40),
            ("编号", "登记编号", "原登记号"),
            examples=("示例2023-001", "示例2023-002"),
            as_text=True,
        ),
        Column(
            "happened_on",
            "反映日期",
            "群众反映的日期。",
            date,
            ("登记日期", "接待日期", "接待时间", "日期", "反映时间"),
            required=True,
            examples=("2023-05-15", "2023-06-15"),
        ),
        Column(
            "station",
            "来源站点",
            "在哪个站反映的，不填就是本站。",
            text(130),
            ("站点", "联络站", "接待站点"),
            offered="stations",
            width=28,
        ),
        Column(
            "channel",
            "渠道",
            "不填按接待日。",
            choice(Channel.choices, {"现场接待": Channel.RECEPTION, "网络": Channel.WEB, "微信": Channel.WECHAT}),
            ("反映渠道", "来源"),
            choices=tuple(Channel.labels),
        ),
        Column("field", "领域", "", choice(Field.choices), ("类别", "问题类别"), choices=tuple(Field.labels)),
        Column(
            "kind",
            "意见类别",
            "不填按群众意见。",
            choice(suggestions.choices.Kind.choices),
            ("类别",),
            choices=tuple(suggestions.choices.Kind.labels),
        ),
        Column(
            "title",
            "标题",
            "一句话说清是什么事。",
            text(80),
            ("事由", "意见标题", "题目"),
            required=True,
            examples=("村口路灯不亮", "灌溉渠道淤塞"),
            width=28,
        ),
        Column("content", "反映事项", "不填就用标题。", long_text(4000), ("内容", "反映问题", "意见内容"), width=40),
        Column("demand", "诉求", "群众希望怎样解决。", text(1000), ("诉求建议",), width=24),
        Column("place", "地点", "事情在哪里。", text(80), ("事发地点",)),
        Column(
            "desk",
            "当前站点",
            "最后由哪个站办理，不填就是来源站点。",
            text(130),
            ("办理站点",),
            offered="stations",
            width=28,
        ),
        Column("officer_help", "驻站人员协助", "驻站人员怎样协助。", text(200)),
        Column("deputy", "接待代表", "接待的代表，要先登记。", person(), ("代表", "代表姓名"), width=12),
        Column(
            "voters",
            "来访人",
            "群众姓名，几位用顿号隔开，可以不填。",
            names,
            ("选民姓名", "群众姓名", "姓名", "反映人"),
            width=12,
        ),
        Column(
            "phones", "联系电话", "群众的电话，几位用顿号隔开，可以不填。", phones, ("电话", "手机号"), as_text=True
        ),
        Column("address", "住址", "村或社区，不要写到门牌。", text(80), ("住址（村/社区）", "村组"), width=20),
        Column("lead", "主办单位", "承办的单位，要先登记。", text(60), ("承办单位", "办理单位"), width=20),
        Column("co", "协办单位", "要先登记，几个用顿号隔开。", parts(text(60)), width=20),
        Column("assigned_on", "交办日期", "", date, ("交办时间",)),
        Column("due_on", "办理时限", "要求单位办完的日期。", date, ("办理期限",)),
        Column(
            "result_kind",
            "办理结果",
            "已归档的必填。",
            choice(ResultKind.choices, {"解决": ResultKind.SOLVED, "未解决": ResultKind.CANNOT}),
            ("结果", "办理情况分类"),
            choices=tuple(ResultKind.labels),
            examples=("已解决", "列入计划"),
        ),
        Column("result", "办理情况", "单位办理的经过和结果。", long_text(4000), ("处理情况", "办理过程"), width=40),
        Column(
            "replied_on",
            "回复日期",
            "答复群众的日期，已归档的必填。",
            date,
            ("答复日期", "答复时间", "回复时间"),
            examples=("2023-06-01", "2023-07-20"),
        ),
        Column(
            "reply", "回复内容", "答复群众的话；不填就用办理情况。", long_text(4000), ("答复内容", "答复意见"), width=40
        ),
        Column(
            "satisfaction",
            "满意度",
            "",
            choice(Satisfaction.choices),
            ("评价", "群众评价"),
            choices=tuple(Satisfaction.labels),
        ),
        Column("closed_on", "归档日期", "不填按回复日期。", date, ("办结日期", "归档时间", "办结时间")),
        Column(
            "state",
            "状态",
            "只收已经办结的，不填按已归档。没有办结的请在“登记意见”里登记，走办理流程。",
            choice(ENDS, {"办结": State.CLOSED, "已办结": State.CLOSED}),
            ("办理状态",),
            choices=tuple(label for _, label in ENDS),
        ),
        Column(
            "refuse_reason",
            "不予受理原因",
            "不予受理的必填。",
            choice(RefuseReason.choices),
            ("不受理原因",),
            choices=tuple(RefuseReason.labels),
            width=22,
        ),
    )
    shown = ("old_number", "happened_on", "title")

    def offered(self, scope: Scope) -> dict[str, list[str]]:
        return {"stations": [one.name for one in scope.places.stations if scope.covers(one) and one.is_active]}

    # --- the plan -----------------------------------------------------------------------------

    def plan(self, scope: Scope, rows: list[Row]) -> Plan:
        self.scope, self.today = scope, timezone.localdate()
        places = ("station", "desk")
        scope.places.learn({row.values[name] for row in rows for name in places if name in row.values})
        self.deputies: dict[str, list[Deputy]] = defaultdict(list)
        for deputy in Deputy.objects.filter(county=scope.county).order_by("pk"):
            self.deputies[deputy.name].append(deputy)
        self.departments: dict[str, list[Department]] = defaultdict(list)
        for department in Department.objects.filter(station__county=scope.county).order_by("station__path", "pk"):
            self.departments[folded(department.name)].append(department)
        stored = Suggestion.objects.filter(county=scope.county, old_number__isnull=False)
        known = set()
        for number, station, day, title in stored.values_list("old_number", "station_id", "happened_on", "title"):
            known.add(("number", number) if number else ("place", station, day, title))
        seen: dict[Any, Row] = {}
        for row in rows:
            if "happened_on" in row.values and "title" in row.values:
                self._settle(row, known, seen)
        return Plan(rows).settle()

    def _settle(self, row: Row, known: set[Any], seen: dict[Any, Row]) -> None:
        values, scope = row.values, self.scope
        station = self._station(row, "station", "来源站点", scope.office)
        desk = self._station(row, "desk", "当前站点", station)
        self._check(row)
        deputy = self._deputy(row, station)
        lead = self._department(row, "主办单位", values["lead"], desk) if "lead" in values else None
        co = [self._department(row, "协办单位", name, desk) for name in values.get("co", ())]
        departments = [one.pk for one in [lead, *co] if one is not None]
        if len(departments) > len(set(departments)):
            row.refuse("协办单位", "有一个单位写了两次，或者也是主办单位")
        voters = self._voters(row)
        if row.troubles:
            return
        number = values.get("old_number", "")
        key = ("number", number) if number else ("place", station.pk, values["happened_on"], values["title"])
        if key in seen:
            row.refuse("原编号" if number else "标题", f"和第 {seen[key].number} 行重复")
            return
        seen[key] = row
        row.verdict = SAME if key in known else NEW
        fields = {name: values[name] for name in OWN if name in values}
        state = values.get("state", State.CLOSED)
        case = Suggestion(
            county=scope.county,
            station=station,
            desk=desk,
            deputy=deputy,
            happened_on=values["happened_on"],
            old_number=number,
            state=state,
            refuse_reason=values.get("refuse_reason", "") if state == State.REFUSED else "",
            **{"channel": Channel.RECEPTION, "content": values["title"], **fields},
        )
        case.reply = case.reply or case.result
        row.target = past.PastCase(
            case,
            voters=voters,
            lead=lead,
            co=[one for one in co if one is not None],
            assigned_on=values.get("assigned_on"),
            due_on=values.get("due_on"),
            replied_on=values.get("replied_on"),
            closed_on=values.get("closed_on"),
        )

    def _station(self, row: Row, name: str, heading: str, usual: Station) -> Station:
        if name in row.values:
            try:
                return self.scope.places.find(row.values[name])
            except Bad as bad:
                row.refuse(heading, bad.why, bad.suggestion)
        return usual

    def _voters(self, row: Row) -> list[dict[str, str]]:
        """One by one. A number more or less than names belongs to nobody that one could say."""
        names, numbers = row.values.get("voters", []), row.values.get("phones", [])
        if len(numbers) > max(len(names), 1) or len(names) > len(numbers) > 0:
            row.refuse("联系电话", f"有 {len(names)} 个姓名、{len(numbers)} 个电话，看不出是谁的，请一一对应")
        pairs = zip_longest(names, numbers, fillvalue="")
        voters = [{"name": name, "phone": number} for name, number in pairs]
        if address := row.values.get("address"):
            voters = [{**voter, "address": address} for voter in voters or [{}]]
        return voters

    def _check(self, row: Row) -> None:
        values = row.values
        state = values.get("state", State.CLOSED)
        if state == State.CLOSED:
            for name, heading in (("result_kind", "办理结果"), ("replied_on", "回复日期")):
                if name not in values and not any(trouble[0] == heading for trouble in row.troubles):
                    row.refuse(heading, "没有填写：已归档的要有")
            if "reply" not in values and "result" not in values:
                row.refuse("回复内容", "没有填写：回复内容和办理情况至少填一项")
        if state == State.REFUSED and "refuse_reason" not in values:
            row.refuse("不予受理原因", "没有填写", RefuseReason.OUTSIDE.label)
        line = [
            (heading, values[name])
            for name, heading in (
                ("happened_on", "反映日期"),
                ("assigned_on", "交办日期"),
                ("replied_on", "回复日期"),
                ("closed_on", "归档日期"),
            )
            if name in values
        ]
        for (before, earlier), (after, later) in pairwise(line):
            if later < earlier:
                row.refuse(after, f"早于{before}")
        if line[-1][1] > self.today:
            row.refuse(line[-1][0], "晚于今天")
        if line[0][1] < EARLIEST:
            row.refuse("反映日期", "太早了，请检查年份")

    def _deputy(self, row: Row, station: Any) -> Deputy | None:
        if "deputy" not in row.values:
            return None
        found = self.deputies.get(row.values["deputy"], [])
        near = [one for one in found if one.home_station_id == station.pk]
        if len(near or found) == 1:
            return (near or found)[0]
        name = row.values["deputy"]
        row.refuse(
            "接待代表", f"有 {len(found)} 名代表叫{name}，看不出是哪一位" if found else f"没有代表{name}，请先登记"
        )
        return None

    def _department(self, row: Row, heading: str, name: str, desk: Station) -> Department | None:
        """Of the desk, or of the stations above it; elsewhere where there is only one of that name."""
        found = self.departments.get(folded(name), [])
        above = {one.pk for one in self.scope.places.stations if one.covers(desk)}
        near = [one for one in found if one.station_id in above]
        if near or len(found) == 1:
            return (near or found)[-1]
        row.refuse(heading, f"有 {len(found)} 个单位都叫这个名字" if found else "没有这个单位，请先登记或导入承办单位")
        return None

    # --- writing ------------------------------------------------------------------------------

    def write(self, scope: Scope, plan: Plan) -> Written:
        chosen = [row.target for row in plan.rows if row.verdict == NEW]
        what = {"imported": True}
        rows = past.store(chosen, county=scope.county, by=scope.actor, what=what, told=self.written)
        written = Written()
        for made in rows.values():
            written.stamp_created(made)
        written.extra["cases"] = [past_case.case.pk for past_case in chosen]
        return written

    def undone(self, scope: Scope, record: dict[str, Any]) -> None:
        past.take_back(record["cases"], by=scope.actor)
