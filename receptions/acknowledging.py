"""Who has not said "收到" (acknowledged) yet, and what that person and the office are told then."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from deputies import reach as deputies_reach
from messaging.outbox import Message, user_recipient
from receptions import tellings
from receptions.arrangements import Arrangement, names, when
from receptions.dates import short_date
from receptions.models import Duty, ReceptionDay


def is_silent(duty: Duty, day: ReceptionDay) -> bool:
    """Whether the deputy has not acknowledged the arrangement as it is now."""
    return duty.acknowledged_revision != day.revision


def ask_again(one: Arrangement, told: tellings.Told, on: dt.date) -> tuple[list[Duty], list[Message]]:
    """The duties of those who are told once more, marked so, and what they and the office are told. Whoever was told
    only on the date ``on`` has until tomorrow."""
    day = one.day
    duties = [
        duty
        for duty in one.duties
        if is_silent(duty, day) and duty.again_revision != day.revision and _was_told(duty, told, on)
    ]
    if not duties:
        return [], []
    now = tellings.Round(one, told)
    for duty in duties:
        duty.again_revision = day.revision
        _remind(now, duty)
    who = names([duty.deputy for duty in duties])
    for person in one.staff:
        now.say(
            "unacknowledged",
            user_recipient(person),
            tellings.key_of(day, f"unacknowledged:{on.isoformat()}"),
            subject=f"{short_date(day.date)}接待日还有代表没有回复“收到”（{day.station.name}）",
            body=f"{when(day)}，{day.station.name}接待日，还没有回复“收到”的代表：{who}。已经再次提醒，请电话确认。",
            link=tellings.day_link(day),
        )
    return duties, now.messages


def _was_told(duty: Duty, told: tellings.Told, on: dt.date) -> bool:
    last = told.last.get(deputies_reach.recipient(duty.deputy).contact)
    return last is not None and last.what == "on_duty" and timezone.localdate(last.at) < on


def _remind(now: tellings.Round, duty: Duty) -> None:
    recipient, day, deputy = deputies_reach.recipient(duty.deputy), now.day, duty.deputy
    how = "请在“我的值班”里点“收到”。" if recipient.person_id else "请告知联络站是否收到。"
    now.say(
        "asked_again",
        recipient,
        tellings.key_of(day, "again"),
        deputy.pk,
        subject=f"再次提醒：{short_date(day.date)}值班接待选民（{day.station.name}）",
        body=f"{deputy.name}代表：请于{when(day)}到{now.one.place}值班接待选民。您还没有回复，{how}",
        link=tellings.link_to("receptions:my_duties") or tellings.day_link(day),
        sms=tellings.sms("reception_again", f"{deputy.name}代表", day),
    )
