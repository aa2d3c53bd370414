"""承诺事项: the list of all one sees, one of them with its progress, and what is done with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from consultations import conduct, promises
from consultations.access import managed_or_403, may_manage, may_report, promise_or_404, require_manage
from consultations.forms import EndForm, ProgressForm, PromiseForm, ReopenForm
from consultations.models import Consultation, Promise, PromiseState
from liaison.lib.paging import paginate
from stations.ledgers import wanted_station
from stations.models import Station

form_page = require_http_methods(["GET", "HEAD", "POST"])
SHOWS = {
    "overdue": "超期未兑现",
    "open": "在办",
    "kept": "已兑现",
    "late": "兑现但超期",
    "broken": "未兑现",
}


def _shown(show: str, today: dt.date) -> Q:
    kept = Q(state=PromiseState.KEPT)
    return {
        "overdue": Q(state=PromiseState.OPEN, due_on__lt=today),
        "open": Q(state=PromiseState.OPEN),
        "kept": kept,
        "late": kept & Q(ended_on__gt=F("due_on")),
        "broken": Q(state=PromiseState.BROKEN),
    }.get(show, Q())


@require_safe
def listing(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    found = Promise.objects.visible_to(request.user)
    if station := wanted_station(request.user, request.GET):
        found = found.filter(consultation__station__in=Station.objects.within(station))
    show = request.GET.get("show", "")
    order = ("due_on", "id") if show in ("open", "overdue") else ("-due_on", "-id")
    seats = request.user.seats
    context = {
        "page": paginate(
            found.filter(_shown(show, today)).select_related("department", "consultation__station"),
            order=order,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
            size=30,
        ),
        "show": show,
        "shows": SHOWS.items(),
        "overdue": found.overdue(today).count(),
        "stations": Station.objects.filter(seats.subtree(), is_active=True).order_by("path"),
        "station": station,
        "today": today,
    }
    return render(request, "consultations/promises.html", context)


@require_safe
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    promise = promise_or_404(request.user, pk)
    shut = bool(conduct.obstacle("promise", promise.consultation))
    manages = may_manage(request.user, promise.consultation)
    is_open = promise.state == PromiseState.OPEN and not shut
    context = {
        "promise": promise,
        "one": promise.consultation,
        "progress": promise.progress.select_related("entered_by"),
        "may_report": is_open and may_report(request.user, promise),
        "may_end": is_open and manages,
        "may_reopen": promise.state != PromiseState.OPEN and not shut and manages,
        "today": timezone.localdate(),
    }
    return render(request, "consultations/promise.html", context)


@form_page
def give(request: SignedInRequest, pk: int) -> HttpResponse:
    one = managed_or_403(request.user, pk)
    form = PromiseForm(request.POST or None, consultation=one)
    back = reverse("consultations:detail", args=[pk])
    shut = conduct.obstacle("promise", one)

    def change(**said: Any) -> str:
        promises.give(pk, by=request.user, **said)
        return "承诺事项已登记。还有别的，请接着登记。"

    return _form(request, one, form, change, "登记承诺事项", back, shut=shut)


@form_page
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    promise = promise_or_404(request.user, pk)
    require_manage(request.user, promise.consultation)
    start = {name: getattr(promise, name) for name in ("what", "owner_name", "due_on")}
    start["department"] = promise.department_id
    form = PromiseForm(request.POST or None, consultation=promise.consultation, initial=start)

    def change(**said: Any) -> str:
        promises.edit(pk, by=request.user, **said)
        return "已保存。"

    return _on(request, promise, form, change, "修改承诺事项")


@form_page
def report(request: SignedInRequest, pk: int) -> HttpResponse:
    promise = promise_or_404(request.user, pk)
    if not may_report(request.user, promise):
        raise PermissionDenied("进展由承诺单位或组织协商的站点填写。")
    form = ProgressForm(request.POST or None, initial={"happened_on": timezone.localdate()})

    def change(**said: Any) -> str:
        row = promises.report(pk, by=request.user, **said)
        return "进展已登记，已请站点核实。" if row.says_done else "进展已登记。"

    return _on(request, promise, form, change, "填写进展")


@form_page
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    promise = promise_or_404(request.user, pk)
    require_manage(request.user, promise.consultation)
    form = EndForm(request.POST or None, initial={"ended_on": timezone.localdate()})

    def change(**said: Any) -> str:
        return f"已登记：{promises.end(pk, by=request.user, **said).get_state_display()}。"

    return _on(request, promise, form, change, "登记兑现情况")


@form_page
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    promise = promise_or_404(request.user, pk)
    require_manage(request.user, promise.consultation)

    def change(**said: Any) -> str:
        promises.reopen(pk, by=request.user, **said)
        return "这项承诺继续办，承诺单位已收到消息。"

    return _on(request, promise, ReopenForm(request.POST or None), change, "继续办")


def _on(
    request: SignedInRequest, promise: Promise, form: forms.Form, change: Callable[..., str], title: str
) -> HttpResponse:
    back = reverse("consultations:promise", args=[promise.pk])
    return _form(request, promise.consultation, form, change, title, back, promise=promise)


def _form(
    request: SignedInRequest,
    one: Consultation,
    form: forms.Form,
    change: Callable[..., str],
    title: str,
    back: str,
    **more: Any,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, change(**form.arguments()))  # type: ignore[attr-defined]
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(back)
    context = {"one": one, "form": form, "title": title, "back_url": back, **more}
    return render(request, "consultations/promise_act.html", context)
