"""One telling of one day: who is told what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from deputies import reach as deputies_reach
from deputies.models import Deputy, Status
from messaging.outbox import Message, Recipient, user_recipient
from noticeboard import reach as groups_reach
from receptions.arrangements import Arrangement, names, notice_text, when
from receptions.dates import full_date, hours, short_date
from receptions.models import DayState, ReceptionDay
from receptions.tellings.told import ON, Told, key_of
from receptions.tellings.words import (
    change_since_told,
    changed_subject,
    date_as_told,
    day_link,
    link_to,
    public_link,
    sms,
)
from stations import reach as officers_reach


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
    subject = changed_subject(day) if change else f"值班通知：{short_date(day.date)}接待选民"
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
    subject = changed_subject(day) if change else f"接待日通知：{short_date(day.date)}"
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
    subject = changed_subject(day) if change else f"{short_date(day.date)}人大代表接待选民"
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
