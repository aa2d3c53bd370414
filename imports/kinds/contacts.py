"""联系群众: whom deputies keep contact with, and, where a row says when, the talk itself."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from django.utils import timezone

from deputies.contacts import LONGEST_AGO, MOST_CONSTITUENTS
from deputies.models import Constituent, Contact, Deputy, Level, Status, Way
from imports.columns import Bad, Column, choice, date, long_text, person, phone, text
from imports.kinds.base import Kind
from imports.kinds.deputies import LEVEL_WORDS
from imports.rows import NEW, SAME, Plan, Row, Written
from imports.scope import Scope
from liaison.lib.encryption import blind_index


class Contacts(Kind):
    key, label, measure = "contacts", "联系群众", "名"
    about = "每名代表联系哪些群众；填了联系时间的，同时登记这次联系。"
    matched_by = "同一名代表名下，电话相同，或者姓名和住址相同"
    columns = (
        Column(
            "deputy",
            "代表",
            "代表姓名，要先登记。",
            person(),
            ("代表姓名", "联系代表"),
            required=True,
            examples=("示例甲", "示例甲"),
            width=12,
        ),
        Column(
            "level",
            "层级",
            "重名时用来区分。",
            choice(Level.choices, LEVEL_WORDS),
            ("代表层级",),
            choices=tuple(Level.labels),
        ),
        Column(
            "home",
            "代表所在站",
            "重名时用来区分。",
            text(130),
            ("联络站", "所在站", "所在联络站"),
            offered="stations",
            width=28,
        ),
        Column(
            "name",
            "联系群众姓名",
            "群众的称呼，不要填身份证号。",
            person(),
            ("群众姓名", "选民姓名", "姓名", "群众"),
            required=True,
            examples=("示例群众甲", "示例群众乙"),
            width=14,
        ),
        Column("address", "住址", "村或社区，写到组就可以。", text(80), ("住址（村/社区）", "地址", "村组"), width=24),
        Column("phone", "电话", "11 位手机号或带区号的座机，可以不填。", phone, ("联系电话", "手机号"), as_text=True),
        Column("since", "开始联系", "不填按导入当天。", date, ("开始日期", "开始联系日期")),
        Column("until", "停止联系", "不再联系的，填停止的日期。", date, ("停止日期", "停止联系日期")),
        Column("happened_on", "联系时间", "这一次联系的日期，一年以内；只导名单的不填。", date, ("联系日期",)),
        Column("way", "方式", "不填按走访。", choice(Way.choices), ("联系方式",), choices=tuple(Way.labels)),
        Column("summary", "联系情况", "", long_text(2000), ("情况",), width=30),
        Column("asked", "反映问题", "群众反映了什么。", long_text(2000), ("反映的问题",), width=30),
        Column("handling", "处理情况", "怎么处理的。", long_text(2000), ("办理情况",), width=30),
    )
    shown = ("deputy", "name", "happened_on")

    def offered(self, scope: Scope) -> dict[str, list[str]]:
        return {"stations": [one.name for one in scope.places.stations if scope.covers(one) and one.is_active]}

    # --- the plan -----------------------------------------------------------------------------

    def plan(self, scope: Scope, rows: list[Row]) -> Plan:
        self.scope, self.today = scope, timezone.localdate()
        scope.places.learn({row.values["home"] for row in rows if "home" in row.values})
        wanted = {row.values["deputy"] for row in rows if "deputy" in row.values}
        self.deputies: dict[str, list[Deputy]] = defaultdict(list)
        for deputy in Deputy.objects.filter(county=scope.county, status=Status.SERVING).order_by("pk"):
            if deputy.name in wanted:
                self.deputies[deputy.name].append(deputy)
        pks = [deputy.pk for found in self.deputies.values() for deputy in found]
        self.known: dict[Any, Constituent] = {}
        self.counts: Counter[int] = Counter()
        self.ended: dict[Any, list[Constituent]] = defaultdict(list)
        # By county and not by key: a roster has more deputies than a statement takes.
        for one in Constituent.objects.filter(deputy__county=scope.county).order_by("pk") if pks else ():
            key = self._key(one.deputy_id, one.name, one.phone, one.address)
            if one.until is None:
                self.counts[one.deputy_id] += 1
                self.known.setdefault(key, one)
            else:
                self.ended[key].append(one)
        talks = Contact.objects.filter(deputy__county=scope.county, happened_on__gte=self.today - LONGEST_AGO)
        self.talks = set(talks.values_list("constituent_id", "happened_on"))
        self.seen: dict[Any, Row] = {}
        for row in rows:
            if not row.troubles:
                self._settle(row)
        return Plan(rows).settle()

    def _key(self, deputy: int, name: str, number: str, address: str) -> tuple[Any, ...]:
        return (deputy, number) if number else (deputy, name, address)

    def _stored(self, key: Any, until: dt.date | None, on: dt.date | None) -> Constituent | None:
        """Who is on the list now; of those who no longer are, the one with that end, or who was on it that day."""
        if until is None and key in self.known:
            return self.known[key]
        for one in self.ended[key]:
            if one.until == until or (until is None and on and one.until and one.since <= on <= one.until):
                return one
        return None

    def _check_days(self, row: Row, since: dt.date, until: dt.date | None, on: dt.date | None) -> None:
        if since > self.today:
            row.refuse("开始联系", "晚于今天")
        if until is not None and until > self.today:
            row.refuse("停止联系", "晚于今天")
        if until is not None and until < since:
            row.refuse("停止联系", "早于开始联系")
        if on is not None and not self.today - LONGEST_AGO <= on <= self.today:
            row.refuse("联系时间", "要在一年以内，不能晚于今天")

    def _settle(self, row: Row) -> None:
        values = row.values
        deputy = self._deputy(row)
        on: dt.date | None = values.get("happened_on")
        until: dt.date | None = values.get("until")
        since = values.get("since") or min(on or self.today, until or self.today, self.today)
        self._check_days(row, since, until, on)
        if row.troubles or deputy is None:
            return
        name, number, address = values["name"], values.get("phone", ""), values.get("address", "")
        key = self._key(deputy.pk, name, number, address)
        stored = self._stored(key, until, on)
        key = (*key, stored.until if stored else until)  # who came back is on the list once more
        if stored is not None and number and stored.name != name:
            row.refuse("电话", "这个电话在这名代表的名单里是另一个人", "")
            return
        first = self.seen.get(key)
        if first is not None and (on is None or first.values["name"] != name):
            row.refuse("联系群众姓名", f"和第 {first.number} 行重复")
            return
        twin = self.seen.setdefault((key, on), row)
        if twin is not row:
            row.refuse("联系时间", f"和第 {twin.number} 行重复")
            return
        target = stored or (first.target if first is not None else None)
        if target is None:
            self.counts[deputy.pk] += until is None
            if self.counts[deputy.pk] > MOST_CONSTITUENTS:
                row.refuse("代表", f"一名代表最多联系 {MOST_CONSTITUENTS} 名群众")
                return
            target = Constituent(deputy=deputy, name=name, phone=number, address=address, since=since, until=until)
        self.seen.setdefault(key, row)
        row.target = target
        talked = on is not None and (target.pk is None or (target.pk, on) not in self.talks)
        row.fields = {"talk": talked}
        row.verdict = NEW if target.pk is None or talked else SAME

    def _deputy(self, row: Row) -> Deputy | None:
        values = row.values
        found = self.deputies.get(values["deputy"], [])
        if "level" in values:
            found = [one for one in found if one.level == values["level"]]
        if "home" in values:
            try:
                home = self.scope.places.find(values["home"])
            except Bad as bad:
                row.refuse("代表所在站", bad.why, bad.suggestion)
                return None
            found = [one for one in found if one.home_station_id == home.pk]
        if not self.scope.is_hub:
            by_pk = self.scope.places.by_pk
            found = [one for one in found if one.home_station_id and self.scope.covers(by_pk[one.home_station_id])]
        if len(found) == 1:
            return found[0]
        name = values["deputy"]
        row.refuse(
            "代表",
            f"有 {len(found)} 名代表叫{name}，请填层级或所在站区分" if found else f"没有在任代表{name}，请先登记",
        )
        return None

    # --- writing ------------------------------------------------------------------------------

    def write(self, scope: Scope, plan: Plan) -> Written:
        used = [row for row in plan.rows if row.verdict == NEW]
        made = list({id(row.target): row.target for row in used if row.target.pk is None}.values())
        for one in made:
            one.phone_index = blind_index(one.phone) if one.phone else ""
        self.store(Constituent, made)
        now = timezone.now()
        talks = [
            Contact(
                deputy_id=row.target.deputy_id,
                constituent=row.target,
                happened_on=row.values["happened_on"],
                month=row.values["happened_on"].replace(day=1),
                way=row.values.get("way", Way.VISIT),
                entered_by=scope.actor,
                entered_at=now,
                **{name: row.values.get(name, "") for name in ("summary", "asked", "handling")},
            )
            for row in used
            if row.fields["talk"]
        ]
        self.store(Contact, talks)
        written = Written()
        written.stamp_created(made)
        written.stamp_created(talks)
        return written
