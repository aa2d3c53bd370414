"""What happens when a whistle's limits run out; driven by a task that scans the database, may run twice, and catches up.

* nobody came within the limit: the department is told again by every channel, the station and the office above it hear of
  it, once at once and then every ``urge_repeat_days`` working days; the first time is kept in the history;
* the matter is not done on its day: the department and the station; from the second time the office above as well;
* a refusal without an answer, a result without a rating: whoever has to answer, every ``urge_repeat_days`` working days.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from consultations import whistle_notices, whistling
from consultations.models import Call, CallQuerySet, CallState
from history import log
from stations.staff import county_office
from suggestions.faces import rules_of
from workdays.calendar import Calendar

if TYPE_CHECKING:
    from accounts.models import User

RATING_DAYS = 60  # after so many days nobody asks for a rating any more


def _calls(**wanted: object) -> CallQuerySet:
    related = ("whistle__station__county__rules", "whistle__station__parent", "whistle__blown_by", "department")
    return Call.objects.filter(**wanted).select_related(*related).order_by("pk")


def _ordinal(call: Call, since: dt.date, today: dt.date, calendar: Calendar) -> int:
    """The running number of the reminder: the first on the day after ``since``, or on the day itself."""
    every = rules_of(call.whistle.station.county).urge_repeat_days
    return max(calendar.between(since, today) - 1, 0) // every + 1


def tell_missed(now: dt.datetime | None = None) -> int:
    """Calls that nobody came for within the limit; returns the outbox rows written."""
    now = now or timezone.now()
    today, calendar, written = timezone.localdate(now), Calendar.current(), 0
    for call in _calls(state=CallState.CALLED, due_at__lt=now):
        ordinal = _ordinal(call, timezone.localdate(call.due_at), today, calendar)
        written += _tell_missed(call.pk, ordinal, now)
    return written


@transaction.atomic
def _tell_missed(pk: int, ordinal: int, now: dt.datetime) -> int:
    call = whistling.locked(pk)
    if not call.is_missed(now):  # somebody came while we were on the way
        return 0
    whistle, name = call.whistle, call.department.name
    if call.missed_at is None:
        call.missed_at = now
        call.save(update_fields=["missed_at"])
        after = {"call": call.pk, "department": call.department_id}
        log.append(whistle.chain, action="missed", after=after, at=now)
    what = f"missed:{call.due_at.timestamp():.0f}:{ordinal}"
    limit = whistle_notices.limit_words(call.due_at)
    body = f"{whistle.title}\n报到期限 {limit} 已过。"
    clerks = whistle_notices.clerks([call.department])[call.department_id]
    near = [*whistle_notices.whistlers(whistle), *whistle_notices.above(whistle)]
    return whistle_notices.remind(
        call, f"{what}:department", clerks, f"超过期限没有报到，请马上到{whistle.station.name}报到", body, by_sms=True
    ) + whistle_notices.remind(call, f"{what}:station", near, f"{name}接哨后没有按时报到", body)


def tell_overdue(today: dt.date | None = None) -> int:
    """Matters that are worked on and not done on their day."""
    today = today or timezone.localdate()
    calendar, written = Calendar.current(), 0
    for call in _calls(state=CallState.HERE, finish_on__lt=today):
        whistle, name = call.whistle, call.department.name
        ordinal = _ordinal(call, call.finish_on or today, today, calendar)
        people = [*whistle_notices.clerks([call.department])[call.department_id], *whistle_notices.whistlers(whistle)]
        people += whistle_notices.above(whistle) if ordinal > 1 else []
        body = f"{whistle.title}\n办结期限 {call.finish_on:%Y年%-m月%-d日}。"
        what = f"overdue:{call.finish_on}:{ordinal}"
        written += whistle_notices.remind(call, what, people, f"吹哨事项到期没有办结：{name}", body)
    return written


def tell_unanswered(today: dt.date | None = None) -> int:
    """A refusal the station has not answered, one the county office has not decided, a result nobody has rated."""
    today = today or timezone.localdate()
    calendar, written = Calendar.current(), 0
    for call in _calls(state__in=[CallState.REFUSED, CallState.RAISED, CallState.DONE], rated_at=None):
        since = timezone.localdate(call.since)
        every = rules_of(call.whistle.station.county).urge_repeat_days
        times = calendar.between(since, today) // every
        forgotten = call.state == CallState.DONE and (today - since).days > RATING_DAYS
        if not times or forgotten:
            continue
        subject, people = _asked(call)
        what = f"{call.state}:{since}:{times}"
        written += whistle_notices.remind(call, what, people, subject, call.whistle.title)
    return written


def _asked(call: Call) -> tuple[str, list[User]]:
    name, whistle = call.department.name, call.whistle
    match call.state:
        case CallState.REFUSED:
            return f"{name}申请退哨，等您答复", whistle_notices.whistlers(whistle)
        case CallState.RAISED:
            return f"{name}申请退哨，等您裁定", county_office(whistle.station.county_id)
        case _:
            return f"{name}已办结，请评价", whistle_notices.whistlers(whistle)
