"""What of the whistles waits for whom, and how its limit looks. :func:`waiting` is the one definition; the list, the first
page and the page of a case read it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from consultations import whistling
from consultations.models import Call, CallQuerySet, CallState, Whistle
from consultations.whistle_clock import RATING_DAYS
from consultations.whistle_notices import is_day, limit_words
from liaison.lib.panels import Line, Panel
from liaison.templatetags.liaison import DUE_ICONS
from stations.models import DepartmentStaff
from suggestions.choices import OPEN_STATES
from suggestions.faces import Faces
from suggestions.models import Suggestion
from suggestions.my_work import SHOWN, desks_of

if TYPE_CHECKING:
    from accounts.models import User
    from stations.seats import Seats

S = CallState
TONES = {S.CALLED: "wait", S.HERE: "run", S.DONE: "done", S.REFUSED: "bad", S.RAISED: "bad"}
WORKED = Q(state__in=[S.CALLED, S.HERE])


def waiting(user: User, now: dt.datetime) -> CallQuerySet:
    """The calls in which it is ``user``'s turn. Ratings are asked for as long as somebody still remembers."""
    seats = user.seats
    if not (seats.stations or seats.departments):
        return Call.objects.none()
    recent = now - dt.timedelta(days=RATING_DAYS)
    unjudged = Q(state__in=[S.DONE, S.EXCUSED], judged_at__isnull=True, since__gte=recent)
    found = Q(department__in=seats.department_ids) & (WORKED | unjudged)
    return Call.objects.filter(found | _at_stations(seats, recent))


def _at_stations(seats: Seats, recent: dt.datetime) -> Q:
    """Also the calls of departments of which nobody can log in: the station acts for them."""
    if not seats.stations:
        return Q(pk__in=[])
    clerks = DepartmentStaff.objects.filter(department=OuterRef("department"), user__is_active=True)
    unrated = Q(state=S.DONE, rated_at__isnull=True, since__gte=recent)
    here = Q(whistle__station__in=desks_of(seats)) & (Q(state=S.REFUSED) | unrated | WORKED & ~Exists(clerks))
    return here | Q(state=S.RAISED, whistle__station__county__in=seats.office_county_ids)


def step_of(user: User, call: Call) -> str:
    """The action that is expected of ``user`` in a call that waits for that person."""
    mine = call.department_id in user.seats.department_ids
    match call.state:
        case S.CALLED:
            return "check_in"
        case S.HERE:
            return "report"
        case S.REFUSED:
            return "decide" if call.whistle.station.is_hub else "answer"
        case S.RAISED:
            return "decide"
        case _:
            return "judge" if mine and call.judged_at is None else "rate"


STEP_LABELS = {
    "check_in": "报到",
    "report": "报告结果",
    "answer": "答复退哨",
    "decide": "裁定",
    "rate": "评价单位",
    "judge": "评价吹哨",
}


def step_url(name: str, call: Call) -> str:
    return reverse(f"consultations:whistle_{name}", args=[call.pk])


# --- how a limit looks --------------------------------------------------------------------


def colour(call: Call, faces: Faces, now: dt.datetime) -> str:
    day = _day(call)
    if day is None:
        return "green"
    if call.is_missed(now) or day < faces.today:
        return "red"
    return "yellow" if day <= faces.warning(call.whistle.station.county_id) else "green"


def _day(call: Call) -> dt.date | None:
    if call.state == S.CALLED:
        return timezone.localdate(call.due_at)
    return call.finish_on if call.state == S.HERE else None


def words(call: Call, faces: Faces, now: dt.datetime) -> str:
    """Hours where the limit is one of hours and less than a day lies between."""
    distance = call.due_at - now
    if call.state == S.CALLED and not is_day(call.due_at) and abs(distance) < dt.timedelta(days=1):
        hours, minutes = divmod(int(abs(distance).total_seconds()) // 60, 60)
        past = distance < dt.timedelta()
        parts = [f"{hours} 小时" if hours else "", "" if hours and past else f"{minutes} 分"]
        return f"{'超时' if past else '还有'} {' '.join(filter(None, parts))}"
    day = _day(call)
    return faces.words(day) if day else ""


def chip(call: Call, faces: Faces, now: dt.datetime) -> SafeString | str:
    if _day(call) is None:
        return ""
    red = colour(call, faces, now)
    until = limit_words(call.due_at) if call.state == S.CALLED else f"{call.finish_on:%-m月%-d日}"
    return format_html(
        '<span class="due-wrap"><span class="due due-{}"><i class="bi bi-{}" aria-hidden="true"></i>{}</span>'
        '<span class="due-date">{}</span></span>',
        red,
        DUE_ICONS[red],
        words(call, faces, now),
        until,
    )


# --- lines on pages of rooms below --------------------------------------------------------


@dataclass(frozen=True)
class Wait:
    call: Call
    chip: SafeString | str
    colour: str
    tone: str
    step: str
    step_url: str


REDNESS = ("red", "yellow", "green")


def listed(user: User, faces: Faces, now: dt.datetime | None = None) -> list[Wait]:
    """Everything that waits for ``user``, the reddest first; one query."""
    now = now or timezone.now()
    found = waiting(user, now).select_related("whistle__station", "department").order_by("due_at", "pk")
    rows = []
    for call in found:
        step = step_of(user, call)
        limit = chip(call, faces, now) or format_html(
            '<span class="due-date">{} 起</span>', f"{timezone.localtime(call.since):%-m月%-d日}"
        )
        tone = TONES.get(S(call.state), "end")
        rows.append(Wait(call, limit, colour(call, faces, now), tone, STEP_LABELS[step], step_url(step, call)))
    return sorted(rows, key=_urgency)


def _urgency(row: Wait) -> tuple[int, bool]:
    """Ratings can wait longest."""
    return REDNESS.index(row.colour), row.call.state in (S.DONE, S.EXCUSED)


def for_user(user: User, faces: Faces) -> list[Panel]:
    """For 我的待办."""
    rows = listed(user, faces)
    lines = [
        Line(
            row.call.whistle.title,
            reverse("consultations:whistle", args=[row.call.whistle_id]),
            (row.call.whistle.station.name, *_others(user, row.call)),
            row.chip,
            row.call.get_state_display(),
            row.tone,
            row.step,
            row.step_url,
        )
        for row in rows[:SHOWN]
    ]
    red = rows[0].colour if rows else "green"
    return [Panel("whistles", "吹哨报到", lines, len(rows), reverse("consultations:whistles"), red)]


def _others(user: User, call: Call) -> list[str]:
    """Which department: to whoever is of the station, or of several departments."""
    alone = call.department_id in user.seats.department_ids and len(user.seats.departments) == 1
    return [] if alone else [call.department.name]


def of_case(user: User, case: Suggestion) -> list[Panel]:
    """For the page of a case: whistles blown for it, and whether one may blow."""
    found = Whistle.objects.visible_to(user).filter(case=case)
    calls = Call.objects.visible_to(user).filter(whistle__in=found).select_related("whistle", "department")
    lines = [
        Line(
            call.department.name,
            reverse("consultations:whistle", args=[call.whistle_id]),
            (f"{timezone.localtime(call.whistle.blown_at):%Y年%-m月%-d日}吹哨",),
            state=call.get_state_display(),
            tone=TONES.get(S(call.state), "end"),
        )
        for call in calls.order_by("-whistle", "pk")
    ]
    may = case.state in OPEN_STATES and whistling.stations_for(user, case)
    actions = [("吹哨，叫部门来", f"{reverse('consultations:whistle_blow')}?case={case.pk}")] if may else []
    return [Panel("whistles", "吹哨报到", lines, len(lines), actions=actions)]
