"""整改 after a bad result: one page for department and county office, and what each does on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from suggestions.faces import Faces
from supervision import rectifying, results
from supervision.forms_rectifying import CommitteeForm, HandInForm, ReturnForm
from supervision.forms_round import AgainForm
from supervision.models import Rectification, RectificationState, RoundState
from supervision.models.rectification import Part

form_page = require_http_methods(["GET", "HEAD", "POST"])


def _seen(request: SignedInRequest, pk: int) -> Rectification:
    related = (*rectifying.WITH_SUBJECT, "explained_by", "reported_by")
    return get_object_or_404(Rectification.objects.visible_to(request.user).select_related(*related), pk=pk)


@require_safe
def rectification(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _seen(request, pk)
    county_id, faces = one.subject.round.county_id, Faces([one.subject.round.county])
    files = list(one.files.all())
    context = {
        "one": one,
        "road": results.road(one),
        "one_bar": results.bars(one.subject.round, [one.subject]),
        "due": faces.chip(county_id, one.due_on, show_date=False),
        "explain_due": faces.chip(county_id, one.explain_due, show_date=False)
        if one.state == RectificationState.ASKED
        else "",
        "parts": {part.value: [file for file in files if file.part == part] for part in Part},
        "actions": rectifying.open_to(request.user, one),
        "rounds": one.rounds.exclude(state=RoundState.VOID) if rectifying.may(request.user, "accept", one) else [],
    }
    return render(request, "supervision/rectification.html", context)


def _hand_in(request: SignedInRequest, pk: int, action: str, change: Callable[..., Any], **words: str) -> HttpResponse:
    one = _seen(request, pk)
    rectifying.require(request.user, action, one)
    initial = {"text": words.pop("initial", "")}
    form = HandInForm(request.POST or None, request.FILES or None, initial=initial, **words)

    def act() -> str:
        change(pk, by=request.user, **form.cleaned_data)
        return "已提交，县人大常委会代表工委会收到通知。"

    return _act(request, one, form, act, action, "提交")


@form_page
def explain(request: SignedInRequest, pk: int) -> HttpResponse:
    placeholder = "为什么没有达标，问题在哪里，打算怎么改、谁负责、什么时候改好。"
    words = {"label": "书面说明", "placeholder": placeholder, "initial": _seen(request, pk).explanation}
    return _hand_in(request, pk, "explain", rectifying.explain, **words)


@form_page
def report_result(request: SignedInRequest, pk: int) -> HttpResponse:
    placeholder = "逐条写：改了什么、效果怎样、怎样防止反弹。"
    words = {"label": "整改情况", "placeholder": placeholder, "initial": _seen(request, pk).result}
    return _hand_in(request, pk, "report_result", rectifying.report_result, **words)


@require_POST
def accept_result(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _seen(request, pk)
    rectifying.require(request.user, "accept", one)
    try:
        rectifying.accept(pk, by=request.user)
        messages.success(request, "已认定整改完成，请发起复评。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("supervision:rectification", pk)


@form_page
def return_result(request: SignedInRequest, pk: int) -> HttpResponse:
    one, form = _seen(request, pk), ReturnForm(request.POST or None)
    rectifying.require(request.user, "send_back", one)

    def act() -> str:
        rectifying.send_back(pk, by=request.user, reason=form.cleaned_data["reason"])
        return "已退回，单位会收到通知。"

    return _act(request, one, form, act, "send_back", "退回")


@form_page
def note_committee(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _seen(request, pk)
    rectifying.require(request.user, "note_committee", one)
    initial = {"on": one.committee_on or timezone.localdate(), "note": one.committee_note}
    form = CommitteeForm(request.POST or None, initial=initial)

    def act() -> str:
        rectifying.note_committee(pk, by=request.user, **form.cleaned_data)
        return "已登记。"

    return _act(request, one, form, act, "note_committee", "保存")


@form_page
def vote_again(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _seen(request, pk)
    rectifying.require(request.user, "vote_again", one)
    form = AgainForm(request.POST or None, one=one)
    if request.method == "POST" and form.is_valid():
        try:
            made = rectifying.vote_again(pk, by=request.user, **form.arguments())
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, "已建立复评，按页面上的步骤往下做。")
            return redirect("supervision:round", made.pk)
    return _form(request, one, form, "vote_again", "建立复评")


def _act(
    request: SignedInRequest, one: Rectification, form: forms.Form, change: Callable[[], str], action: str, label: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, change())
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            return redirect("supervision:rectification", one.pk)
    return _form(request, one, form, action, label)


def _form(request: SignedInRequest, one: Rectification, form: forms.Form, action: str, label: str) -> HttpResponse:
    back = reverse("supervision:rectification", args=[one.pk])
    title = rectifying.ACTIONS[action][0]
    context = {"one": one, "form": form, "title": title, "submit_label": label, "back_url": back}
    return render(request, "supervision/rectification_act.html", context)


@require_safe
def rectification_file(request: SignedInRequest, pk: int, file_id: int) -> FileResponse:
    row = get_object_or_404(_seen(request, pk).files, pk=file_id)
    try:
        handle = row.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("文件已不在。") from error
    response = FileResponse(handle, as_attachment=True, filename=row.name, content_type=row.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response
