"""排班: the roster of a station and a period. How the days are filled is in ``filling.py``; here is what they are filled
from, why a wish could not be kept, and how the answer is saved."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy
from history.models import Event
from receptions import duty_changes, filling
from receptions.arrangements import may_serve
from receptions.dates import short_date
from receptions.models import DayState, Duty, Leave, LeaveState, ReceptionDay, ReceptionDayQuerySet
from receptions.schedule import Rule, rule_for
from stations.changes import record
from stations.models import Kind, Station

if TYPE_CHECKING:
    from accounts.models import User

YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Period:
    """What is asked for: the reception days of ``station`` from ``start`` to ``end`` (both included), out of its own
    deputies or, with ``below``, those of the stations below as well. ``gaps_only``: whoever is on duty stays."""

    station: Station
    start: dt.date
    end: dt.date
    below: bool = False
    gaps_only: bool = False


@dataclass
class Roster:
    """A period as it is and as it is proposed, with the plain data that ``filling`` works on."""

    period: Period
    rule: Rule
    days: list[ReceptionDay]
    duties: dict[int, list[Duty]]
    deputies: dict[int, Deputy]  # the station's, in the order of names
    guests: dict[int, Deputy]  # others who are on duty on one of the days
    slots: list[filling.Slot]
    candidates: list[filling.Candidate]
    dropped: list[str]
    offered: int  # deputies of the stations below, where the station has none of its own
    chosen: dict[int, list[int]]  # what is proposed; as it is where nothing is

    @cached_property
    def figures(self) -> filling.Figures:
        """As things are."""
        return filling.measure(self.slots, self.candidates, self.now)

    @property
    def now(self) -> dict[int, list[int]]:
        return {day.pk: [duty.deputy_id for duty in self.duties[day.pk]] for day in self.days}

    @property
    def least_duties(self) -> int:
        """Each deputy's least number of duties in this period, out of the number a year."""
        days = (self.period.end - self.period.start).days + 1
        return self.rule.min_duties * days // 365

    def name(self, pk: int) -> str:
        return (self.deputies.get(pk) or self.guests[pk]).name

    @cached_property
    def proposed(self) -> filling.Figures:
        return filling.measure(self.slots, self.candidates, self.chosen)

    @cached_property
    def changes(self) -> list[tuple[ReceptionDay, list[int], list[int]]]:
        """(day, who comes, who leaves), of the days where anything changes."""
        rows = []
        for day in self.days:
            then, now = self.chosen[day.pk], self.now[day.pk]
            on, off = [pk for pk in then if pk not in now], [pk for pk in now if pk not in then]
            if on or off:
                rows.append((day, on, off))
        return rows

    @cached_property
    def fingerprint(self) -> str:
        """Of what would be written: what was read is what happens, or nothing."""
        text = repr([(day.pk, day.date, sorted(on), sorted(off)) for day, on, off in self.changes])
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    @cached_property
    def reasons(self) -> list[str]:
        return list(dict.fromkeys([*self.dropped, *_reasons(self)]))


# --- reading --------------------------------------------------------------------------------


def pool(station: Station, *, below: bool = False) -> list[Deputy]:
    """The serving deputies who take turns at ``station``, in the order of names."""
    homes = Q(home_station__in=Station.objects.within(station)) if below else Q(home_station=station)
    deputies = Deputy.objects.serving().filter(homes).select_related("term", "home_station", "user")
    return list(deputies.order_by("pinyin", "pk"))


def read(period: Period, *, today: dt.date | None = None) -> Roster:
    """The period as it is: a handful of queries, however many days and deputies."""
    return _read(period, today or timezone.localdate())


def propose(period: Period, *, today: dt.date | None = None) -> Roster:
    """The period filled: the same answer for the same data."""
    roster = _read(period, today or timezone.localdate())
    roster.chosen = filling.fill(roster.slots, roster.candidates)
    return roster


def fairness(period: Period) -> filling.Figures:
    """How even the roster is as it stands."""
    return read(period).figures


def _read(period: Period, today: dt.date) -> Roster:
    station = period.station
    days = list(_days(station).filter(date__range=(period.start, period.end)))
    around = _around(period)
    duties = _duties([*days, *around])
    deputies = {one.pk: one for one in pool(station, below=period.below) if may_serve(one, period.start)}
    others = {duty.deputy for day in days for duty in duties[day.pk]} - set(deputies.values())
    people = {**deputies, **{one.pk: one for one in others}}
    away = _away(people, period)
    rule = rule_for(station)
    slots, dropped = [], []
    for day in days:
        slot, gone = _slot(day, duties[day.pk], rule.on_duty, people, away, period, today)
        slots.append(slot)
        dropped += gone
    slots += [filling.Slot(day.pk, day.date, 0, _on(duties[day.pk]), open=False, counted=False) for day in around]
    return Roster(
        period=period,
        rule=rule,
        days=days,
        duties=duties,
        deputies=deputies,
        guests={one.pk: one for one in others},
        slots=slots,
        candidates=_candidates(deputies, away, period),
        dropped=dropped,
        offered=0 if deputies or station.kind != Kind.TOWNSHIP else len(pool(station, below=True)),
        chosen={day.pk: [duty.deputy_id for duty in duties[day.pk]] for day in days},
    )


def _days(station: Station) -> ReceptionDayQuerySet:
    return ReceptionDay.objects.standing().filter(station=station).select_related("station").order_by("date", "pk")


def _around(period: Period) -> list[ReceptionDay]:
    """The last day before the period and the first after it: who serves then should not serve beside it."""
    before = _days(period.station).filter(date__lt=period.start).last()
    after = _days(period.station).filter(date__gt=period.end).first()
    return [day for day in (before, after) if day]


def _on(duties: list[Duty]) -> frozenset[int]:
    return frozenset(duty.deputy_id for duty in duties)


def _duties(days: list[ReceptionDay]) -> dict[int, list[Duty]]:
    found: dict[int, list[Duty]] = {day.pk: [] for day in days}
    rows = Duty.objects.filter(day__in=list(found)).select_related("deputy__term", "deputy__home_station")
    for duty in rows.order_by("deputy__pinyin", "deputy_id"):
        found[duty.day_id].append(duty)
    return found


def _away(people: dict[int, Deputy], period: Period) -> dict[int, list[filling.Span]]:
    """Days on which each cannot serve: granted leave, duty at another station, after the end of the term."""
    away: dict[int, list[filling.Span]] = {pk: [] for pk in people}
    leaves = Leave.objects.filter(deputy__in=list(people), state=LeaveState.GRANTED, ends_on__gte=period.start)
    for leave in leaves.filter(starts_on__lte=period.end).order_by("starts_on", "pk"):
        away[leave.deputy_id].append((leave.starts_on, leave.ends_on))
    elsewhere = Duty.objects.filter(deputy__in=list(people), day__in=ReceptionDay.objects.standing())
    elsewhere = elsewhere.filter(day__date__range=(period.start, period.end)).exclude(day__station=period.station)
    for pk, date in elsewhere.order_by("day__date").values_list("deputy_id", "day__date"):
        away[pk].append((date, date))
    for pk, deputy in people.items():
        if deputy.term and deputy.term.ends_on:
            away[pk].append((deputy.term.ends_on + dt.timedelta(days=1), dt.date.max))
    return away


def _slot(
    day: ReceptionDay,
    duties: list[Duty],
    need: int,
    people: dict[int, Deputy],
    away: dict[int, list[filling.Span]],
    period: Period,
    today: dt.date,
) -> tuple[filling.Slot, list[str]]:
    """The day as plain data, and in words who cannot stay on it."""
    if not duty_changes.is_ahead(day, today):
        return filling.Slot(day.pk, day.date, need, fixed=_on(duties), open=False), []
    fixed, current, dropped = set(), set(), []
    for duty in duties:
        deputy = people[duty.deputy_id]
        if not may_serve(deputy, day.date):
            dropped.append(f"{deputy}届时不在任，从{short_date(day.date)}撤下。")
        elif any(first <= day.date <= last for first, last in away[deputy.pk]):
            dropped.append(f"{deputy}{short_date(day.date)}请假或在别处值班，从这一天撤下。")
        elif period.gaps_only or duty.by_hand or duty.acknowledged_at or day.told_at:
            fixed.add(deputy.pk)
        else:
            current.add(deputy.pk)
    return filling.Slot(day.pk, day.date, need, frozenset(fixed), frozenset(current)), dropped


def _candidates(
    deputies: dict[int, Deputy], away: dict[int, list[filling.Span]], period: Period
) -> list[filling.Candidate]:
    recent = Duty.objects.filter(deputy__in=list(deputies), day__in=ReceptionDay.objects.standing())
    recent = recent.filter(day__date__range=(period.start - YEAR, period.start - dt.timedelta(days=1)))
    earlier = Counter(recent.values_list("deputy_id", flat=True))
    return [filling.Candidate(pk, tuple(away[pk]), earlier[pk]) for pk in deputies]


# --- reasons --------------------------------------------------------------------------------


def _reasons(roster: Roster) -> list[str]:
    """Why a wish could not be kept, each in a sentence a clerk understands."""
    if not roster.days:
        return ["这段时间没有接待日。"]
    if not roster.deputies:
        more = f"可以改由下属联络点、工作室的 {roster.offered} 名代表轮流值班。" if roster.offered else ""
        return [f"{roster.period.station}没有编入在任代表，排不了班。{more}"]
    return [*_gap_reasons(roster), *_least_reasons(roster), *_spread_reasons(roster), *_running_reasons(roster)]


def _gap_reasons(roster: Roster) -> Iterable[str]:
    dates = {slot.key: slot.date for slot in roster.slots}
    for key, missing in roster.proposed.gaps:
        absent = [roster.name(one.key) for one in roster.candidates if not one.can_serve(dates[key])]
        why = f"{'、'.join(absent[:5])}{'等' if len(absent) > 5 else ''}不能到站" if absent else "代表人数不够"
        yield f"{short_date(dates[key])}缺 {missing} 名：{why}。"


def _least_reasons(roster: Roster) -> Iterable[str]:
    least, figures = roster.least_duties, roster.proposed
    below = figures.below(least)
    if not below:
        return
    people, wanted = len(roster.candidates), len(roster.candidates) * least
    if wanted > figures.places:
        enough = -(-wanted // max(figures.days, 1))
        yield (
            f"{people} 名代表每人至少 {least} 次需要 {wanted} 人次，本期 {figures.days} 个接待日只有 {figures.places} "
            f"人次；每次安排 {enough} 名即可人人达到。"
        )
        return
    for pk in below:
        one = next(one for one in roster.candidates if one.key == pk)
        able = sum(slot.counted and one.can_serve(slot.date) for slot in roster.slots)
        yield f"{roster.name(pk)}只排 {figures.totals[pk]} 次（应不少于 {least} 次）：能到站的接待日有 {able} 个。"


def _spread_reasons(roster: Roster) -> Iterable[str]:
    figures = roster.proposed
    if figures.spread > 1:
        most = [roster.name(pk) for pk, total in figures.totals.items() if total == figures.most]
        least = [roster.name(pk) for pk, total in figures.totals.items() if total == figures.least]
        yield (
            f"最多 {figures.most} 次（{'、'.join(most[:5])}），最少 {figures.least} 次（{'、'.join(least[:5])}），相差 "
            f"{figures.spread} 次：受请假和已定班次限制，不能更均衡。"
        )


def _running_reasons(roster: Roster) -> Iterable[str]:
    dates = {slot.key: slot.date for slot in roster.slots}
    for pk, first, second in roster.proposed.running:
        yield f"{roster.name(pk)}在{short_date(dates[first])}、{short_date(dates[second])}连续值班：能到站的代表不够轮换。"


# --- saving ---------------------------------------------------------------------------------


@transaction.atomic
def save(period: Period, *, by: User, seen: str | None) -> Roster:
    """Write the proposal whose ``fingerprint`` was seen (None: whatever it is); only what differs is written, so that
    duties that stay keep their acknowledgement. ValidationError where the answer would now be another one."""
    station = period.station
    on_duty = Duty.objects.filter(day__station=station, day__date__range=(period.start, period.end))
    duty_changes.lock_deputies(
        {*(one.pk for one in pool(station, below=period.below)), *on_duty.values_list("deputy_id", flat=True)}
    )
    duty_changes.lock_days(Q(station=station, date__range=(period.start, period.end)))
    proposal = propose(period)
    if seen is not None and proposal.fingerprint != seen:
        raise ValidationError("刚才有人改动了值班、请假或接待日，下面是重新排出的结果，请再确认一次。")
    changes = [(day, off, on) for day, on, off in proposal.changes]
    duty_changes.change_duties(changes, actor=by, action="roster_fill")
    duty_changes.void_swaps([day for day, _, _ in proposal.changes], by=by)
    record(
        station.county_id,
        "roster_save",
        actor=by,
        after={
            "station": station.pk,
            "start": period.start,
            "end": period.end,
            "days": len(proposal.changes),
            "on": sum(len(on) for _, on, _ in proposal.changes),
            "off": sum(len(off) for _, _, off in proposal.changes),
        },
    )
    return proposal


@transaction.atomic
def assign(day_pk: int, deputy_pk: int, *, by: User) -> Deputy:
    """Put a deputy on duty by hand, also at the desk of a day that is held; it stays when the roster is filled again."""
    deputy = duty_changes.lock_deputies([deputy_pk])[deputy_pk]
    day = duty_changes.lock_days(Q(pk=day_pk))[0]
    duty_changes.require_may_add(day)
    if why := duty_changes.obstacle(deputy, day):
        raise ValidationError(f"{why}，不能安排。")
    duty_changes.change_duties([(day, [], [deputy_pk])], actor=by, action="duty_assign", by_hand=True)
    return deputy


def added_at_desk(day: ReceptionDay) -> set[int]:
    """Who was put on duty while the day was held and has not signed in: a slip that may be taken back. Whoever was
    arranged before is absent, with the reason."""
    if day.state != DayState.OPEN:
        return set()
    events = Event.objects.filter(chain=day.chain, action="duty_assign", at__gte=day.opened_at)
    added = {pk for event in events for pk in set(event.after["deputies"]) - set(event.before["deputies"])}
    waiting = day.duties.filter(deputy__in=added, signed_in_at=None)
    return set(waiting.values_list("deputy_id", flat=True))


@transaction.atomic
def unassign(day_pk: int, deputy_pk: int, *, by: User) -> bool:
    """Take a deputy off. False: somebody has done so meanwhile, and nothing was changed."""
    day = duty_changes.lock_days(Q(pk=day_pk))[0]
    if deputy_pk not in added_at_desk(day):
        duty_changes.require_ahead(day)
    if not day.duties.filter(deputy=deputy_pk).exists():
        return False
    duty_changes.change_duties([(day, [deputy_pk], [])], actor=by, action="duty_unassign")
    duty_changes.void_swaps([day], by=by)
    return True
