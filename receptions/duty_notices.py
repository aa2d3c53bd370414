"""What deputies and the office are told about leave and swaps, and whether it is still true when it is sent.
Who is on duty or no longer is hears so from the reminder (``tellings/``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from accounts.models import User
from deputies import reach
from deputies.models import Deputy
from messaging import outbox
from receptions.arrangements import staff_near
from receptions.dates import full_date, short_date
from receptions.models import Leave, LeaveState, ReceptionDay, Swap, SwapState
from stations.models import Station


def day_words(day: ReceptionDay) -> str:
    """``day`` with ``station`` loaded."""
    return f"{day.date.year}年{short_date(day.date)}{day.station}接待日"


def _tell_deputies(deputies: Iterable[Deputy], *, template: str, texts: list[str], **message: Any) -> None:
    """``texts`` are the variables of the short message after the name (docs/deploy.md lists the templates)."""
    outbox.tell_all(
        outbox.Message(
            recipients=[reach.recipient(deputy)],
            sms={"template": template, "params": [f"{deputy.name}代表", *texts]},
            **message,
        )
        for deputy in deputies
    )


def _tell_office(station: Station, link: str, *, besides: User | None, **message: str) -> None:
    people = [person for person in staff_near(station) if person != besides]
    outbox.tell(people=people, scope=station.path, link=link, **message)


def roster_link(station: Station, date: dt.date) -> str:
    return f"{reverse('receptions:roster')}?station={station.pk}&start={date:%Y-%m}"


# --- leave ----------------------------------------------------------------------------------


def leave_words(leave: Leave) -> str:
    first, last = short_date(leave.starts_on), short_date(leave.ends_on)
    return first if first == last else f"{first}至{last}"


def leave_asked(leave: Leave, station: Station, *, by: User) -> None:
    _tell_office(
        station,
        reverse("receptions:decide_leave", args=[leave.pk]),
        besides=by,
        key=f"leave:{leave.pk}:asked",
        subject=f"{leave.deputy}申请请假，请批复",
        body=f"{leave_words(leave)}。原因：{leave.reason}",
        relevance=f"receptions.duty_notices.leave_is:{leave.pk}:{LeaveState.ASKED}",
    )


def leave_decided(leave: Leave, days: list[ReceptionDay]) -> None:
    decided = "已批准" if leave.state == LeaveState.GRANTED else "未批准"
    off = f"\n不用值班的接待日：{'、'.join(short_date(day.date) for day in days)}。" if days else ""
    _tell_deputies(
        [leave.deputy],
        template="leave_decided",
        texts=[leave_words(leave), decided],
        key=f"leave:{leave.pk}:{leave.state}",
        subject=f"请假{decided}：{leave_words(leave)}",
        body=f"{leave.note}{off}".strip(),
        link=reverse("receptions:my_duties"),
        relevance=f"receptions.duty_notices.leave_is:{leave.pk}:{leave.state}",
    )


def leave_withdrawn(leave: Leave, station: Station, *, by: User) -> None:
    _tell_office(
        station,
        roster_link(station, leave.starts_on),
        besides=by,
        key=f"leave:{leave.pk}:withdrawn",
        subject=f"{leave.deputy}撤回了请假",
        body=f"{leave_words(leave)}可以值班。",
        relevance=f"receptions.duty_notices.leave_is:{leave.pk}:{LeaveState.WITHDRAWN}",
    )


def leave_is(pk: str, state: str) -> bool:
    return Leave.objects.filter(pk=pk, state=state).exists()


# --- swaps ----------------------------------------------------------------------------------


def swap_words(swap: Swap) -> str:
    """``swap`` with both days and their stations loaded."""
    return day_words(swap.day) + (f"，换{day_words(swap.partner_day)}" if swap.partner_day else "")


def _swap_message(swap: Swap, subject: str, body: str = "") -> dict[str, str]:
    return {
        "key": f"swap:{swap.pk}:{swap.state}",
        "subject": subject,
        "body": f"{swap_words(swap)}。{body}",
        "relevance": f"receptions.duty_notices.swap_is:{swap.pk}:{swap.state}",
    }


def _date_and_station(swap: Swap) -> list[str]:
    return [full_date(swap.day.date), swap.day.station.name]


def swap_asked(swap: Swap) -> None:
    words = f"原因：{swap.reason}" if swap.reason else ""
    message = _swap_message(swap, f"{swap.deputy}想和您换班，请答复", words)
    texts = [str(swap.deputy), *_date_and_station(swap)]
    _tell_deputies([swap.partner], template="swap_asked", texts=texts, link=reverse("receptions:my_duties"), **message)


def swap_answered(swap: Swap, *, by: User) -> None:
    """The one who asked hears the answer; of an exchange that was made, the office as well."""
    words = {
        SwapState.AGREED: f"{swap.partner}同意换班",
        SwapState.DECLINED: f"{swap.partner}没有同意换班",
        SwapState.WITHDRAWN: f"{swap.deputy}撤回了换班",
        SwapState.VOID: "换班已失效",
    }
    told = [swap.partner] if swap.state == SwapState.WITHDRAWN else [swap.deputy]
    told = [swap.deputy, swap.partner] if swap.state == SwapState.VOID else told
    told = [deputy for deputy in told if deputy.user_id != by.pk]
    answer = words[SwapState(swap.state)]
    message = _swap_message(swap, answer, swap.answer)
    texts = [*_date_and_station(swap), answer]
    _tell_deputies(told, template="swap_answered", texts=texts, link=reverse("receptions:my_duties"), **message)
    if swap.state == SwapState.AGREED:
        names = f"{swap.deputy}与{swap.partner}换班"
        for day in filter(None, (swap.day, swap.partner_day)):
            message = _swap_message(swap, names) | {"key": f"swap:{swap.pk}:agreed:office:{day.pk}"}
            _tell_office(day.station, roster_link(day.station, day.date), besides=by, **message)


def swap_is(pk: str, state: str) -> bool:
    return Swap.objects.filter(pk=pk, state=state).exists()
