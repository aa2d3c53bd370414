"""Whom a consultation concerns, and what they are told: in the application and by e-mail, through the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.models import User
from consultations.models import Consultation, Promise, PromiseState, State
from deputies import reach
from messaging import outbox
from receptions.arrangements import staff_near
from stations.models import Department
from stations.staff import clerks

if TYPE_CHECKING:
    from collections.abc import Iterable


def staff_of(department: Department | int | None) -> list[User]:
    if department is None or outbox.is_muted():
        return []
    return clerks([department])


def office_of(consultation: Consultation) -> list[User]:
    """The staff of the station, or of the nearest one above it that has somebody."""
    return staff_near(consultation.station)


def when(consultation: Consultation) -> str:
    one = consultation
    return f"{one.date:%Y年%-m月%-d日} {one.starts_at:%-H:%M}，{one.place}"


def _invited(consultation: Consultation, *, present: bool = False) -> list[outbox.Recipient]:
    """Deputies and the staff of departments; with ``present`` those who came and have not rated yet."""
    if outbox.is_muted():
        return []
    parties = consultation.parties.select_related("deputy__user", "department")
    if present:
        parties = parties.filter(signed_in_at__isnull=False, rated_at=None)
    found: dict[str, outbox.Recipient] = {}
    for party in parties:
        people = [reach.recipient(party.deputy)] if party.deputy else []
        people += [outbox.user_recipient(user) for user in staff_of(party.department)]
        found |= {one.key: one for one in people}
    return list(found.values())


def _send(
    consultation: Consultation,
    what: str,
    recipients: Iterable[outbox.Recipient],
    subject: str,
    body: str,
    *,
    by: User | None = None,
    relevance: str = "",
    promise: Promise | None = None,
) -> int:
    name = "consultations:promise" if promise else "consultations:detail"
    message = outbox.Message(
        key=f"{consultation.chain}:{what}",
        recipients=[one for one in recipients if by is None or one.person_id != by.pk],
        subject=subject[:120],
        body=body,
        link=reverse(name, args=[promise.pk if promise else consultation.pk]),
        relevance=relevance,
        scope=consultation.station.path,
    )
    return outbox.tell_all([message])


def _people(users: Iterable[User]) -> list[outbox.Recipient]:
    return [outbox.user_recipient(user) for user in users]


# --- what is told -------------------------------------------------------------------------


def tell_parties(consultation: Consultation, *, by: User) -> int:
    one = consultation
    again = "（有变动）" if one.told_round > 1 else ""
    body = f"{when(one)}\n召集：{one.office}\n事由：{one.background[:200]}"
    truth = f"consultations.telling.still_planned:{one.pk}:{one.told_round}"
    return _send(
        one, f"told:{one.told_round}", _invited(one), f"协商议事通知{again}：{one.topic}", body, relevance=truth
    )


def tell_cancelled(consultation: Consultation, *, by: User) -> int:
    body = f"原定{when(consultation)}\n取消原因：{consultation.cancel_reason}"
    return _send(consultation, "cancelled", _invited(consultation), f"协商取消：{consultation.topic}", body, by=by)


def tell_promise(promise: Promise, *, by: User) -> int:
    """To the department in whose name it was promised."""
    body = f"协商议题：{promise.consultation.topic}\n兑现期限：{promise.due_on:%Y年%-m月%-d日}\n请按时填写进展。"
    people = _people(staff_of(promise.department_id))
    key = f"promise:{promise.pk}:given:{promise.consultation.version}"  # it may be given back as it was before
    truth = f"consultations.telling.still_due:{promise.pk}:{promise.due_on}"
    subject = f"您单位的承诺事项：{promise.what}"
    return _send(promise.consultation, key, people, subject, body, by=by, relevance=truth, promise=promise)


def tell_says_done(promise: Promise, number: int, text: str, *, by: User) -> int:
    """To the office, which looks whether it is true."""
    people = _people(office_of(promise.consultation))
    subject = f"承诺已办好，请核实：{promise.what}"
    body = f"{promise.owner}\n{text}"
    truth = f"consultations.telling.still_due:{promise.pk}:{promise.due_on}"
    key = f"promise:{promise.pk}:done:{number}"
    return _send(promise.consultation, key, people, subject, body, by=by, relevance=truth, promise=promise)


def tell_overdue(promise: Promise, *, days: int, week: int) -> int:
    """To owner and office; once for each week that it is late (``week`` counts from 0)."""
    people = _people([*staff_of(promise.department_id), *office_of(promise.consultation)])
    body = (
        f"{promise.owner}：{promise.what}\n期限 {promise.due_on:%Y年%-m月%-d日}，已超过 {days} 天。"
        f"\n请填写进展；已经办好的，请登记兑现情况。"
    )
    key = f"promise:{promise.pk}:overdue:{promise.due_on}:{week}"
    truth = f"consultations.telling.still_due:{promise.pk}:{promise.due_on}"
    subject = f"协商承诺超期：{promise.what}"
    return _send(promise.consultation, key, people, subject, body, relevance=truth, promise=promise)


def ask_ratings(consultation: Consultation, *, by: User) -> int:
    body = "承诺事项都有了结果。请打开页面，按一下满意、基本满意或不满意。"
    people = _invited(consultation, present=True)
    return _send(consultation, "rate", people, f"请评价协商结果：{consultation.topic}", body, by=by)


# --- asked again when it is sent ----------------------------------------------------------


def still_planned(pk: str, told_round: str) -> bool:
    return Consultation.objects.filter(pk=pk, told_round=told_round, state=State.PREPARING).exists()


def still_due(pk: str, due_on: str) -> bool:
    return Promise.objects.filter(pk=pk, due_on=due_on, state=PromiseState.OPEN).exists()
