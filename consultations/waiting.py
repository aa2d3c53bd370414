"""What consultations show on pages of rooms below: 我的待办 and the page of a case (liaison/lib/panels.py)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Q, Window
from django.urls import reverse

from consultations.models import HELD_STATES, Consultation, Party, Promise, PromiseState, State
from consultations.whistle_clock import RATING_DAYS
from liaison.lib.panels import Line, Panel

if TYPE_CHECKING:
    from accounts.models import User
    from suggestions.faces import Faces
    from suggestions.models import Suggestion

MOST = 20  # lines of a panel
COMING = (State.PREPARING, State.UNDERWAY)
TONES = {
    State.PREPARING: "wait",
    State.UNDERWAY: "run",
    State.FOLLOWING: "run",
    State.FINISHED: "done",
    State.CANCELLED: "end",
}


def promises_of(user: User, faces: Faces) -> list[Panel]:
    """For a department the promises in its name that are open; for the station those that are late."""
    seats = user.seats
    if not (seats.departments or seats.stations):
        return []
    own = Q(department__in=seats.department_ids)
    late = Q(due_on__lt=faces.today) & seats.subtree("consultation__station__")
    rows = Promise.objects.filter(own | late, state=PromiseState.OPEN).annotate(total=Window(Count("pk")))
    chosen = list(rows.select_related("department", "consultation").order_by("due_on", "pk")[:MOST])
    if not chosen:
        return []
    lines = [_promise_line(one, user, faces) for one in chosen]
    colour = "red" if chosen[0].due_on < faces.today else "green"
    url = f"{reverse('consultations:promises')}?show=open"
    return [Panel("promises", "协商承诺事项", lines, chosen[0].total, url, colour)]


def _promise_line(promise: Promise, user: User, faces: Faces) -> Line:
    url = reverse("consultations:promise", args=[promise.pk])
    mine = promise.department_id in user.seats.department_ids
    return Line(
        promise.what,
        url,
        (promise.owner, promise.consultation.topic),
        due=faces.chip(promise.consultation.county_id, promise.due_on),
        step="填写进展" if mine else "",
        step_url=reverse("consultations:report_progress", args=[promise.pk]) if mine else "",
    )


def talks_of(user: User, faces: Faces) -> list[Panel]:
    """Deputies and departments: consultations they were asked to and that are not over; finished ones they came to and
    have not rated, for as long as one remembers. One query."""
    seats = user.seats
    if not (seats.deputies or seats.departments):
        return []
    own = Party.objects.filter(Q(deputy__in=seats.deputy_ids) | Q(department__in=seats.department_ids))
    unrated = own.filter(signed_in_at__isnull=False, rated_at__isnull=True)
    to_come = Q(told_at__isnull=False, state__in=COMING, pk__in=own.values("consultation"))
    since = faces.today - dt.timedelta(days=RATING_DAYS)
    to_rate = Q(state=State.FINISHED, finished_on__gte=since, pk__in=unrated.values("consultation"))
    rows = list(Consultation.objects.filter(to_come | to_rate).order_by("date", "pk")[: 2 * MOST])
    asked = [_invitation(one) for one in rows if one.state in COMING]
    rated = [_rating(one) for one in rows if one.state == State.FINISHED]
    url = reverse("consultations:list")
    found = (("consultations", "请您参加的协商", asked), ("consultation_ratings", "请您评价的协商", rated))
    return [Panel(key, title, lines[:MOST], len(lines), url) for key, title, lines in found if lines]


def _invitation(one: Consultation) -> Line:
    return Line(
        one.topic,
        reverse("consultations:detail", args=[one.pk]),
        (f"{one.date:%-m月%-d日} {one.starts_at:%-H:%M}", one.place),
        state=one.get_state_display(),
        tone=TONES[State(one.state)],
    )


def _rating(one: Consultation) -> Line:
    url, day = reverse("consultations:detail", args=[one.pk]), f"{one.finished_on:%-m月%-d日}办结"
    return Line(one.topic, url, (day, one.place), step="评价", step_url=url)


def of_case(user: User, case: Suggestion) -> list[Panel]:
    """The consultations the case is in, and the way to a new one."""
    found = Consultation.objects.visible_to(user).filter(cases=case).order_by("-date", "-pk")
    lines = [
        Line(
            one.topic,
            reverse("consultations:detail", args=[one.pk]),
            (f"{one.date:%Y-%m-%d}", *([f"协商结果：{one.agreement}"] if one.state in HELD_STATES else [])),
            state=one.get_state_display(),
            tone=TONES[State(one.state)],
        )
        for one in found
    ]
    actions = []
    if case.is_open and user.seats.covers(case.desk):
        query = urlencode({"case": case.pk, "station": case.desk_id})
        actions = [("发起协商议事", f"{reverse('consultations:create')}?{query}")]
    return [Panel("consultations", "协商议事", lines, len(lines), actions=actions)]
