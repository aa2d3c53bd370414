"""Who is told what of a reception day, and whether that is still true when it is sent.

What somebody was told last is read from the outbox itself: the condition a row is sent under names what it said
(``on_duty``, ``off_duty``, ``arranged``, ``cancelled``) and at which revision of the day.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from deputies import reach as deputies_reach
from deputies.models import Deputy, Status
from messaging.models import OutboxRow, RowState
from messaging.outbox import Message, Recipient, user_recipient
from noticeboard import reach as groups_reach
from receptions.arrangements import (
    Arrangement,
    full_date,
    hours,
    is_over,
    may_serve,
    names,
    notice_text,
    place,
    short_date,
    when,
)
from receptions.models import DayState, Duty, ReceptionDay
from stations import reach as officers_reach

ON = ("on_duty", "arranged")  # said to whoever is to come
STANDING = (DayState.PLANNED, DayState.OPEN)


# --- keys ---------------------------------------------------------------------------------


def key_of(day: ReceptionDay, suffix: str = "") -> str:
    """What the outbox knows a telling by: of this revision of the day, and once more for each ``suffix``."""
    return f"{day.chain}:r{day.revision}" + (f":{suffix}" if suffix else "")


def keys_of(day: ReceptionDay) -> list[str]:
    """Every key that something about ``day`` may have been told by."""
    by_revision = [
        f"{day.chain}:r{revision}{suffix}"
        for revision in range(1, day.revision + 1)
        for suffix in ("", ":again", ":nobody")
    ]
    rounds = range(1, day.told_round + 1)
    by_round = [f"{day.chain}:{word}{number}" for number in rounds for word in ("on", "off", "untold")]
    return by_revision + by_round


# --- what was told before -----------------------------------------------------------------


@dataclass
class Last:
    """What somebody was told last. ``heard`` is False where nothing of it was sent because it was no longer true."""

    what: str
    revision: int
    key: str
    at: dt.datetime
    heard: bool = False


@dataclass
class Told:
    """By contact ("deputies.reach.contact:7") what was told last; ``used`` are the (key, recipient) there are."""

    last: dict[str, Last] = field(default_factory=dict)
    used: set[tuple[str, str]] = field(default_factory=set)


def told_before(days: Iterable[ReceptionDay]) -> dict[int, Told]:
    """One query, however many days."""
    found: dict[int, Told] = defaultdict(Told)
    of_key = {key: day.pk for day in days if day.told_at for key in keys_of(day)}
    rows = OutboxRow.objects.filter(key__in=of_key) if of_key else OutboxRow.objects.none()
    for row in rows.only("key", "recipient", "contact", "relevance", "created_at", "state").order_by("id"):
        told = found[of_key[row.key]]
        told.used.add((row.key, row.recipient))
        question, _, arguments = row.relevance.partition(":")
        what = question.rpartition(".")[2]
        if what not in (*ON, "off_duty", "cancelled"):
            continue
        last = told.last.get(row.contact)
        if last is None or last.key != row.key:
            last = told.last[row.contact] = Last(what, int(arguments.split(":")[1]), row.key, row.created_at)
        last.heard |= row.state != RowState.DROPPED
    return found


# --- is it still true, asked when it is sent ----------------------------------------------


def _standing(day: str, revision: str) -> ReceptionDay | None:
    """The day where it is still to come as it was told."""
    found = ReceptionDay.objects.filter(pk=day, revision=revision, state__in=STANDING).first()
    return found if found and not is_over(found, timezone.now()) else None


def _duty(day: ReceptionDay | None, deputy: str) -> Duty | None:
    if day is None:
        return None
    duty = Duty.objects.filter(day=day, deputy=int(deputy)).select_related("deputy__term").first()
    return duty if duty and may_serve(duty.deputy, day.date) else None


def arranged(day: str, revision: str) -> bool:
    """Said to resident officers and work groups."""
    return _standing(day, revision) is not None


def on_duty(day: str, revision: str, deputy: str) -> bool:
    return _duty(_standing(day, revision), deputy) is not None


def asked_again(day: str, revision: str, deputy: str) -> bool:
    duty = _duty(_standing(day, revision), deputy)
    return duty is not None and duty.acknowledged_revision != int(revision)


def off_duty(day: str, revision: str, deputy: str) -> bool:
    """Whatever became of the day since: the duty is gone."""
    coming = ReceptionDay.objects.filter(pk=day, date__gte=timezone.localdate())
    return coming.exists() and not Duty.objects.filter(day=int(day), deputy=int(deputy)).exists()


def cancelled(day: str, revision: str) -> bool:
    coming = ReceptionDay.objects.filter(pk=day, date__gte=timezone.localdate())
    return coming.filter(revision=revision, state=DayState.CANCELLED).exists()


def untold(day: str, revision: str) -> bool:
    """Said to the office, as are the two below."""
    return _standing(day, revision) is not None


def unacknowledged(day: str, revision: str) -> bool:
    found = _standing(day, revision)
    return bool(found and Duty.objects.filter(day=found).exclude(acknowledged_revision=revision).exists())


def without_deputies(day: str, revision: str) -> bool:
    found = _standing(day, revision)
    if found is None:
        return False
    duties = Duty.objects.filter(day=found).select_related("deputy__term")
    return not any(may_serve(duty.deputy, found.date) for duty in duties)


# --- the texts ----------------------------------------------------------------------------


def link_to(name: str, *arguments: object) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def day_link(day: ReceptionDay) -> str:
    return link_to("receptions:day", day.pk)


def public_link(day: ReceptionDay) -> str:
    """Where everybody reads it: the notice on the board, else the station's page."""
    return (day.notice_id and link_to("portal:notice", day.notice_id)) or link_to("portal:station", day.station_id)


def as_told(day: ReceptionDay, was: str) -> dict[str, str]:
    """What those who are told now believe of the day from now on; ``was`` in words what it was before."""
    return {
        "date": day.date.isoformat(),
        "hours": hours(day.starts_at, day.ends_at),
        "place": place(day.station, day.place),
        "state": day.state,
        "was": was,
    }


def change_since_told(day: ReceptionDay) -> str:
    """What is other than it was told, in words; empty where nothing is, or nobody was told."""
    old = day.told_as
    if not old or old["state"] == DayState.CANCELLED:
        return ""
    new, parts = as_told(day, ""), []
    if old["date"] != new["date"]:
        parts.append(f"日期由{full_date(dt.date.fromisoformat(old['date']))}改为{full_date(day.date)}")
    if old["hours"] != new["hours"]:
        parts.append(f"时间由{old['hours']}改为{new['hours']}")
    if old["place"] != new["place"]:
        parts.append(f"地点由{old['place']}改为{new['place']}")
    return f"{'；'.join(parts)}。" if parts else ""


def is_moved(day: ReceptionDay) -> bool:
    return bool(day.told_as) and day.told_as["date"] != day.date.isoformat()


def _changed_subject(day: ReceptionDay) -> str:
    if is_moved(day):
        old = dt.date.fromisoformat(day.told_as["date"])
        return f"接待日改期：{short_date(old)}改为{short_date(day.date)}"
    return f"接待日安排变更：{short_date(day.date)}"


def sms(template: str, name: str, day: ReceptionDay, date: dt.date | None = None) -> dict[str, Any]:
    """Name, date, hours, place: every template of ours has these four."""
    texts = [name, full_date(date or day.date), hours(day.starts_at, day.ends_at), place(day.station, day.place)]
    return {"template": template, "params": texts}


def date_as_told(day: ReceptionDay) -> dt.date:
    return dt.date.fromisoformat(day.told_as["date"]) if day.told_as else day.date


# --- to whom ------------------------------------------------------------------------------


@dataclass
class Round:
    """One telling of one day: its messages, and who could not be told, in words for the office."""

    one: Arrangement
    told: Told
    messages: list[Message] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    _seen: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def day(self) -> ReceptionDay:
        return self.one.day

    def say(self, what: str, recipient: Recipient, key: str, *arguments: object, **text: Any) -> None:
        asked = ":".join(map(str, (f"receptions.tellings.{what}", self.day.pk, self.day.revision, *arguments)))
        self.messages.append(
            Message(key=key, recipients=[recipient], relevance=asked, scope=self.day.station.path, **text)
        )

    def first_time(self, recipient: Recipient, *same: str) -> bool:
        """Whether this person was not met in this round yet: by log-in, else by the same name and phone."""
        marks = {(recipient.key,), *([same] if all(same) else [])}
        met = bool(marks & self._seen)
        self._seen |= marks
        return not met

    def key_for(self, recipient: Recipient, word: str) -> str:
        """The revision's key; a key of this round for whoever was told by that one already."""
        key = key_of(self.day)
        return f"{self.day.chain}:{word}{self.day.told_round}" if (key, recipient.key) in self.told.used else key


def round_of(one: Arrangement, told: Told, taken_off: list[Deputy]) -> Round:
    """What is to be told of a day now. ``day.told_round`` is the number of this round already; ``taken_off`` were told
    of a duty that they do not have any more."""
    now = Round(one, told)
    if one.day.state == DayState.CANCELLED:
        _tell_cancelled(now, taken_off)
        return now
    for duty in one.duties:
        _tell_deputy(now, duty.deputy)
    for deputy in taken_off:
        _tell_off_duty(now, deputy)
    for officer in one.officers:
        recipient = officers_reach.recipient(officer)
        if now.first_time(recipient, officer.name, officer.phone):
            _tell_arranged(now, recipient, officer.name, f"{officer.name}（{officer.get_kind_display()}）")
    for group in one.groups:
        _tell_group(now, groups_reach.recipient(group))
    _tell_office(now)
    return now


def _knows(now: Round, recipient: Recipient) -> bool:
    last = now.told.last.get(recipient.contact)
    return bool(last and last.what in ON and last.revision == now.day.revision and last.heard)


def _change_for(now: Round, recipient: Recipient) -> str:
    """What is other than this person was told; empty for whoever was not, or was told that it is off."""
    last = now.told.last.get(recipient.contact)
    return change_since_told(now.day) if last and last.what in ON else ""


def _tell_deputy(now: Round, deputy: Deputy) -> None:
    recipient, day, one = deputies_reach.recipient(deputy), now.day, now.one
    if not now.first_time(recipient, deputy.name, deputy.phone) or _knows(now, recipient):
        return
    if not recipient.channels:
        now.unreached.append(f"{deputy.name}代表（没有账号，也没有电话）")
        return
    change = _change_for(now, recipient)
    others = [other for other in one.deputies if other.pk != deputy.pk]
    lines = [
        f"{deputy.name}代表：{change or '您好！'}请于{when(day)}到{one.place}值班接待选民。",
        f"同班代表：{names(others)}。" if others else "",
        f"主题：{one.theme}。" if one.theme else "",
        "请佩戴代表证。收到后请在“我的值班”里点“收到”。" if recipient.person_id else "收到后请告知联络站。",
    ]
    subject = _changed_subject(day) if change else f"值班通知：{short_date(day.date)}接待选民"
    now.say(
        "on_duty",
        recipient,
        now.key_for(recipient, "on"),
        deputy.pk,
        subject=f"{subject}（{day.station.name}）",
        body="\n".join(filter(None, lines)),
        link=link_to("receptions:my_duties") or day_link(day),
        sms=sms("reception_changed" if change else "reception_duty", f"{deputy.name}代表", day),
    )


def _tell_off_duty(now: Round, deputy: Deputy) -> None:
    recipient, day = deputies_reach.recipient(deputy), now.day
    if not recipient.channels or not now.first_time(recipient, deputy.name, deputy.phone):
        return
    date = date_as_told(day)
    now.say(
        "off_duty",
        recipient,
        f"{day.chain}:off{day.told_round}",
        deputy.pk,
        subject=f"值班调整：{short_date(date)}不用您值班（{day.station.name}）",
        body=f"{deputy.name}代表：原来安排您{full_date(date)}在{day.station.name}值班，现已调整，这一天不用您值班。",
        link=link_to("receptions:my_duties") or day_link(day),
        sms=sms("reception_off", f"{deputy.name}代表", day, date),
    )


def _tell_arranged(now: Round, recipient: Recipient, name: str, label: str) -> None:
    day, one = now.day, now.one
    if _knows(now, recipient):
        return
    if not recipient.channels:
        now.unreached.append(f"{label}（没有账号，也没有电话）")
        return
    change = _change_for(now, recipient)
    subject = _changed_subject(day) if change else f"接待日通知：{short_date(day.date)}"
    now.say(
        "arranged",
        recipient,
        now.key_for(recipient, "on"),
        subject=f"{subject}（{day.station.name}）",
        body=f"{name}同志：{change or '您好！'}{when(day)}，{one.place}接待选民，请到站协助。\n"
        f"值班代表：{names(one.deputies) or '待定'}。",
        link=day_link(day),
        sms=sms("reception_changed" if change else "reception_officer", f"{name}同志", day),
    )


def _tell_group(now: Round, recipient: Recipient) -> None:
    day = now.day
    if _knows(now, recipient):
        return
    change = _change_for(now, recipient)
    subject = _changed_subject(day) if change else f"{short_date(day.date)}人大代表接待选民"
    now.say(
        "arranged",
        recipient,
        now.key_for(recipient, "on"),
        subject=f"{subject}（{day.station.name}）",
        body=notice_text(now.one, change),
        link=public_link(day),
    )


def _tell_cancelled(now: Round, taken_off: list[Deputy]) -> None:
    """Whoever was told of the day is told that it is off; nobody else needs to know."""
    day, one = now.day, now.one
    date = date_as_told(day)
    people = [(deputies_reach.recipient(who), who.name, "代表", who.phone) for who in [*one.deputies, *taken_off]]
    people += [(officers_reach.recipient(who), who.name, "同志", who.phone) for who in one.officers]
    people += [(groups_reach.recipient(group), "", "", "") for group in one.groups]
    for recipient, name, title, phone in people:
        last = now.told.last.get(recipient.contact)
        if last is None or last.what not in ON or not now.first_time(recipient, name, phone):
            continue
        now.say(
            "cancelled",
            recipient,
            now.key_for(recipient, "off"),
            subject=f"接待日取消：{short_date(date)}（{day.station.name}）",
            body=(f"{name}{title}：" if name else "")
            + f"原定{full_date(date)}{hours(day.starts_at, day.ends_at)}在{one.place}的接待日取消。\n"
            f"原因：{day.cancel_reason}",
            link=day_link(day) if name else public_link(day),
            sms=sms("reception_cancelled", f"{name}{title}", day, date),
        )


def _tell_office(now: Round) -> None:
    """Nobody on duty, or somebody who cannot be told: the office must act."""
    day, one = now.day, now.one
    barred = [f"{duty.deputy.name}代表（{_why_barred(duty.deputy)}）" for duty in one.barred]
    missing = barred + now.unreached
    text = {"link": day_link(day), "sms": None}
    about = f"{when(day)}，{day.station.name}接待日"
    for person in one.staff:
        if not one.duties:
            now.say(
                "without_deputies",
                user_recipient(person),
                key_of(day, "nobody"),
                subject=f"{short_date(day.date)}接待日还没有值班代表（{day.station.name}）",
                body=f"{about}还没有可以值班的代表，公示上写的是“待定”。请尽快安排。",
                **text,
            )
        if missing:
            now.say(
                "untold",
                user_recipient(person),
                f"{day.chain}:untold{day.told_round}",
                subject=f"{short_date(day.date)}接待日有人没有通知到（{day.station.name}）",
                body=f"{about}，没有通知：{'、'.join(missing)}。请核对值班安排，或另行通知。",
                **text,
            )


def _why_barred(deputy: Deputy) -> str:
    return "届次已满" if deputy.status == Status.SERVING else deputy.get_status_display()
