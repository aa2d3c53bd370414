"""Accounts of staff, departments, deputies and resident officers: who has one already gets a further seat, no second
account. First passwords are handed out once (imports/changes.py: take_slips)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from deputies.models import Deputy
from history import log
from imports.columns import MOBILE, Bad, Column, choice, code, email, folded, mobile, person, text
from imports.kinds.base import Kind
from imports.rows import CHANGED, NEW, SAME, Plan, Row, Written
from imports.scope import Scope
from staffing import changes as staffing
from staffing.reach import (
    KINDS as SEATS,
)
from staffing.reach import (
    Place,
    department_place,
    deputies_within,
    deputy_place,
    officer_place,
    station_place,
    users_of,
    within,
)
from stations.models import Department, DepartmentStaff, ResidentOfficer, StationStaff

SEAT_WORDS = {
    "工作人员": "station",
    "站点人员": "station",
    "联络员": "station",
    "站长": "station",
    "单位经办人": "department",
    "经办人": "department",
    "承办单位工作人员": "department",
    "代表": "deputy",
    "驻站": "officer",
    "三官一员": "officer",
}


def username(raw: str) -> str:
    value = User.normalize_username(code(60)(raw))
    try:
        UnicodeUsernameValidator()(value)
    except ValidationError:
        raise Bad("用户名只能用汉字、字母、数字和 @ . + - _") from None
    return value


@dataclass
class Known:
    """What is stored, by what rows are told apart by."""

    by_phone: dict[str, User]
    by_username: dict[str, User]
    within_reach: set[int]
    departments: dict[str, list[Department]]
    people: dict[str, dict[str, list[Any]]]  # "deputy", "officer" → name → rows
    held: set[tuple[int, str]]  # (account, place)


class Accounts(Kind):
    key, label, measure = "accounts", "账号", "个"
    about = "站点工作人员、承办单位经办人、代表和驻站人员的登录账号，连同岗位一次开好；初始密码导入后领取一次。"
    matched_by = "手机号或用户名；已有账号的加上新岗位"
    has_slips = True
    columns = (
        Column(
            "name",
            "姓名",
            "本人姓名。",
            person(40),
            ("人员姓名", "工作人员"),
            required=True,
            examples=("示例甲", "示例乙"),
            width=12,
        ),
        Column(
            "phone",
            "手机号",
            "可以用来登录，建议填写。同一个人有几个岗位的，每个岗位一行，手机号写一样。",
            mobile,
            ("手机", "电话", "联系电话", "手机号码"),
            as_text=True,
        ),
        Column(
            "username", "用户名", "可以不填，用姓名的拼音。", username, ("登录名", "账号", "用户名称"), as_text=True
        ),
        Column("email", "电子邮箱", "填写后，提醒也会发到邮箱。", email, ("邮箱", "电子邮件"), width=24),
        Column(
            "seat",
            "岗位",
            "以什么身份登录。",
            choice(SEATS.items(), SEAT_WORDS),
            ("岗位类别", "身份", "角色"),
            required=True,
            examples=("站点工作人员", "承办单位经办人"),
            choices=tuple(SEATS.values()),
            width=18,
        ),
        Column(
            "station",
            "站点",
            "站点工作人员写所在站点；承办单位写它的所属站；代表、驻站人员重名时用来区分。",
            text(130),
            ("联络站", "所属站", "所在站点", "所属站点"),
            offered="stations",
            width=28,
        ),
        Column(
            "department",
            "承办单位",
            "经办人所在的单位，要先在系统里登记。",
            text(60),
            ("单位", "单位名称"),
            offered="departments",
            width=28,
        ),
    )
    shown = ("name", "phone", "seat", "station", "department")

    def offered(self, scope: Scope) -> dict[str, list[str]]:
        stations = [one.name for one in scope.places.stations if scope.covers(one) and one.is_active]
        found = Department.objects.filter(within([scope.office], "station__"), is_active=True)
        return {"stations": stations, "departments": list(dict.fromkeys(found.values_list("name", flat=True)))}

    # --- the plan -----------------------------------------------------------------------------

    def plan(self, scope: Scope, rows: list[Row]) -> Plan:
        self.scope = scope
        scope.places.learn({row.values["station"] for row in rows if "station" in row.values})
        self.known = self._load(rows)
        newcomers: dict[str, Row] = {}  # phone or user name → the first row of somebody new
        taken: dict[tuple[str, str], Row] = {}  # (who, place)
        posts: dict[str, Row] = {}  # places that one person alone can have
        for row in rows:
            if row.troubles:
                continue
            try:
                place = self._place(row)
                self._person(row, place, newcomers)
            except _Refusal as refusal:
                row.refuse(refusal.heading, *refusal.args)
                continue
            who = str(row.target.pk or id(row.target))
            if (who, place.token) in taken:
                row.refuse("岗位", f"和第 {taken[who, place.token].number} 行重复")
            elif place.kind in {"deputy", "officer"} and posts.setdefault(place.token, row) is not row:
                row.refuse("姓名", f"和第 {posts[place.token].number} 行是同一名{place.seat}")
            else:
                taken[who, place.token] = row
                self._judge(row, place)
        return Plan(rows).settle()

    def _load(self, rows: list[Row]) -> Known:
        phones = {row.values["phone"] for row in rows if "phone" in row.values}
        usernames = {row.values["username"] for row in rows if "username" in row.values}
        # One query each: an installation has thousands of accounts, not millions.
        everybody = list(User.objects.all())
        numbers = phones | usernames
        office = [self.scope.office]
        departments: dict[str, list[Department]] = defaultdict(list)
        for one in Department.objects.filter(within(office, "station__"), is_active=True).select_related("station"):
            departments[folded(one.name)].append(one)
        people: dict[str, dict[str, list[Any]]] = {"deputy": defaultdict(list), "officer": defaultdict(list)}
        for deputy in Deputy.objects.serving().filter(deputies_within(office)).select_related("home_station", "user"):
            people["deputy"][deputy.name].append(deputy)
        officers = ResidentOfficer.objects.filter(within(office, "station__"), is_active=True)
        for officer in officers.select_related("station", "user"):
            people["officer"][officer.name].append(officer)
        held = {(pk, f"station:{place}") for pk, place in StationStaff.objects.values_list("user_id", "station_id")}
        held |= {
            (pk, f"department:{place}") for pk, place in DepartmentStaff.objects.values_list("user_id", "department_id")
        }
        self.usernames = {user.username for user in everybody}
        return Known(
            by_phone={user.phone: user for user in everybody if user.phone},
            by_username={user.username: user for user in everybody if user.username in numbers},
            within_reach=set(users_of(self.scope.actor).values_list("pk", flat=True)),
            departments=departments,
            people=people,
            held=held,
        )

    def _place(self, row: Row) -> Place:
        seat, values = row.values["seat"], row.values
        station = None
        if "station" in values:
            try:
                station = self.scope.places.find(values["station"])
            except Bad as bad:
                raise _Refusal("站点", bad.why, bad.suggestion) from None
        if seat == "station":
            if station is None:
                raise _Refusal("站点", "没有填写：站点工作人员要写明在哪个站点")
            return station_place(station)
        if seat == "department":
            return self._department(values, station)
        found = [
            one
            for one in self.known.people[seat][values["name"]]
            if station is None or station in (getattr(one, "home_station", None), getattr(one, "station", None))
        ]
        if len(found) > 1 and "phone" in values:
            found = [one for one in found if one.phone == values["phone"]] or found
        if not found:
            raise _Refusal("姓名", f"本单位管理的站点里没有这名{SEATS[seat]}，请先登记")
        if len(found) > 1:
            raise _Refusal("姓名", f"有 {len(found)} 名{SEATS[seat]}同名，请填站点或手机号区分")
        return deputy_place(found[0]) if seat == "deputy" else officer_place(found[0])

    def _department(self, values: dict[str, Any], station: Any) -> Place:
        if "department" not in values:
            raise _Refusal("承办单位", "没有填写：经办人要写明单位")
        found = self.known.departments.get(folded(values["department"]), [])
        found = [one for one in found if station is None or one.station_id == station.pk]
        if not found:
            raise _Refusal("承办单位", "没有这个单位，请先登记或导入承办单位")
        if len(found) > 1:
            raise _Refusal("承办单位", "有几个站都有这个单位，请填站点", found[0].station.name)
        return department_place(found[0])

    def _person(self, row: Row, place: Place, newcomers: dict[str, Row]) -> None:
        """Set ``row.target``: the account there is, that of an earlier row, or a new one."""
        values = row.values
        phone = values.get("phone") or (place.phone if MOBILE.fullmatch(place.phone) else "")
        name = values.get("username", "")
        if MOBILE.fullmatch(name) and name != phone:
            raise _Refusal("用户名", "用户名如果是手机号，必须是本人的手机号")
        by_phone = self.known.by_phone.get(phone) or self.known.by_username.get(phone)
        found = by_phone or self.known.by_username.get(name)
        if by_phone is not None and name and name != by_phone.username:
            raise _Refusal("用户名", "这个手机号的账号已有用户名，请空着", by_phone.username)
        if found is not None:
            heading = "手机号" if by_phone is not None else "用户名"
            if found.pk not in self.known.within_reach:
                raise _Refusal(heading, "已经用于一个不归您管理的账号，请由上级办公室办理")
            if found.name != values["name"]:
                raise _Refusal(heading, f"已经是{found.name}的账号")
            if not found.is_active:
                raise _Refusal("姓名", "这个账号已停用，请先恢复")
            row.target = found
            return
        for heading, key in (("手机号", phone), ("用户名", name)):
            earlier = newcomers.get(key) if key else None
            if earlier is not None:
                if earlier.values["name"] != values["name"]:
                    raise _Refusal(heading, f"和第 {earlier.number} 行（{earlier.values['name']}）相同")
                row.target = earlier.target
                return
        user = User(name=values["name"], phone=phone or None, email=values.get("email", ""), must_change_password=True)
        user.username = name or self._free_username(values["name"])
        self.usernames.add(user.username)
        row.target = user
        for key in filter(None, (phone, name)):
            newcomers[key] = row

    def _free_username(self, name: str) -> str:
        stem = staffing.username_stem(name)
        n = 1
        while (candidate := stem if n == 1 else f"{stem}{n}") in self.usernames:
            n += 1
        return candidate

    def _judge(self, row: Row, place: Place) -> None:
        user = row.target
        row.fields = {"place": place}
        if place.user_id is not None and place.user_id != user.pk:
            row.refuse("姓名", "这个岗位已经有登录账号")
        elif user.pk is None:
            row.verdict = NEW
        elif place.user_id == user.pk or (user.pk, place.token) in self.known.held:
            row.verdict = SAME
        else:
            row.verdict = CHANGED
            row.changes.append(("岗位", "", str(place)))

    # --- writing ------------------------------------------------------------------------------

    def write(self, scope: Scope, plan: Plan) -> Written:
        written = Written()
        used = [row for row in plan.rows if row.verdict in (NEW, CHANGED)]
        made = list({id(row.target): row.target for row in used if row.target.pk is None}.values())
        passwords = {}
        for user in made:
            passwords[user.username] = staffing.first_password()
            user.password = staffing.hash_first(passwords[user.username])
            user.date_joined = timezone.now()
        User.objects.bulk_create(made, batch_size=500)
        new_pks = {user.pk for user in made}
        self._seat(used, written)
        written.stamp_created(made)
        self._note(scope, used, new_pks)
        seats: dict[str, list[str]] = defaultdict(list)
        for row in used:
            seats[row.target.username].append(str(row.fields["place"]))
        written.extra["slips"] = [
            [user.name, user.username, user.phone or "", passwords[user.username], "；".join(seats[user.username])]
            for user in made
        ]
        return written

    def _seat(self, used: list[Row], written: Written) -> None:
        for kind, model, column in (
            ("station", StationStaff, "station_id"),
            ("department", DepartmentStaff, "department_id"),
        ):
            seats: list[Any] = [
                model(user=row.target, **{column: row.fields["place"].pk})
                for row in used
                if row.fields["place"].kind == kind
            ]
            model._default_manager.bulk_create(seats, batch_size=500)
            written.stamp_created(seats)
        for kind, person_model in (("deputy", Deputy), ("officer", ResidentOfficer)):
            chosen = {row.fields["place"].pk: row.target for row in used if row.fields["place"].kind == kind}
            found = person_model._default_manager.select_for_update(of=("self",)).filter(pk__in=chosen)
            for one in found if chosen else ():
                written.add_changed(one, {"user_id": (one.user_id, chosen[one.pk].pk)})
                person_model._default_manager.filter(pk=one.pk).update(user=chosen[one.pk])

    def _note(self, scope: Scope, used: list[Row], new_pks: set[int]) -> None:
        """An event for each account and seat, as if they had been made one by one."""
        seat = (scope.actor.seats.labels or [""])[0]
        told: set[int] = set()
        entries = []
        for row in used:
            user, place = row.target, row.fields["place"]
            action = "account_create" if user.pk in new_pks - told else "seat_give"
            told.add(user.pk)
            what = {"account": user.pk, "place": place.token, "seat": place.seat}
            note = f"{user.name}（{user.username}）"
            entries.append(log.Entry(scope.county.chain, action, after=what, note=note, actor=scope.actor, seat=seat))
        log.append_all(entries)


class _Refusal(Exception):
    """A cell by its heading, why, and a suggestion."""

    def __init__(self, heading: str, why: str, suggestion: str = "") -> None:
        super().__init__(why, suggestion)
        self.heading = heading
