"""What is done with a consultation: fetch scoped, form, call, redirect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest, posted_version
from consultations import conduct, releases
from consultations.access import consultation_or_404, managed_or_403, own_parties
from consultations.forms import (
    CancelForm,
    ConcludeForm,
    FinishForm,
    MaterialForm,
    PrepareForm,
    RateForm,
    RatingCountForm,
    ReleaseForm,
    next_week,
    office_name,
)
from consultations.models import Consultation, State, Step
from noticeboard import review
from noticeboard.models import NoticeState
from stations.ledgers import wanted_station
from stations.models import Station
from suggestions.models import Suggestion

form_page = require_http_methods(["GET", "HEAD", "POST"])


# --- before -------------------------------------------------------------------------------


@form_page
def create(request: SignedInRequest) -> HttpResponse:
    """``?case=`` starts from a case, ``?station=`` says where."""
    station = _chosen_station(request)
    case = _chosen_case(request)
    start = {
        "office": office_name(station),
        "place": station.address,
        "starts_at": "09:00",
        "date": next_week(timezone.localdate()),
        **(_from_case(case) if case else {}),
    }
    form = PrepareForm(request.POST or None, request.FILES or None, user=request.user, station=station, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            one = conduct.create(by=request.user, station=station, **form.arguments())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "协商已建立，各方还没有收到通知。核对以后请按“通知各方”。")
            return redirect("consultations:detail", one.pk)
    context = {
        "form": form,
        "station": station,
        "stations": Station.objects.filter(request.user.seats.subtree(), is_active=True).order_by("path"),
        "back_url": reverse("suggestions:case", args=[case.pk]) if case else reverse("consultations:list"),
    }
    return render(request, "consultations/prepare.html", context)


def _chosen_station(request: SignedInRequest) -> Station:
    if not request.user.seats.is_station_staff:
        raise PermissionDenied("协商议事由站点工作人员发起。")
    station = wanted_station(request.user, request.GET) or request.user.seats.stations[0]
    if not request.user.seats.covers(station):
        raise PermissionDenied("协商议事由本站和上级站的工作人员发起。")
    return Station.objects.select_related("county", "parent__parent").get(pk=station.pk)


def _chosen_case(request: SignedInRequest) -> Suggestion | None:
    asked = request.GET.get("case", "")
    if not asked.isdecimal() or len(asked) > 17:
        return None
    return get_object_or_404(Suggestion.objects.visible_to(request.user).select_related("deputy"), pk=int(asked))


def _from_case(case: Suggestion) -> dict[str, Any]:
    words = [case.content, f"诉求：{case.demand}" if case.demand else ""]
    deputy = {"deputies": case.deputy.name} if case.deputy else {}
    return {"topic": case.title, "background": "\n".join(filter(None, words))[:4000], "cases": case.number, **deputy}


@form_page
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    one = managed_or_403(request.user, pk)
    form = PrepareForm(
        request.POST or None,
        request.FILES or None,
        user=request.user,
        station=one.station,
        consultation=one,
        initial=PrepareForm.initial_of(one),
    )
    return _form(request, one, "edit", form, conduct.edit, "已保存。", "consultations/prepare.html")


@require_POST
def announce(request: SignedInRequest, pk: int) -> HttpResponse:
    return _press(request, pk, conduct.announce, "已通知各方代表和单位。")


@form_page
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    one = managed_or_403(request.user, pk)
    return _form(request, one, "cancel", CancelForm(request.POST or None), conduct.cancel, "已取消这次协商。")


# --- during -------------------------------------------------------------------------------


@require_POST
def start(request: SignedInRequest, pk: int) -> HttpResponse:
    return _press(request, pk, conduct.start, "协商开始，请到场的各方签到。")


@require_POST
def sign_in(request: SignedInRequest, pk: int, party_pk: int) -> HttpResponse:
    """By the office for anybody, by a party for itself."""
    one = consultation_or_404(request.user, pk)
    _own_or_managed(request, one)
    who = " ".join(request.POST.get("who", "").split())[:40]
    return _do(request, pk, lambda: conduct.sign_in(pk, party_pk, by=request.user, who=who), "已签到。")


@require_POST
def undo_sign_in(request: SignedInRequest, pk: int, party_pk: int) -> HttpResponse:
    managed_or_403(request.user, pk)
    return _do(request, pk, lambda: conduct.undo_sign_in(pk, party_pk, by=request.user), "已撤销签到。")


def _own_or_managed(request: SignedInRequest, one: Consultation) -> None:
    if not request.user.seats.covers(one.station) and not own_parties(request.user, one):
        raise PermissionDenied("这一步由组织协商的工作人员或参加方本人办理。")


@form_page
def conclude(request: SignedInRequest, pk: int) -> HttpResponse:
    one = managed_or_403(request.user, pk)
    names = ("chair", "minutes", "agreement", "residents_came")
    form = ConcludeForm(
        request.POST or None, request.FILES or None, initial={name: getattr(one, name) for name in names}
    )
    said = "已保存。" if one.state == State.FOLLOWING else "纪要和结果已登记。请把商定的事逐项登记为承诺事项。"
    return _form(request, one, "conclude", form, conduct.conclude, said)


# --- after --------------------------------------------------------------------------------


@require_POST
def rate(request: SignedInRequest, pk: int) -> HttpResponse:
    one = consultation_or_404(request.user, pk)
    if not own_parties(request.user, one):
        raise PermissionDenied("评价由参加协商的代表和单位本人填写。")
    form = RateForm(request.POST)

    def change() -> None:
        if not form.is_valid():
            raise ValidationError([text for errors in form.errors.values() for text in errors])
        conduct.rate(pk, by=request.user, **form.arguments())

    return _do(request, pk, change, "谢谢，您的评价已登记。")


@form_page
def count_ratings(request: SignedInRequest, pk: int) -> HttpResponse:
    one = managed_or_403(request.user, pk)
    counts = {name: getattr(one, name) for name in ("satisfied", "basically", "dissatisfied")}
    form = RatingCountForm(request.POST or None, initial=counts)
    return _form(request, one, "count_ratings", form, conduct.count_ratings, "评价已登记。", most=conduct.may_vote(one))


@form_page
def finish(request: SignedInRequest, pk: int) -> HttpResponse:
    one = managed_or_403(request.user, pk)
    return _form(request, one, "finish", FinishForm(request.POST or None), conduct.finish, "这次协商已办结。")


# --- material and noticeboard -------------------------------------------------------------


@form_page
def add_files(request: SignedInRequest, pk: int) -> HttpResponse:
    one = managed_or_403(request.user, pk)
    at = {State.PREPARING: Step.BEFORE, State.UNDERWAY: Step.DURING}.get(State(one.state), Step.AFTER)
    form = MaterialForm(request.POST or None, request.FILES or None, initial={"step": at})

    def change(pk: int, *, step: str, files: Any, by: Any, version: int | None) -> Consultation:
        conduct.add_files(pk, step, files, by=by)
        return one

    return _form(request, one, "add_files", form, change, "材料已添加。")


@require_POST
def remove_file(request: SignedInRequest, pk: int, file_pk: int) -> HttpResponse:
    managed_or_403(request.user, pk)
    return _do(request, pk, lambda: conduct.remove_file(pk, file_pk, by=request.user), "材料已删除。")


@form_page
def release(request: SignedInRequest, pk: int, step: str) -> HttpResponse:
    one = managed_or_403(request.user, pk)
    if step not in Step.values:
        raise Http404
    title, body = releases.proposal(one, step)
    form = ReleaseForm(request.POST or None, consultation=one, step=step, initial={"title": title, "body": body})
    shut = releases.obstacle(one, step)
    if request.method == "POST" and form.is_valid():
        try:
            notice = releases.release(pk, step, by=request.user, version=posted_version(request), **form.arguments())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            on_board = notice.state == NoticeState.RELEASED and not notice.revisions.filter(state="checking").exists()
            said = "已公示在本站公示栏。" if on_board else f"已送审{review.told(notice)}，审核后公示。"
            messages.success(request, said)
            return redirect("consultations:detail", pk)
    context = {**_context(one, "release", form, shut), "step": Step(step), "rule": review.RULE}
    return render(request, "consultations/release.html", context)


# --- the shape they share -----------------------------------------------------------------


def _press(request: SignedInRequest, pk: int, change: Callable[..., Any], said: str) -> HttpResponse:
    managed_or_403(request.user, pk)
    return _do(request, pk, lambda: change(pk, by=request.user, version=posted_version(request)), said)


def _do(request: SignedInRequest, pk: int, change: Callable[[], Any], said: str) -> HttpResponse:
    try:
        change()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, said)
    return redirect("consultations:detail", pk)


def _form(
    request: SignedInRequest,
    one: Consultation,
    action: str,
    form: forms.Form,
    change: Callable[..., Any],
    said: str,
    template: str = "consultations/act.html",
    **more: Any,
) -> HttpResponse:
    shut = conduct.obstacle(action, one)
    if request.method == "POST" and form.is_valid():
        try:
            change(one.pk, by=request.user, version=posted_version(request), **form.arguments())  # type: ignore[attr-defined]
        except ValidationError as error:
            form.add_error(None, error)
            one.refresh_from_db(fields=["version", "state"])  # the next press counts as having seen it
        else:
            messages.success(request, said)
            return redirect("consultations:detail", one.pk)
    return render(request, template, {**_context(one, action, form, shut), **more})


def _context(one: Consultation, action: str, form: forms.Form, shut: str) -> dict[str, Any]:
    return {
        "one": one,
        "station": one.station,
        "form": form,
        "shut": shut,
        "title": conduct.ACTS[action][0],
        "action": action,
        "back_url": reverse("consultations:detail", args=[one.pk]),
    }
