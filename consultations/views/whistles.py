"""吹哨报到: the list, one whistle, blowing, and what each side does with a call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from consultations import whistle_timeline, whistle_waiting, whistling
from consultations.forms_whistle import (
    AnswerForm,
    BlowForm,
    CheckInForm,
    DecideForm,
    JudgeForm,
    NoteForm,
    RateForm,
    ReasonForm,
    RefuseForm,
    ReportForm,
    into,
)
from consultations.models import Call, CallState, Whistle
from liaison.lib.paging import paginate
from stations.models import Station
from suggestions.faces import Faces
from suggestions.models import Suggestion

PAGE = 30
NEAREST = ("-department__station__path", "pk")  # the township's own departments first
TABS = {"open": "正在办的", "ended": "办完的"}
act = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def whistles(request: SignedInRequest) -> HttpResponse:
    """What waits for me, then what is open, or what has ended."""
    tab = request.GET.get("show", "open")
    tab = tab if tab in TABS else "open"
    faces, now = Faces(request.user.seats.counties), timezone.now()
    opened = Call.objects.open().filter(whistle=OuterRef("pk"))
    seen = Whistle.objects.visible_to(request.user).filter(Exists(opened) if tab == "open" else ~Exists(opened))
    calls = Call.objects.visible_to(request.user).select_related("department", "whistle__station")
    rows = seen.select_related("station").prefetch_related(Prefetch("calls", calls.order_by(*NEAREST)))
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = paginate(rows, order=("-blown_at", "-pk"), size=PAGE, **cursors)
    context = {
        "waiting": whistle_waiting.listed(request.user, faces, now),
        "page": page,
        "rows": [(one, [_face(call, faces, now) for call in one.calls.all()]) for one in page.rows],
        "tab": tab,
        "tabs": TABS,
        "may_blow": bool(request.user.seats.stations),
        "may_figures": bool(request.user.seats.stations or request.user.seats.departments),
    }
    return render(request, "consultations/whistles.html", context)


def _face(call: Call, faces: Faces, now: Any) -> dict[str, Any]:
    return {
        "call": call,
        "tone": whistle_waiting.TONES.get(CallState(call.state), "end"),
        "chip": whistle_waiting.chip(call, faces, now),
    }


def _whistle(request: SignedInRequest, pk: int) -> Whistle:
    seen = Whistle.objects.visible_to(request.user).select_related("station__county", "case", "blown_by")
    return get_object_or_404(seen, pk=pk)


@require_safe
def whistle(request: SignedInRequest, pk: int) -> HttpResponse:
    """A station sees all it called, a department itself. Who has to come checks in here, in one press."""
    one = _whistle(request, pk)
    user, faces, now = request.user, Faces(request.user.seats.counties), timezone.now()
    calls = list(one.calls.visible_to(user).select_related("department").order_by(*NEAREST))
    rows = []
    for call in calls:
        call.whistle = one
        actions = whistling.open_to(user, call)
        row = _face(call, faces, now) | {"steps": _steps(actions, call), "no_clerk": False}
        if "check_in" in actions:
            form = CheckInForm(initial={"who": user.name, "where": one.place}, auto_id=f"id_{call.pk}_%s")
            row |= {"form": form, "no_clerk": call.department_id not in user.seats.department_ids}
        rows.append(row)
    covers = user.seats.covers(one.station)
    context = {
        "whistle": one,
        "rows": rows,
        "case": Suggestion.objects.visible_to(user).filter(pk=one.case_id).first() if one.case_id else None,
        "history": whistle_timeline.entries(one, None if covers else {call.pk for call in calls}),
    }
    return render(request, "consultations/whistle.html", context)


def _steps(actions: list[str], call: Call) -> list[dict[str, Any]]:
    """The buttons, what is expected first; agreeing to a refusal and passing it up are one page."""
    shown = []
    for name in actions:
        if name in ("check_in", "pass_up"):
            continue
        page = "answer" if name == "excuse" else name
        label = "答复退哨" if name == "excuse" else whistling.STEPS[name].label
        url = whistle_waiting.step_url(page, call)
        shown.append({"label": label, "url": url, "main": whistling.STEPS[name].main})
    return sorted(shown, key=lambda step: not step["main"])


# --- blowing ------------------------------------------------------------------------------


def _station(request: SignedInRequest, case: Suggestion | None) -> Station:
    """The one asked for, else the lowest of the person's own that may."""
    may = whistling.stations_for(request.user, case)
    wanted = request.GET.get("station", "")
    chosen = next((one for one in may if str(one.pk) == wanted), None) if wanted else max(may, key=_depth, default=None)
    if chosen is None:
        raise PermissionDenied("吹哨由站点的工作人员发出；一件意见由它当前所在站点或上级站吹哨。")
    return chosen


def _depth(station: Station) -> int:
    return len(station.path)


def _case(request: SignedInRequest) -> Suggestion | None:
    pk = request.GET.get("case", "")
    if not pk:
        return None
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 18):
        raise Http404
    return get_object_or_404(Suggestion.objects.visible_to(request.user).select_related("desk"), pk=pk)


@act
def blow(request: SignedInRequest) -> HttpResponse:
    case = _case(request)
    station = _station(request, case)
    form = BlowForm(request.POST or None, user=request.user, station=station, case=case)
    if request.method == "POST" and form.is_valid():
        try:
            one = whistling.blow(station, by=request.user, case=case, **form.cleaned_data)
        except ValidationError as error:
            into(form, error)
        else:
            messages.success(request, f"已吹哨，{one.calls.count()} 个单位收到通知，等报到。")
            return redirect("consultations:whistle", one.pk)
    context = {
        "form": form,
        "station": station,
        "stations": whistling.stations_for(request.user, case),
        "case": case,
        "rules": station.county.rules,
        "today": timezone.localdate(),
        "back_url": reverse("suggestions:case", args=[case.pk]) if case else reverse("consultations:whistles"),
    }
    return render(request, "consultations/whistle_blow.html", context)


# --- one call -----------------------------------------------------------------------------


def _call(request: SignedInRequest, pk: int, name: str) -> Call:
    """404 for what one does not see, 403 for what the other side does."""
    seen = Call.objects.visible_to(request.user).select_related("whistle__station__county", "department")
    call = get_object_or_404(seen, pk=pk)
    step = whistling.STEPS[name]
    if not whistling.sits(request.user, call, step.side):
        raise PermissionDenied(f"“{step.label}”由{step.side}办理。")
    return call


Change = Callable[[dict[str, Any]], str]


def _act(
    request: SignedInRequest, call: Call, form: forms.Form, change: Change, title: str, label: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, change(form.cleaned_data))
        except ValidationError as error:
            into(form, error)
        else:
            return redirect("consultations:whistle", call.whistle_id)
    context = {
        "call": call,
        "form": form,
        "title": title,
        "submit_label": label,
        "back_url": reverse("consultations:whistle", args=[call.whistle_id]),
    }
    return render(request, "consultations/whistle_act.html", context)


@act
def check_in(request: SignedInRequest, pk: int) -> HttpResponse:
    call = _call(request, pk, "check_in")
    form = CheckInForm(request.POST or None, initial={"who": request.user.name, "where": call.whistle.place})

    def change(data: dict[str, Any]) -> str:
        done = whistling.check_in(pk, by=request.user, **data)
        late = "，已超过报到期限" if done.came_late else ""
        return f"已报到{late}。请在 {done.finish_on:%-m月%-d日}前报告办理结果。"

    return _act(request, call, form, change, "报到", "报到")


@act
def note(request: SignedInRequest, pk: int) -> HttpResponse:
    call = _call(request, pk, "note")

    def change(data: dict[str, Any]) -> str:
        whistling.note(pk, by=request.user, **data)
        return "进展已记下。"

    return _act(request, call, NoteForm(request.POST or None), change, "登记进展", "记下")


@act
def report(request: SignedInRequest, pk: int) -> HttpResponse:
    call = _call(request, pk, "report")

    def change(data: dict[str, Any]) -> str:
        whistling.report(pk, by=request.user, **data)
        return "已报告办理结果，站点会来评价。也请评价这次吹哨。"

    return _act(request, call, ReportForm(request.POST or None), change, "报告办理结果", "报告结果")


@act
def refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    call = _call(request, pk, "refuse")

    def change(data: dict[str, Any]) -> str:
        whistling.refuse(pk, by=request.user, **data)
        return "已申请退哨，等站点答复。"

    return _act(request, call, RefuseForm(request.POST or None), change, "申请退哨", "提交")


@act
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """The station's answer to a refusal: agreed, or to be decided by the county office."""
    call = _call(request, pk, "excuse")

    def change(data: dict[str, Any]) -> str:
        if data["agree"] == "yes":
            whistling.excuse(pk, by=request.user, text=data["text"])
            return f"已同意{call.department.name}退哨。"
        whistling.pass_up(pk, by=request.user, text=data["text"])
        return "已报县人大常委会代表工委裁定。"

    return _act(request, call, AnswerForm(request.POST or None), change, "答复退哨", "提交")


@act
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    call = _call(request, pk, "decide")

    def change(data: dict[str, Any]) -> str:
        whistling.decide(pk, by=request.user, **data)
        return "已裁定，双方都收到通知。"

    return _act(request, call, DecideForm(request.POST or None), change, "裁定", "裁定")


@act
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    call = _call(request, pk, "send_back")

    def change(data: dict[str, Any]) -> str:
        whistling.send_back(pk, by=request.user, **data)
        return "已退回继续办理。"

    return _act(request, call, ReasonForm(request.POST or None), change, "退回继续办理", "退回")


@act
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    call = _call(request, pk, "withdraw")

    def change(data: dict[str, Any]) -> str:
        whistling.withdraw(pk, by=request.user, **data)
        return f"已撤回对{call.department.name}的吹哨。"

    return _act(request, call, ReasonForm(request.POST or None), change, "撤哨", "撤哨")


@act
def rate(request: SignedInRequest, pk: int) -> HttpResponse:
    call = _call(request, pk, "rate")

    def change(data: dict[str, Any]) -> str:
        whistling.rate(pk, by=request.user, **data)
        return f"已评价{call.department.name}。"

    return _act(request, call, RateForm(request.POST or None), change, "评价单位", "提交评价")


@act
def judge(request: SignedInRequest, pk: int) -> HttpResponse:
    call = _call(request, pk, "judge")

    def change(data: dict[str, Any]) -> str:
        whistling.judge(pk, by=request.user, **data)
        return "已评价这次吹哨。"

    return _act(request, call, JudgeForm(request.POST or None), change, "评价吹哨", "提交评价")
