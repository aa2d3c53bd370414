"""The days that the rules make: generated a year ahead, settled when the calendar becomes known, planned anew when a
rule changes.

Everything here may run twice, late, or in two workers at once: one day per station and month is what the database
allows, and days are locked before they change. A day fixed by hand is never touched.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from history import log
from receptions import changes
from receptions.models import DayState, ReceptionDay, ReceptionDayQuerySet
from receptions.schedule import HOLDS, Rule, rules_for
from stations.models import County, Station
from workdays.calendar import Calendar

if TYPE_CHECKING:
    from accounts.models import User

AHEAD = 12  # months after this one that have their days
BATCH = 500
BY_RULE = "规则改为不设接待日"  # why a day was cancelled; one with this reason comes back with the rule
CLOSED = "站点已停用"


@dataclass(frozen=True)
class Planned:
    """Where a rule puts the day of one month. ``planned_on`` is the rule's own day, ``date`` the one it is held on."""

    period: str
    planned_on: dt.date
    date: dt.date
    why: str
    provisional: bool


def planned(rule: Rule, year: int, month: int, calendar: Calendar) -> Planned:
    """Days 29 to 31 are the month's last where it has none; a day off moves as the rule and the calendar say."""
    last = months.monthrange(year, month)[1]
    on = dt.date(year, month, min(rule.day, last))
    clipped = f"{month}月没有 {rule.day} 日，按月末 {last} 日计" if rule.day > last else ""
    date, why, provisional = held_on(on, rule.move, calendar)
    return Planned(f"{year}-{month:02d}", on, date, "；".join(filter(None, (clipped, why))), provisional)


def held_on(on: dt.date, move: str, calendar: Calendar) -> tuple[dt.date, str, bool]:
    """The day that a rule's day is held on, why it is not that day itself, and whether the calendar may still change."""
    try:
        day = calendar.nearest(on, move)
    except ValueError:  # somebody typed in months of days off
        return on, "附近没有工作日，请检查工作日历", True
    why = day.why
    if abs((day.date - on).days) > 1:
        why += "（前后一天也都休息，取最近的工作日）"
    elif day.date == on and not day.is_workday:
        why += "，按规则不调整"
    return day.date, why, day.provisional


def periods(today: dt.date, ahead: int = AHEAD) -> Iterator[tuple[int, int]]:
    """(year, month) of this month and of ``ahead`` more."""
    for number in range(today.month - 1, today.month + ahead):
        yield today.year + number // 12, number % 12 + 1


# --- generate -----------------------------------------------------------------------------


@transaction.atomic
def generate(today: dt.date | None = None, stations: Iterable[Station] | None = None, ahead: int = AHEAD) -> int:
    """Make the days that are missing from today on, for ``stations`` or for all; returns how many. A bounded number of
    queries, whatever the number of stations."""
    today = today or timezone.localdate()
    chosen = _holding(stations)
    if not chosen:
        return 0
    counties = {station.county_id for station in chosen}
    # Two generators at once: the second waits here, and finds nothing left to do.
    list(County.objects.select_for_update(no_key=True).filter(pk__in=counties).order_by("pk").values_list("pk"))
    new = list(_missing(chosen, today, ahead))
    ReceptionDay.objects.bulk_create(new, batch_size=BATCH)
    until = max((day.period for day in new), default="")
    counts = sorted(Counter(day.county_id for day in new).items())
    log.append_all(
        log.Entry(f"county:{pk}", "receptions_planned", after={"days": count, "until": until}) for pk, count in counts
    )
    return len(new)


def _holding(stations: Iterable[Station] | None) -> list[Station]:
    """Stations in use that may hold days: those of the kinds that do, and those whose own rule says so."""
    found = Station.objects.filter(Q(kind__in=HOLDS) | Q(reception_rule__holds=True), is_active=True)
    if stations is not None:
        found = found.filter(pk__in=[station.pk for station in stations])
    chosen = list(found.order_by("path"))
    rules = rules_for(chosen)
    return [station for station in chosen if rules[station.pk].holds]


def _missing(stations: list[Station], today: dt.date, ahead: int) -> Iterator[ReceptionDay]:
    calendar, rules = Calendar.current(), rules_for(stations)
    counties = {station.county_id for station in stations}
    known = ReceptionDay.objects.filter(county__in=counties, date__gte=today - dt.timedelta(days=62))
    made, taken = set(), set()
    for station_id, period, date, state in known.values_list("station_id", "period", "date", "state"):
        made.add((station_id, period))
        if state != DayState.CANCELLED:
            taken.add((station_id, date))
    for station in stations:
        rule = rules[station.pk]
        for year, month in periods(today, ahead):
            plan = planned(rule, year, month, calendar)
            free = (station.pk, plan.period) not in made and (station.pk, plan.date) not in taken
            if plan.date >= today and free:
                yield _day(station, rule, plan)


def _day(station: Station, rule: Rule, plan: Planned) -> ReceptionDay:
    return ReceptionDay(
        county_id=station.county_id,
        station=station,
        period=plan.period,
        planned_on=plan.planned_on,
        date=plan.date,
        why=plan.why,
        provisional=plan.provisional,
        starts_at=rule.starts_at,
        ends_at=rule.ends_at,
        place=station.address[:120],
    )


# --- settle -------------------------------------------------------------------------------


def settle(today: dt.date | None = None) -> int:
    """Bring the coming days to what the calendar says now: provisional ones become certain, and a day that is now off
    moves. Returns how many changed; whoever had been told of a day that moved is told again."""
    today = today or timezone.localdate()
    coming = _coming(today).order_by().values_list("county", flat=True).distinct()
    return sum(_settle_county(county_id, today) for county_id in sorted(coming))


def _coming(today: dt.date) -> ReceptionDayQuerySet:
    """Days that a rule made and nobody fixed by hand, still to be held."""
    return ReceptionDay.objects.filter(state=DayState.PLANNED, by_hand=False, date__gte=today).exclude(period="")


@transaction.atomic
def _settle_county(county_id: int, today: dt.date) -> int:
    calendar = Calendar.current()
    days = _lock(_coming(today).filter(county=county_id))
    rules = rules_for({day.station_id: day.station for day in days}.values())
    taken = _taken(days, today)
    settled, events = [], []
    for day in days:
        date, why, provisional = held_on(day.planned_on, rules[day.station_id].move, calendar)
        clipped = day.why.split("；")[0] + "；" if day.why.startswith(f"{day.planned_on.month}月没有") else ""
        if date != day.date and (date < today or date in taken[day.station_id]):
            continue  # it cannot be held there: the office sees the day off on its page, and decides
        changed = changes.change(day, date=date, why=(clipped + why).rstrip("；"), provisional=provisional)
        if changed:
            settled.append(day)
        if "date" in changed:
            taken[day.station_id] ^= {changed["date"][0], date}
            events.append(log.Entry(day.chain, "settle", **changes.sides(changed)))
    _save(settled)
    log.append_all(events)
    return len(settled)


def _lock(days: ReceptionDayQuerySet) -> list[ReceptionDay]:
    return list(days.select_for_update(of=("self",)).select_related("station").order_by("pk"))


def _taken(days: list[ReceptionDay], today: dt.date) -> dict[int, set[dt.date]]:
    """The dates on which each station of ``days`` has a day that stands."""
    taken: dict[int, set[dt.date]] = {day.station_id: set() for day in days}
    standing = ReceptionDay.objects.standing().filter(date__gte=today, county__in={day.county_id for day in days})
    for station_id, date in standing.order_by().values_list("station_id", "date"):
        if station_id in taken:
            taken[station_id].add(date)
    return taken


def _save(days: list[ReceptionDay]) -> None:
    ReceptionDay.objects.bulk_update(days, changes.WRITTEN, batch_size=BATCH)


# --- a rule changes -----------------------------------------------------------------------


@dataclass
class Replanned:
    """What a new rule changed: days made, moved, at other hours, cancelled and brought back; ``kept`` were told already,
    ``fixed`` were decided by hand, and stay as they are."""

    made: int = 0
    moved: list[ReceptionDay] = field(default_factory=list)
    retimed: list[ReceptionDay] = field(default_factory=list)
    cancelled: list[ReceptionDay] = field(default_factory=list)
    reopened: list[ReceptionDay] = field(default_factory=list)
    kept: list[ReceptionDay] = field(default_factory=list)
    fixed: list[ReceptionDay] = field(default_factory=list)

    def words(self) -> str:
        parts = (
            ("新排", self.made),
            ("改期", len(self.moved)),
            ("只改时间", len(self.retimed)),
            ("取消", len(self.cancelled)),
            ("恢复", len(self.reopened)),
        )
        done = "、".join(f"{label} {count} 天" for label, count in parts if count)
        left = (("已通知的", len(self.kept)), ("手工确定的", len(self.fixed)))
        stay = "、".join(f"{label} {count} 天" for label, count in left if count)
        return "；".join(filter(None, (done or "日程没有变化", f"{stay}保持不变" if stay else "")))


@transaction.atomic
def replan(
    stations: Iterable[Station],
    *,
    before: dict[int, Rule],
    actor: User | None = None,
    today: dt.date | None = None,
) -> Replanned:
    """Bring the coming days of ``stations`` to their rules as they are now, but not those that somebody was told of nor
    those decided by hand; make what is missing. ``before`` has the rules as they were, by the station's pk: hours that
    somebody set by hand differ from them, and stay."""
    today = today or timezone.localdate()
    chosen = {station.pk: station for station in stations}
    rules, calendar, done = rules_for(chosen.values()), Calendar.current(), Replanned()
    days = _lock(
        ReceptionDay.objects.filter(station__in=chosen, date__gte=today)
        .filter(Q(state=DayState.PLANNED) | Q(state=DayState.CANCELLED, cancel_reason=BY_RULE))
        .exclude(period="")
    )
    taken, touched = _taken(days, today), []
    for day in days:
        wanted = _wanted(day, before[day.station_id], rules[day.station_id], calendar)
        date = wanted.get("date", day.date)
        free = date == day.date or (date >= today and date not in taken[day.station_id])
        if free and any(getattr(day, name) != value for name, value in wanted.items()) and not _stays(day, done):
            _apply(day, wanted, done, actor)
            taken[day.station_id].add(day.date)
            touched.append(day)
    _save(touched)
    done.made = generate(today, chosen.values())
    return done


def _wanted(day: ReceptionDay, before: Rule, rule: Rule, calendar: Calendar) -> dict[str, Any]:
    """What the new rule makes of ``day``."""
    if not rule.holds:
        return {"state": DayState.CANCELLED, "cancel_reason": BY_RULE}
    year, month = (int(part) for part in day.period.split("-"))
    plan = planned(rule, year, month, calendar)
    wanted: dict[str, Any] = {"state": DayState.PLANNED, "cancel_reason": "", "planned_on": plan.planned_on}
    wanted |= {"date": plan.date, "why": plan.why, "provisional": plan.provisional}
    if (day.starts_at, day.ends_at) == (before.starts_at, before.ends_at):
        wanted |= {"starts_at": rule.starts_at, "ends_at": rule.ends_at}
    return wanted


def _stays(day: ReceptionDay, done: Replanned) -> bool:
    if day.by_hand:
        done.fixed.append(day)
    elif day.told_at and day.state == DayState.PLANNED:
        done.kept.append(day)
    else:
        return False
    return True


def _apply(day: ReceptionDay, wanted: dict[str, Any], done: Replanned, actor: User | None) -> None:
    changed = changes.change(day, **wanted)
    if "state" in changed:
        (done.reopened if day.state == DayState.PLANNED else done.cancelled).append(day)
    elif "date" in changed:
        done.moved.append(day)
    elif changed.keys() & {"starts_at", "ends_at"}:
        done.retimed.append(day)
    if changed.keys() & set(changes.ARRANGEMENT):
        changes.record(day, "replan", actor=actor, **changes.sides(changed))


# --- a station is closed ------------------------------------------------------------------


@transaction.atomic
def conform(today: dt.date | None = None) -> int:
    """Cancel the coming days of stations that were closed, whoever was told of them, and bring them back where one was
    opened again; returns how many changed."""
    today = today or timezone.localdate()
    days = ReceptionDay.objects.filter(date__gte=today)
    closed = days.filter(state=DayState.PLANNED, station__is_active=False)
    opened = days.filter(state=DayState.CANCELLED, cancel_reason=CLOSED, station__is_active=True)
    touched, events = _lock(closed) + _lock(opened), []
    for day in touched:
        state, reason = (DayState.PLANNED, "") if day.station.is_active else (DayState.CANCELLED, CLOSED)
        changed = changes.change(day, state=state, cancel_reason=reason)
        events.append(log.Entry(day.chain, "conform", **changes.sides(changed)))
    _save(touched)
    log.append_all(events)
    return len(touched)
