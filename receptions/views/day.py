"""One reception day: its page, and what the office does with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.requests import SignedInRequest
from receptions import days, duty_changes, timeline
from receptions.access import day_or_404, managed_day, managed_station, may_manage
from receptions.dates import day_and_year
from receptions.forms_schedule import AddForm, CancelForm, EditForm, FollowRuleForm, MoveForm, ReopenForm
from receptions.models import DayState, ReceptionDay
from receptions.schedule import rule_for, theme_of
from receptions.views import roster, sitting, telling
from workdays.calendar import Calendar

Result = TypeVar("Result")
Part = tuple[str, Callable[[SignedInRequest, ReceptionDay], dict[str, Any]]]
# What other pages of this room add to a day's page: the template in ``receptions/day_parts/`` and what gives its
# context. Each part sees the page's own context (day, manages, theme) as well.
MAIN_PARTS: tuple[Part, ...] = (
    ("receptions/day_parts/roster.html", roster.part),
    ("receptions/day_parts/telling.html", telling.part),
)
SIDE_PARTS: tuple[Part, ...] = (("receptions/day_parts/desk.html", sitting.part),)


def day(request: SignedInRequest, pk: int) -> HttpResponse:
    one = day_or_404(request.user, pk)
    manages = may_manage(request.user, one.station)
    today = timezone.localdate()
    date = Calendar.current().day(one.date)
    context = {
        "day": one,
        "manages": manages,
        "planned": one.state == DayState.PLANNED,
        "past": one.date < today,
        "theme": theme_of(one),
        "date": date,
        "moved": one.date != one.planned_on,
        "duties": one.duties.select_related("deputy").order_by("deputy__pinyin", "pk"),
        "history": timeline.entries(one) if manages else [],
        "next": neighbour(one, later=True),
        "previous": neighbour(one, later=False),
        "main_parts": [template for template, _ in MAIN_PARTS],
        "side_parts": [template for template, _ in SIDE_PARTS],
    }
    for _, part_context in (*MAIN_PARTS, *SIDE_PARTS):
        context |= part_context(request, one)
    return render(request, "receptions/day.html", context)


def neighbour(one: ReceptionDay, *, later: bool) -> ReceptionDay | None:
    days_of_station = ReceptionDay.objects.filter(station=one.station)
    if later:
        return days_of_station.filter(date__gt=one.date).order_by("date", "pk").first()
    return days_of_station.filter(date__lt=one.date).order_by("-date", "-pk").first()


def add(request: SignedInRequest, station_pk: int) -> HttpResponse:
    station = managed_station(request.user, station_pk)
    form = AddForm(request.POST or None, station=station, rule=rule_for(station))
    if request.method == "POST" and form.is_valid():
        one = tried(form, lambda: days.add(station, by=request.user, **form.cleaned_data))
        if one:
            messages.success(request, f"已加开{day_and_year(one.date)}的接待日。")
            return redirect("receptions:day", one.pk)
    back = f"{reverse('receptions:schedule')}?station={station.pk}"
    return render(request, "receptions/add.html", {"form": form, "station": station, "back_url": back})


def move(request: SignedInRequest, pk: int) -> HttpResponse:
    one = managed_day(request.user, pk)
    form = MoveForm(request.POST or None, day=one)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        despite = data.pop("despite")
        absent = duty_changes.hindered_words(one, data["to"])
        if absent and despite != data["to"].isoformat():
            return _warned(request, one, form, absent)
        moved = tried(form, lambda: days.move_to(pk, by=request.user, **data))
        if moved:
            return done(request, moved, f"已改到{day_and_year(moved.date)}。")
    return act_page(request, "receptions/move.html", one, form)


def _warned(request: SignedInRequest, one: ReceptionDay, form: MoveForm, absent: str) -> HttpResponse:
    """Not moved yet: who of those on duty cannot come then. Sent once more, it is done all the same."""
    to = form.cleaned_data["to"]
    form.data = request.POST.copy()
    form.data["despite"] = to.isoformat()
    form.add_error(
        "to", f"{day_and_year(to)}有值班代表不能到站：{absent}。可以另选日期；仍要改到这一天，请再按一次“改期”。"
    )
    return act_page(request, "receptions/move.html", one, form)


def follow_rule(request: SignedInRequest, pk: int) -> HttpResponse:
    one = managed_day(request.user, pk)
    form = FollowRuleForm(request.POST or None, day=one)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        given_back = tried(form, lambda: days.follow_rule(pk, by=request.user, **data))
        if given_back:
            words = f"已恢复按规则，接待日是{day_and_year(given_back.date)}。"
            return done(request, given_back, words, changed=given_back.date != one.date)
    try:
        plan, trouble = days.rule_date(one), ""
    except ValidationError as error:
        plan, trouble = None, " ".join(error.messages)
    absent = duty_changes.hindered_words(one, plan.date) if plan else ""
    more = {"plan": plan, "trouble": trouble, "absent": absent}
    return act_page(request, "receptions/follow_rule.html", one, form, **more)


def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    one = managed_day(request.user, pk)
    form = CancelForm(request.POST or None, day=one)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        cancelled = tried(form, lambda: days.cancel(pk, by=request.user, **data))
        if cancelled:
            return done(request, cancelled, "已取消，记录保留，可以恢复。")
    return act_page(request, "receptions/cancel.html", one, form)


def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    one = managed_day(request.user, pk)
    form = ReopenForm(request.POST or None, day=one)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        reopened = tried(form, lambda: days.reopen(pk, by=request.user, **data))
        if reopened:
            return done(request, reopened, "已恢复。")
    return act_page(request, "receptions/reopen.html", one, form)


def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    one = managed_day(request.user, pk)
    form = EditForm(request.POST or None, day=one)
    if request.method == "POST" and form.is_valid():
        changes = form.changes()
        changed = tried(form, lambda: days.edit(pk, by=request.user, seen=form.cleaned_data["seen"], **changes))
        if changed is not None:
            one.refresh_from_db()
            return done(request, one, "已保存。" if changed else "没有改动。", changed=bool(changed.keys() - {"brand"}))
    return act_page(request, "receptions/edit.html", one, form)


def tried(form: forms.Form, act: Callable[[], Result]) -> Result | None:
    """What ``act`` returns, or None with its objection on the form."""
    try:
        return act()
    except ValidationError as error:
        form.add_error(None, error)
        return None


def done(request: SignedInRequest, one: ReceptionDay, text: str, *, changed: bool = True) -> HttpResponse:
    if changed and one.told_at and one.date >= timezone.localdate():
        text += "这一天已经通知过，系统会再通知一次。"
    messages.success(request, text)
    if one.state == DayState.PLANNED and (absent := duty_changes.hindered_words(one)):
        messages.warning(request, f"值班代表中有人不能到站：{absent}。请在“安排值班”里换人。")
    return redirect("receptions:day", one.pk)


def act_page(
    request: SignedInRequest, template: str, one: ReceptionDay, form: forms.Form, **more: object
) -> HttpResponse:
    context = {"form": form, "day": one, "back_url": reverse("receptions:day", args=[one.pk]), **more}
    return render(request, template, context)
