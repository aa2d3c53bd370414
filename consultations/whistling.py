"""The one way through the states of a whistle's calls: the table says what may be done when and by which side; each act
locks the whistle, then the call, checks both, changes, records the event and tells whom it concerns, in one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from consultations import whistle_notices
from consultations.models import OPEN_CALLS, Call, CallState, Ground, Justified, Response, Solved, Whistle
from history import log
from receptions.schedule import line
from stations.models import Department, DepartmentStaff, Station
from suggestions.choices import OPEN_STATES, Satisfaction
from suggestions.faces import rules_of
from suggestions.models import Suggestion
from workdays.calendar import Calendar

if TYPE_CHECKING:
    from accounts.models import User

DAY_ENDS = dt.time(23, 59)  # a limit in days lasts until its last day is over
FARTHEST = dt.timedelta(days=90)  # a limit for coming that lies beyond is a slip of the pen


class Side(StrEnum):
    DEPARTMENT = "被吹哨单位的工作人员"
    STATION = "吹哨站点的工作人员"
    COUNTY = "县人大常委会代表工委"


@dataclass(frozen=True)
class Step:
    label: str
    sources: tuple[CallState, ...]
    side: Side
    to: CallState | None = None  # None: the state stays, or the step says which
    main: bool = False  # what is expected next in this state


S = CallState
STEPS = {
    "check_in": Step("报到", (S.CALLED,), Side.DEPARTMENT, S.HERE, main=True),
    "note": Step("登记进展", (S.HERE,), Side.DEPARTMENT),
    "report": Step("报告办理结果", (S.HERE,), Side.DEPARTMENT, S.DONE, main=True),
    "refuse": Step("申请退哨", (S.CALLED, S.HERE), Side.DEPARTMENT, S.REFUSED),
    "excuse": Step("同意退哨", (S.REFUSED,), Side.STATION, S.EXCUSED, main=True),
    "pass_up": Step("报县裁定", (S.REFUSED,), Side.STATION, S.RAISED),
    "decide": Step("裁定", (S.REFUSED, S.RAISED), Side.COUNTY, main=True),
    "send_back": Step("退回继续办理", (S.DONE,), Side.STATION, S.HERE),
    "rate": Step("评价单位", (S.DONE,), Side.STATION, main=True),
    "judge": Step("评价吹哨", (S.DONE, S.EXCUSED), Side.DEPARTMENT, main=True),
    "withdraw": Step("撤哨", OPEN_CALLS, Side.STATION, S.WITHDRAWN),
}


# --- who may what -------------------------------------------------------------------------


def departments_for(station: Station) -> QuerySet[Department]:
    """Whom a station may call: the departments of its own level and of the levels above it."""
    found = Department.objects.filter(is_active=True, station__path__in=line(station.path))
    return found.select_related("station").order_by("-station__path", "name")


def stations_for(user: User, case: Suggestion | None = None) -> list[Station]:
    """For which stations ``user`` may whistle; for a case those that have it in hand, or cover who has."""
    own = user.seats.stations
    return own if case is None else [station for station in own if station.covers(case.desk)]


def answers(user: User, call: Call) -> bool:
    """Whether ``user`` acts for the department; where nobody of it can log in, the station does after a phone call."""
    if call.department_id in user.seats.department_ids:
        return True
    return user.seats.covers(call.whistle.station) and not has_clerk(call.department_id)


def has_clerk(department_id: int) -> bool:
    return DepartmentStaff.objects.filter(department=department_id, user__is_active=True).exists()


def sits(user: User, call: Call, side: Side) -> bool:
    station = call.whistle.station
    match side:
        case Side.DEPARTMENT:
            return answers(user, call)
        case Side.STATION:
            return user.seats.covers(station)
        case _:
            return station.county_id in user.seats.office_county_ids


def open_to(user: User, call: Call) -> list[str]:
    """The actions that ``user`` may take on ``call`` now."""
    return [
        name for name in STEPS if call.state in STEPS[name].sources and _fits(name, call) and _sits(name, user, call)
    ]


def _sits(name: str, user: User, call: Call) -> bool:
    return sits(user, call, STEPS[name].side)


def _fits(name: str, call: Call) -> bool:
    """What the state alone does not say."""
    match name:
        case "excuse" | "pass_up":
            return not call.whistle.station.is_hub
        case "decide":  # of the hub's own whistles it is judge itself
            return call.state == CallState.RAISED or call.whistle.station.is_hub
        case "rate" | "send_back":
            return call.rated_at is None
        case "judge":
            return call.judged_at is None
        case _:
            return True


# --- blowing ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limit:
    at: dt.datetime
    why: str


def limit_for(station: Station, ground: str, now: dt.datetime) -> Limit:
    """By the county's rules: hours for an emergency, whatever the day; else until the end of a working day."""
    rules = rules_of(station.county)
    if ground == Ground.EMERGENCY:
        return Limit(now + dt.timedelta(hours=rules.whistle_hours), f"突发紧急 {rules.whistle_hours} 小时")
    day = Calendar.current().add(timezone.localdate(now), rules.whistle_days)
    return Limit(end_of(day), f"{rules.whistle_days} 个工作日")


def end_of(day: dt.date, time: dt.time | None = None) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time or DAY_ENDS))


@transaction.atomic
def blow(
    station: Station,
    *,
    by: User,
    ground: str,
    title: str,
    matter: str,
    place: str,
    departments: Sequence[Department],
    case: Suggestion | None = None,
    due_at: dt.datetime | None = None,
) -> Whistle:
    """Call ``departments`` to ``place``; they are told at once. ``due_at`` is a limit other than the county's rule."""
    station = Station.objects.select_for_update(of=("self",)).select_related("county__rules").get(pk=station.pk)
    if case is not None:
        case = Suggestion.objects.select_for_update(of=("self",)).select_related("desk").get(pk=case.pk)
    if station not in stations_for(by, case):
        raise PermissionDenied("吹哨由站点的工作人员发出；一件意见由它当前所在站点或上级站吹哨。")
    now = timezone.now()
    limit = _limit(due_at, now) if due_at else limit_for(station, ground, now)
    _check(station, ground, case, departments, title)
    whistle = Whistle.objects.create(
        station=station, case=case, ground=ground, title=title, matter=matter, place=place, blown_by=by, blown_at=now
    )
    new = {"case": case, "due_at": limit.at, "due_why": limit.why, "since": now}
    calls = Call.objects.bulk_create(Call(whistle=whistle, department=one, **new) for one in departments)
    after = {"departments": [one.pk for one in departments], "ground": ground, "due_at": limit.at}
    after |= {"case": case.pk} if case else {}
    log.append(whistle.chain, action="blow", actor=by, seat=by.seats.label, after=after, note=f"{title}\n{matter}")
    whistle_notices.blown(whistle, calls, by=by)
    return whistle


def _limit(due_at: dt.datetime, now: dt.datetime) -> Limit:
    if due_at <= now:
        raise ValidationError({"due_day": "报到期限已经过去了，请改成以后的时间；不填就按县里的规定算。"})
    if due_at > now + FARTHEST:
        raise ValidationError({"due_day": "报到期限太远了，最多 90 天。"})
    return Limit(due_at, "站点指定")


def _check(
    station: Station, ground: str, case: Suggestion | None, departments: Sequence[Department], title: str
) -> None:
    if ground not in Ground.values:
        raise ValidationError({"ground": "只有三种情形可以吹哨，请选一种。"})
    if not station.is_active:
        raise ValidationError("这个站点已经停用，不能吹哨。")
    if not departments:
        raise ValidationError({"departments": "请选择叫哪些单位来。"})
    allowed = set(departments_for(station).values_list("pk", flat=True))
    if barred := [one for one in departments if one.pk not in allowed]:
        closed = "、".join(one.name for one in barred if not one.is_active)
        strange = "、".join(one.name for one in barred if one.is_active)
        said = [f"{closed}已经停用"] if closed else []
        said += [f"{strange}不是本站或上级站的承办单位"] if strange else []
        raise ValidationError({"departments": f"{'；'.join(said)}，不能吹哨，请改选。"})
    if case is not None and case.state not in OPEN_STATES:
        raise ValidationError(f"这件意见已经{case.get_state_display()}，不能再为它吹哨。")
    same = {"case": case} if case else {"case": None, "whistle__station": station, "whistle__title": title}
    known = Call.objects.open().filter(department__in=departments, **same).select_related("department")
    if names := "、".join(call.department.name for call in known):
        raise ValidationError(
            {"departments": f"同一件事已经向{names}吹过哨，还没有办完，不用再吹；催办请看那一次吹哨。"}
        )


# --- acts on one call ---------------------------------------------------------------------


@dataclass
class Act:
    call: Call
    by: User | None
    at: dt.datetime
    after: dict[str, Any] = field(default_factory=dict)
    note: str = ""

    def go_to(self, to: CallState) -> None:
        self.call.state, self.call.since = to, self.at


def locked(pk: int) -> Call:
    """The whistle first, then the call: two acts on one whistle wait for each other."""
    Whistle.objects.select_for_update(of=("self",)).get(calls=pk)
    rows = Call.objects.select_for_update(of=("self",))
    return rows.select_related("whistle__station__county__rules", "whistle__blown_by", "department__station").get(pk=pk)


@contextmanager
def _act(pk: int, name: str, by: User) -> Iterator[Act]:
    step = STEPS[name]
    with transaction.atomic():
        call = locked(pk)
        if not sits(by, call, step.side):
            raise PermissionDenied(f"“{step.label}”由{step.side}办理。")
        if call.state not in step.sources or not _fits(name, call):
            raise ValidationError(_why_not(name, call))
        before = call.state
        now = Act(call, by, timezone.now())
        yield now
        if step.to is not None:
            now.go_to(step.to)
        call.save()
        states = {"state": call.state} if call.state != before else {}
        log.append(
            call.whistle.chain,
            action=name,
            actor=by,
            seat=by.seats.label,
            before={"state": before} if states else {},
            after={"call": call.pk, "department": call.department_id, **states, **now.after},
            note=now.note,
        )
        whistle_notices.after(name, call, by=by, note=now.note)


def _why_not(name: str, call: Call) -> str:
    who = call.department.name
    if name == "check_in" and call.state == CallState.HERE:
        return f"{who}已经报到过了（{call.came_who}，{timezone.localtime(call.came_at):%-m月%-d日 %H:%M}），不用再报。"
    if name == "rate" and call.rated_at:
        return f"{who}已经评价过了，一次吹哨只评一次。"
    if name == "send_back" and call.rated_at:
        return f"{who}已经评价过了，不能再退回；还没办好的，请另外吹哨。"
    if name == "judge" and call.judged_at:
        return "贵单位已经评价过这次吹哨，只评一次。"
    return f"{who}现在是“{call.get_state_display()}”，不能{STEPS[name].label}。请看看下面最新的情况。"


def _said(text: str, name: str, missing: str) -> str:
    if not text.strip():
        raise ValidationError({name: missing})
    return text.strip()


def check_in(pk: int, *, by: User, who: str, where: str = "") -> Call:
    """Who came and where; when is now. From here the time for the matter itself runs."""
    with _act(pk, "check_in", by) as now:
        call = now.call
        call.came_who = _said(who, "who", "请写明谁来报到。")
        call.came_where = where.strip() or call.whistle.place
        call.came_at = now.at
        days = rules_of(call.whistle.station.county).whistle_finish_days
        call.finish_on = Calendar.current().add(timezone.localdate(now.at), days)
        now.after = {"late": call.came_late, "finish_on": call.finish_on}
        now.note = f"{call.came_who}，{call.came_where}"
    return call


def note(pk: int, *, by: User, text: str) -> Call:
    with _act(pk, "note", by) as now:
        now.note = _said(text, "text", "请写明进展。")
    return now.call


def report(pk: int, *, by: User, text: str) -> Call:
    with _act(pk, "report", by) as now:
        now.call.result = now.note = _said(text, "text", "请写明办理结果。")
        now.call.done_at = now.at
    return now.call


def refuse(pk: int, *, by: User, reason: str) -> Call:
    with _act(pk, "refuse", by) as now:
        now.call.refusal = now.note = _said(reason, "reason", "请写明退哨理由：为什么这件事不归本单位，归哪里。")
    return now.call


def excuse(pk: int, *, by: User, text: str = "") -> Call:
    with _act(pk, "excuse", by) as now:
        now.call.decision = now.note = text.strip()
    return now.call


def pass_up(pk: int, *, by: User, text: str) -> Call:
    """The station does not agree: the county office decides."""
    with _act(pk, "pass_up", by) as now:
        now.call.decision = now.note = _said(text, "text", "请写明为什么不同意退哨，县里好裁定。")
    return now.call


def decide(pk: int, *, by: User, must_come: bool, text: str) -> Call:
    """Whoever must come goes on where it stopped: with a new limit for coming, or at work if it had come."""
    with _act(pk, "decide", by) as now:
        call = now.call
        call.decision = now.note = _said(text, "text", "请写明裁定意见。")
        now.after = {"must_come": must_come}
        if not must_come:
            now.go_to(CallState.EXCUSED)
        elif call.came_at:
            now.go_to(CallState.HERE)
        else:
            limit = limit_for(call.whistle.station, call.whistle.ground, now.at)
            if limit.at > call.due_at:  # what the station gave is not taken back
                call.due_at, call.due_why = limit.at, f"县裁定后 {limit.why}"
            call.missed_at = None
            now.go_to(CallState.CALLED)
    return call


def send_back(pk: int, *, by: User, text: str) -> Call:
    with _act(pk, "send_back", by) as now:
        now.note = _said(text, "text", "请写明哪里没有办好。")
        now.call.done_at = None
        days = rules_of(now.call.whistle.station.county).whistle_finish_days
        now.call.finish_on = Calendar.current().add(timezone.localdate(now.at), days)
    return now.call


def withdraw(pk: int, *, by: User, text: str) -> Call:
    """What nobody came for within its limit stays counted as that."""
    with _act(pk, "withdraw", by) as now:
        now.call.decision = now.note = _said(text, "text", "请写明为什么撤哨。")
    return now.call


def rate(pk: int, *, by: User, response: str, solved: str, content: str, remark: str = "") -> Call:
    """The station says how the department came, whether the matter is solved, how content it is; once."""
    with _act(pk, "rate", by) as now:
        call = now.call
        call.response, call.solved, call.content = Response(response), Solved(solved), Satisfaction(content)
        if call.content == Satisfaction.NOT and not remark.strip():
            raise ValidationError({"remark": "不满意的，请写明哪里不满意。"})
        call.remark, call.rated_at = remark.strip(), now.at
        now.after = {"response": response, "solved": solved, "content": content}
        now.note = call.remark
    return call


def judge(pk: int, *, by: User, justified: str, remark: str = "") -> Call:
    """The department says whether it had to be whistled for; once."""
    with _act(pk, "judge", by) as now:
        call = now.call
        call.justified = Justified(justified)
        if call.justified == Justified.NO and not remark.strip():
            raise ValidationError({"remark": "认为不该吹哨的，请写明理由。"})
        call.justified_remark, call.judged_at = remark.strip(), now.at
        now.after, now.note = {"justified": justified}, call.justified_remark
    return call
