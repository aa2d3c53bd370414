"""Publish and remind (公布): every reception day that comes near is told, once, however often and late this runs.

A day waits for it with ``to_tell``. The notice, the outbox rows, the event and the cleared mark are one transaction for
each chunk of days: whoever is killed in between has told nothing, and whoever runs next finds what is left.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from deputies.models import Deputy
from history import log
from messaging import outbox
from noticeboard import system
from noticeboard.models import NoticeKind
from receptions import tellings
from receptions.acknowledging import ask_again
from receptions.arrangements import BARRED, Arrangement, arrangements_of, is_over, notice_text, notice_title
from receptions.models import UNFINISHED, DayState, Duty, ReceptionDay
from receptions.schedule import rules_for

CHUNK = 100  # days told in one transaction
FARTHEST = 15  # days: the most that a rule's notice_days and again_days may be


@dataclass(frozen=True)
class Told:
    """How many days were told, notices written or changed, and outbox rows written."""

    days: int = 0
    notices: int = 0
    rows: int = 0

    def __add__(self, other: Told) -> Told:
        return Told(self.days + other.days, self.notices + other.notices, self.rows + other.rows)


# --- the first time, and whenever something changed ---------------------------------------


def remind(on: dt.date | None = None, now: dt.datetime | None = None) -> Told:
    """Tell every day that is due on the date ``on`` (today): within its station's notice span and not told yet, or
    changed since it was told. Never a day that is over. A second run tells nothing."""
    now = now or timezone.now()
    on = on or timezone.localdate(now)
    _find_barred(on, now)
    total = Told()
    for chunk in _chunks(_due(on, now)):
        total += _tell(chunk, on, now)
    return total


def _find_barred(on: dt.date, now: dt.datetime) -> None:
    """Mark the days whose notice names a deputy who may not serve any more (status, or the end of the term, whichever
    way it came about), or leaves out one who may again. Three queries, however many days."""
    told = ReceptionDay.objects.filter(told_at__isnull=False, to_tell=False, state__in=UNFINISHED)
    told = told.filter(date__gte=max(on, timezone.localdate(now)))
    barred: dict[int, set[int]] = defaultdict(set)
    for day_pk, deputy_pk in Duty.objects.filter(BARRED, day__in=told).values_list("day_id", "deputy_id"):
        barred[day_pk].add(deputy_pk)
    days = told.filter(Q(pk__in=barred) | Q(told_as__has_key="barred"))
    stale = [day.pk for day in days if set(day.told_as.get("barred", ())) != barred[day.pk] and not is_over(day, now)]
    ReceptionDay.objects.filter(pk__in=stale).update(to_tell=True)


def _waiting(on: dt.date, now: dt.datetime) -> Q:
    """Days not told yet that still stand, and days told of that changed, whatever became of them. What was told is
    corrected at once, however far away the day is now."""
    first = max(on, timezone.localdate(now))
    fresh = Q(told_at=None, state__in=UNFINISHED, date__lte=on + dt.timedelta(days=FARTHEST))
    changed = Q(told_at__isnull=False, state__in=(*UNFINISHED, DayState.CANCELLED))
    return Q(to_tell=True, date__gte=first) & (fresh | changed)


def _due(on: dt.date, now: dt.datetime) -> list[int]:
    """Three queries at most, however many days."""
    days = list(ReceptionDay.objects.filter(_waiting(on, now)).select_related("station").order_by("date", "pk"))
    rules = rules_for({day.station for day in days})
    spans = {pk: dt.timedelta(days=rule.notice_days) for pk, rule in rules.items()}
    return [day.pk for day in days if not is_over(day, now) and (day.told_at or day.date <= on + spans[day.station_id])]


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _locked(ids: Sequence[int], waiting: Q) -> list[ReceptionDay]:
    """Those of ``ids`` that still wait and that nobody else has at this moment: another worker tells them, or whoever
    changes them; then the next run finds them."""
    days = ReceptionDay.objects.select_for_update(of=("self",), skip_locked=True).filter(waiting, pk__in=ids)
    return list(days.select_related("station", "county").order_by("pk"))


@transaction.atomic
def _tell(ids: Sequence[int], on: dt.date, now: dt.datetime) -> Told:
    days = _locked(ids, _waiting(on, now))
    arrangements = arrangements_of(days)
    before = tellings.told_before(days)
    off = _taken_off(arrangements, before)
    board = system.keep_all(map(_notice, arrangements), now=now)
    messages: list[outbox.Message] = []
    for one in arrangements:
        day = one.day
        day.notice = board.notices[_notice_key(day)]
        day.told_round += 1
        messages += tellings.round_of(one, before[day.pk], off[day.pk]).messages
    rows = outbox.tell_all(messages)
    _mark(arrangements, now)
    return Told(len(days), board.changed, rows)


def _taken_off(arrangements: list[Arrangement], before: dict[int, tellings.Told]) -> dict[int, list[Deputy]]:
    """By day, the deputies who were told of a duty that they do not have any more. One query at most."""
    gone: dict[int, set[int]] = {}
    for one in arrangements:
        told = {
            int(contact.rpartition(":")[2])
            for contact, last in before[one.day.pk].last.items()
            if last.what == "on_duty" and last.heard
        }
        gone[one.day.pk] = told - {duty.deputy_id for duty in [*one.duties, *one.barred]}
    wanted = {pk for pks in gone.values() for pk in pks}
    deputies = Deputy.objects.filter(pk__in=wanted).select_related("user").in_bulk() if wanted else {}
    return {day: [deputies[pk] for pk in sorted(pks) if pk in deputies] for day, pks in gone.items()}


def _notice_key(day: ReceptionDay) -> str:
    return f"reception:{day.pk}"


def _notice(one: Arrangement) -> system.Kept:
    day = one.day
    stands = day.state != DayState.CANCELLED
    return system.Kept(
        key=_notice_key(day),
        station=day.station,
        kind=NoticeKind.RECEPTION,
        title=notice_title(day),
        body=notice_text(one, _what_it_was(day)),
        event_on=day.date,
        deputies=[deputy.pk for deputy in one.deputies] if stands else [],
    )


def _what_it_was(day: ReceptionDay) -> str:
    """Kept on the notice for whoever read it before, also when something else changes later."""
    return tellings.change_since_told(day) or day.told_as.get("was", "")


def _mark(arrangements: list[Arrangement], now: dt.datetime) -> None:
    days = [one.day for one in arrangements]
    for one in arrangements:
        day = one.day
        day.told_as = tellings.as_told(day, _what_it_was(day))
        if one.barred:
            day.told_as["barred"] = [duty.deputy_id for duty in one.barred]
        day.to_tell, day.told_at, day.told_revision = False, now, day.revision
    fields = ["to_tell", "told_at", "told_revision", "told_round", "told_as", "notice"]
    ReceptionDay.objects.bulk_update(days, fields)
    log.append_all(
        [log.Entry(day.chain, "tell", after={"revision": day.revision, "round": day.told_round}) for day in days],
        at=now,
    )


# --- once more for whoever did not answer -------------------------------------------------


def again(on: dt.date | None = None, now: dt.datetime | None = None) -> Told:
    """Tell whoever has not acknowledged ``again_days`` before the day once more, and the office who that is."""
    now = now or timezone.now()
    on = on or timezone.localdate(now)
    total = Told()
    for chunk in _chunks(_unanswered(on, now)):
        total += _tell_again(chunk, on, now)
    return total


def _open_question(on: dt.date, now: dt.datetime) -> Q:
    silent = Duty.objects.filter(day=OuterRef("pk")).exclude(acknowledged_revision=OuterRef("revision"))
    first = max(on, timezone.localdate(now))
    return Q(
        Exists(silent.exclude(again_revision=OuterRef("revision"))),
        told_revision=F("revision"),
        to_tell=False,
        state=DayState.PLANNED,
        date__range=(first, on + dt.timedelta(days=FARTHEST)),
    )


def _unanswered(on: dt.date, now: dt.datetime) -> list[int]:
    days = list(ReceptionDay.objects.filter(_open_question(on, now)).select_related("station").order_by("date", "pk"))
    rules = rules_for({day.station for day in days})
    spans = {pk: dt.timedelta(days=rule.again_days) for pk, rule in rules.items()}
    return [day.pk for day in days if not is_over(day, now) and day.date <= on + spans[day.station_id]]


@transaction.atomic
def _tell_again(ids: Sequence[int], on: dt.date, now: dt.datetime) -> Told:
    days = _locked(ids, _open_question(on, now))
    before = tellings.told_before(days)
    messages: list[outbox.Message] = []
    asked: list[Duty] = []
    entries: list[log.Entry] = []
    for one in arrangements_of(days):
        duties, said = ask_again(one, before[one.day.pk], on)
        messages += said
        asked += duties
        if duties:
            after = {"revision": one.day.revision, "deputies": [duty.deputy_id for duty in duties]}
            entries.append(log.Entry(one.day.chain, "tell_again", after=after))
    rows = outbox.tell_all(messages)
    Duty.objects.bulk_update(asked, ["again_revision"])
    log.append_all(entries, at=now)
    return Told(len(entries), 0, rows)
