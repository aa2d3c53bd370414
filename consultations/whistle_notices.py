"""Who is told what of a whistle: in the application, by e-mail and by SMS, in the transaction of the act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from consultations.models import Call, CallState, Whistle
from messaging import outbox
from stations.models import Department
from stations.staff import county_office
from suggestions.notices import station_people

if TYPE_CHECKING:
    from messaging.outbox import Recipient

DEPARTMENT, STATION, BOTH, COUNTY = "department", "station", "both", "county"
# action → (who is told, what)
SUBJECTS = {
    "check_in": (STATION, "已报到"),
    "report": (STATION, "已报告办理结果，请查看评价"),
    "refuse": (STATION, "申请退哨，请答复"),
    "excuse": (DEPARTMENT, "同意退哨，不用再来"),
    "pass_up": (COUNTY, "申请退哨，请裁定"),
    "send_back": (DEPARTMENT, "办理结果被退回，请继续办理"),
    "withdraw": (DEPARTMENT, "已撤哨，不用再来"),
    "rate": (DEPARTMENT, "吹哨站点已评价"),
    "judge": (STATION, "已评价这次吹哨"),
}


def clerks(departments: Iterable[Department]) -> dict[int, list[User]]:
    """Department → its people who can log in: one query."""
    chosen = {one.pk for one in departments}
    people = User.objects.filter(department_seats__department__in=chosen, is_active=True)
    found: dict[int, list[User]] = {pk: [] for pk in chosen}
    for person in people.prefetch_related("department_seats").distinct():
        for seat in person.department_seats.all():
            if seat.department_id in found:
                found[seat.department_id].append(person)
    return found


def whistlers(whistle: Whistle) -> list[User]:
    """Who blew it, and the staff of the station, or of the nearest one above that has somebody."""
    first = [whistle.blown_by] if whistle.blown_by and whistle.blown_by.is_active else []
    return list(dict.fromkeys([*first, *station_people(whistle.station)]))


def above(whistle: Whistle) -> list[User]:
    """The office above the station; the hub's own for what the hub whistled for."""
    return station_people(whistle.station.parent or whistle.station)


def limit_words(at: dt.datetime) -> str:
    """A limit in days is said as a day."""
    local = timezone.localtime(at)
    return f"{local:%-m月%-d日}" if is_day(at) else f"{local:%-m月%-d日 %H:%M}"


def is_day(at: dt.datetime) -> bool:
    """Whether a limit lasts until its day is over (``whistling.DAY_ENDS``)."""
    local = timezone.localtime(at)
    return (local.hour, local.minute) == (23, 59)


def blown(whistle: Whistle, calls: Sequence[Call], *, by: User) -> None:
    """Each department by every channel that reaches its people."""
    if outbox.is_muted():
        return
    people = clerks(call.department for call in calls)
    outbox.tell_all(
        _message(
            call,
            "blown",
            [outbox.user_recipient(one) for one in people[call.department_id] if one != by],
            f"{whistle.station.name}吹哨，请{limit_words(call.due_at)}前报到",
            f"{whistle.title}\n{whistle.matter}",
            sms={"template": "whistle_blown", "params": _params(call)},
        )
        for call in calls
    )


def _params(call: Call) -> list[str]:
    whistle = call.whistle
    return [whistle.station.name, whistle.title, limit_words(call.due_at), whistle.place]


def _message(
    call: Call,
    what: str,
    people: Sequence[Recipient],
    subject: str,
    body: str,
    sms: dict[str, Any] | None = None,
) -> outbox.Message:
    whistle = call.whistle
    facts = [f"单位：{call.department.name}", f"报到期限：{limit_words(call.due_at)}", f"报到地点：{whistle.place}"]
    return outbox.Message(
        key=f"{whistle.chain}:{call.pk}:{what}",
        recipients=people,
        subject=subject,
        body="\n".join(filter(None, [body, *(facts if call.state == CallState.CALLED else ())])),
        link=reverse("consultations:whistle", args=[whistle.pk]),
        relevance=f"consultations.whistle_notices.still:{call.pk}:{call.state}",
        scope=whistle.station.path,
        sms=sms,
    )


def after(action: str, call: Call, *, by: User, note: str) -> None:
    """Tell the other side what was done."""
    if outbox.is_muted() or action == "note":
        return
    if action == "decide":
        verdict = "裁定：应当到场" if call.state != CallState.EXCUSED else "裁定：同意退哨"
        sides, words = BOTH, verdict
    else:
        sides, words = SUBJECTS[action]
    name = call.department.name
    stamp = f"{action}:{call.since.timestamp():.3f}"
    for side, people in _sides(sides, call):
        chosen = [outbox.user_recipient(one) for one in people if one != by]
        subject = f"{name}{words}" if side != DEPARTMENT else f"{words}：{call.whistle.title}"
        outbox.tell_all([_message(call, f"{stamp}:{side}", chosen, subject, f"{call.whistle.title}\n{note}".strip())])


def _sides(sides: str, call: Call) -> list[tuple[str, list[User]]]:
    found = []
    if sides in (DEPARTMENT, BOTH):
        found.append((DEPARTMENT, clerks([call.department])[call.department_id]))
    if sides in (STATION, BOTH):
        found.append((STATION, whistlers(call.whistle)))
    if sides == COUNTY:
        found.append((COUNTY, county_office(call.whistle.station.county_id)))
    return found


def remind(call: Call, what: str, people: Iterable[User], subject: str, body: str, *, by_sms: bool = False) -> int:
    """What a clock says; the same ``what`` is told once. Returns the rows written."""
    chosen = [outbox.user_recipient(one) for one in dict.fromkeys(people) if one.is_active]
    sms = {"template": "whistle_missed", "params": _params(call)} if by_sms else None
    return outbox.tell_all([_message(call, what, chosen, subject, body, sms=sms)])


def still(pk: str, state: str) -> bool:
    """Asked when it is sent: whether the call stands as it was told."""
    return Call.objects.filter(Q(pk=pk), state=state).exists()
