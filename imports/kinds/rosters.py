"""值班表: which deputies are on duty on which reception day. The days themselves follow from the rules and are not made
here; who is on duty already stays."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy, Level
from imports.columns import Bad, Column, choice, date, names, phone, text
from imports.kinds.base import Kind
from imports.kinds.deputies import LEVEL_WORDS
from imports.rows import CHANGED, NEW, SAME, Plan, Row, Written
from imports.scope import Scope
from receptions import duty_changes
from receptions.arrangements import may_serve
from receptions.models import DayState, Duty, Leave, LeaveState, ReceptionDay
from stations.models import Station


class Rosters(Kind):
    key, label, measure = "rosters", "值班表", "次"
    about = "各站接待日由哪些代表值班。接待日按规则已经排好，这里只填人；已经安排的代表不动。"
    matched_by = "站点和接待日"
    columns = (
        Column(
            "date",
            "接待日",
            "已经排好、还没有到的接待日，如 2026-06-15。",
            date,
            ("日期", "值班日期", "接待日期", "时间"),
            required=True,
            examples=("2026-06-15", "2026-07-15"),
        ),
        Column(
            "station",
            "站点",
            "在哪个站值班，不填就是本站。",
            text(130),
            ("联络站", "值班站点", "接待站点"),
            offered="stations",
            width=28,
        ),
        Column(
            "deputies",
            "代表",
            "值班代表，几名用顿号隔开；也可以一名一行。",
            names,
            ("值班代表", "姓名", "代表姓名"),
            required=True,
            examples=("示例甲、示例乙", "示例丙"),
            width=24,
        ),
        Column(
            "level",
            "层级",
            "重名时用来区分。",
            choice(Level.choices, LEVEL_WORDS),
            ("代表层级",),
            choices=tuple(Level.labels),
        ),
        Column("phone", "电话", "重名时用来区分，一行一名代表时填。", phone, ("联系电话", "手机号"), as_text=True),
    )
    shown = ("date", "station", "deputies")

    def offered(self, scope: Scope) -> dict[str, list[str]]:
        return {"stations": [one.name for one in scope.places.stations if scope.covers(one) and one.is_active]}

    # --- the plan -----------------------------------------------------------------------------

    def plan(self, scope: Scope, rows: list[Row]) -> Plan:
        self.scope, self.today = scope, timezone.localdate()
        scope.places.learn({row.values["station"] for row in rows if "station" in row.values})
        self._load(rows)
        seen: dict[tuple[int, int], Row] = {}  # (day, deputy)
        at: dict[tuple[int, dt.date], int] = {}  # where a deputy is on which date
        for row in rows:
            if row.troubles:
                continue
            try:
                station = scope.places.find(row.values["station"]) if "station" in row.values else scope.office
                day = self._day(station, row.values["date"])
                deputies = [self._deputy(name, row, day) for name in row.values["deputies"]]
            except Bad as bad:
                heading = bad.args[1] if len(bad.args) > 1 else "站点"
                row.refuse(heading, bad.why, bad.suggestion)
                continue
            for deputy in deputies:
                if (day.pk, deputy.pk) in seen:
                    row.refuse("代表", f"{deputy.name}在第 {seen[day.pk, deputy.pk].number} 行已经写过")
                elif at.setdefault((deputy.pk, day.date), day.pk) != day.pk:
                    row.refuse("代表", f"{deputy.name}同一天在两个站值班")
                seen.setdefault((day.pk, deputy.pk), row)
            if not row.troubles:
                self._judge(row, day, deputies)
        return Plan(rows).settle()

    def _load(self, rows: list[Row]) -> None:
        dates = {row.values["date"] for row in rows if "date" in row.values}
        county = self.scope.county
        days = ReceptionDay.objects.filter(county=county).exclude(state=DayState.CANCELLED)
        first, last = min(dates, default=self.today), max(dates, default=self.today)
        near = days.filter(date__gte=first - dt.timedelta(days=31), date__lte=last + dt.timedelta(days=31))
        self.days: dict[int, list[ReceptionDay]] = defaultdict(list)
        for day in near.select_related("station").order_by("date"):
            self.days[day.station_id].append(day)
        self.deputies: dict[str, list[Deputy]] = defaultdict(list)
        for deputy in Deputy.objects.filter(county=county).select_related("term").order_by("pk"):
            if deputy.home_station_id:
                deputy.home_station = self.scope.places.by_pk[deputy.home_station_id]
            self.deputies[deputy.name].append(deputy)
        self.on: dict[int, set[int]] = defaultdict(set)
        self.elsewhere: dict[tuple[int, dt.date], ReceptionDay] = {}
        standing = Duty.objects.filter(day__county=county, day__date__range=(first, last))
        for duty in standing.exclude(day__state=DayState.CANCELLED).select_related("day__station"):
            self.on[duty.day_id].add(duty.deputy_id)
            self.elsewhere[duty.deputy_id, duty.day.date] = duty.day
        leaves = Leave.objects.filter(deputy__county=county, state=LeaveState.GRANTED)
        self.leaves: dict[int, list[Leave]] = defaultdict(list)
        for leave in leaves.filter(starts_on__lte=last, ends_on__gte=first):
            self.leaves[leave.deputy_id].append(leave)

    def _day(self, station: Station, on: dt.date) -> ReceptionDay:
        day = next((one for one in self.days[station.pk] if one.date == on), None)
        if day is None:
            near = min(self.days[station.pk], key=lambda one: abs(one.date - on), default=None)
            raise _wrong("接待日", f"{station.name}这一天没有接待日", f"{near.date:%Y-%m-%d}" if near else "")
        if not duty_changes.may_add(day, self.today):
            raise _wrong("接待日", "这个接待日已经过去或已经结束，不能再安排值班")
        return day

    def _deputy(self, name: str, row: Row, day: ReceptionDay) -> Deputy:
        found = self.deputies.get(name, [])
        if not found:
            raise _wrong("代表", f"{self.scope.county.name}没有代表{name}，请先登记")
        for key in ("level", "phone"):
            if key in row.values and len(found) > 1:
                found = [one for one in found if getattr(one, key) == row.values[key]] or found
        fitting = [one for one in found if duty_changes.may_serve_at(one, day.station) and may_serve(one, day.date)]
        if not fitting:
            serving = any(may_serve(one, day.date) for one in found)
            raise _wrong("代表", f"{name}{f'不是{day.station.name}的代表' if serving else '届时不在任'}")
        if len(fitting) > 1:
            raise _wrong("代表", f"有 {len(fitting)} 名代表叫{name}，请填层级或电话区分")
        deputy = fitting[0]
        if any(leave.starts_on <= day.date <= leave.ends_on for leave in self.leaves[deputy.pk]):
            raise _wrong("代表", f"{name}这一天请假")
        other = self.elsewhere.get((deputy.pk, day.date))
        if other is not None and other.pk != day.pk:
            raise _wrong("代表", f"{name}这一天已在{other.station.name}值班")
        return deputy

    def _judge(self, row: Row, day: ReceptionDay, deputies: list[Deputy]) -> None:
        fresh = [deputy for deputy in deputies if deputy.pk not in self.on[day.pk]]
        row.fields = {"day": day, "fresh": fresh}
        if not fresh:
            row.verdict = SAME
        elif self.on[day.pk]:
            row.verdict = CHANGED
            row.changes.append(("增加", "", "、".join(deputy.name for deputy in fresh)))
        else:
            row.verdict = NEW

    # --- writing ------------------------------------------------------------------------------

    def write(self, scope: Scope, plan: Plan) -> Written:
        put: dict[int, list[int]] = defaultdict(list)
        for row in plan.rows:
            if row.verdict in (NEW, CHANGED):
                put[row.fields["day"].pk] += [deputy.pk for deputy in row.fields["fresh"]]
        # The order of locks in receptions: deputies, then days.
        duty_changes.lock_deputies({pk for pks in put.values() for pk in pks})
        days = {day.pk: day for day in duty_changes.lock_days(Q(pk__in=list(put)))}
        changes: list[duty_changes.Change] = [(days[pk], [], pks) for pk, pks in sorted(put.items())]
        duty_changes.change_duties(changes, actor=scope.actor, action="duty_assign", by_hand=True)
        written = Written()
        written.extra["duties"] = {str(pk): pks for pk, pks in put.items()}
        return written

    def undone(self, scope: Scope, record: dict[str, Any]) -> None:
        put = {int(pk): pks for pk, pks in record["duties"].items()}
        days = {day.pk: day for day in duty_changes.lock_days(Q(pk__in=list(put)))}
        for pk, pks in put.items():
            day = days.get(pk)
            if day is None or not duty_changes.is_ahead(day):
                raise ValidationError("不能撤销：有的接待日已经开始、过去或取消。")
            duties = list(day.duties.filter(deputy__in=pks))
            if len(duties) < len(pks) or any(one.acknowledged_at or one.signed_in_at for one in duties):
                raise ValidationError(f"不能撤销：{day}的值班已经有代表回复收到，或者又调整过。")
        changes: list[duty_changes.Change] = [(days[pk], pks, []) for pk, pks in sorted(put.items())]
        duty_changes.change_duties(changes, actor=scope.actor, action="duty_unassign")
        duty_changes.void_swaps(days.values(), by=scope.actor)


def _wrong(heading: str, why: str, suggestion: str = "") -> Bad:
    bad = Bad(why, suggestion)
    bad.args = (why, heading)
    return bad
