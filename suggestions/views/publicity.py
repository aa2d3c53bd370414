"""办理结果公开, the staff's side: what waits, write with the masked preview, release, send back, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest, posted_version
from liaison.lib.masking import marked
from liaison.lib.paging import paginate
from suggestions import publicity
from suggestions.forms_publicity import ReleaseResultForm, SendBackResultForm, WithdrawResultForm, WriteResultForm
from suggestions.models import PublicResult, ReleaseState, Suggestion
from suggestions.models.public_result import LIVE

PAGE = 30
CANDIDATES = "candidates"
TABS = [(CANDIDATES, "可以公开"), *ReleaseState.choices]


@require_safe
def public_results(request: SignedInRequest) -> HttpResponse:
    if not request.user.seats.is_station_staff:
        raise PermissionDenied("办理结果公开由站点工作人员管理。")
    waiting = publicity.waiting_for(request.user)
    asked = request.GET.get("state", "")
    state = asked if asked in dict(TABS) else ReleaseState.WAITING if waiting else CANDIDATES
    cursors = {"after": request.GET.get("after", ""), "before": request.GET.get("before", "")}
    if state == CANDIDATES:
        page = paginate(_candidates(request), order=("-id",), size=PAGE, **cursors)
    else:
        rows = PublicResult.objects.visible_to(request.user).filter(state=state)
        related = rows.select_related("suggestion", "station", "written_by", "released_by", "withdrawn_by")
        page = paginate(related, order=("-id",), size=PAGE, **cursors)
    context = {"page": page, "state": state, "tabs": TABS, "waiting": waiting, "candidates": state == CANDIDATES}
    return render(request, "suggestions/public_results.html", context)


def _candidates(request: SignedInRequest) -> Any:
    """Answered cases of the person's desks whose voter agreed and which nobody has made public yet."""
    desks = request.user.seats.subtree("desk__")
    rows = Suggestion.objects.filter(desks, state__in=publicity.ANSWERED, may_publish=True)
    return rows.exclude(public_results__state__in=LIVE).select_related("station", "desk").defer("search")


def _result(request: SignedInRequest, pk: int) -> PublicResult:
    related = ("suggestion__desk", "suggestion__lead", "station", "county", "written_by", "released_by", "withdrawn_by")
    return get_object_or_404(PublicResult.objects.visible_to(request.user).select_related(*related), pk=pk)


def write_result(request: SignedInRequest, pk: int) -> HttpResponse:
    """The form starts from the case, masked; "preview" shows it beside the original, and what is still marked."""
    seen = Suggestion.objects.visible_to(request.user).for_page().prefetch_related("voters")
    case = get_object_or_404(seen, pk=pk)
    if not publicity.may_write(request.user, case):
        raise PermissionDenied("公开内容由管理这件意见的站点工作人员起草。")
    live = case.public_results.filter(state__in=LIVE).first()
    shut = publicity.obstacle(case)
    if live and live.state == ReleaseState.RELEASED:
        shut = shut or "这件意见的办理结果已经公开；要改内容，请先撤下，再重新起草。"
    posted = request.method == "POST" and not shut
    start = _texts_of(live) if live else publicity.proposal(case)
    form = WriteResultForm(request.POST) if posted else WriteResultForm(initial=start)
    if posted and form.is_valid() and "save" in request.POST:
        try:
            result = publicity.write(
                pk, by=request.user, texts=form.texts(), confirmed=form.confirmed(), version=posted_version(request)
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "已提交审核，审核公开后选民才能看到。")
            return redirect("suggestions:public_result", result.pk)
    context = {
        "case": case,
        "form": form,
        "shut": shut,
        "version": live.version if live else "",
        "live": live,
        "original": _original(case),
        "preview": _preview(form),
        "rule": publicity.RULE,
    }
    return render(request, "suggestions/write_result.html", context)


def _texts_of(result: PublicResult) -> dict[str, str]:
    return {name: getattr(result, name) for name in ("title", "matter", "answer", "department")}


def _original(case: Suggestion) -> dict[str, Any]:
    matter = case.content + (f"\n\n诉求：{case.demand}" if case.demand else "")
    texts = {"title": case.title, "matter": matter, "answer": case.reply}
    return {name: marked(text, everything=True) for name, text in texts.items()}


def _preview(form: WriteResultForm) -> dict[str, Any]:
    return {name: marked(form[name].value() or "", everything=True) for name in ("title", "matter", "answer")}


@require_safe
def public_result(request: SignedInRequest, pk: int) -> HttpResponse:
    result = _result(request, pk)
    context = {
        "result": result,
        "case": result.suggestion,
        "own": not publicity.may_release(request.user, result),
        "live": result.state in LIVE,
        "rule": publicity.RULE,
    }
    return render(request, "suggestions/public_result.html", context)


def _act(
    request: SignedInRequest,
    result: PublicResult,
    label: str,
    make: Callable[..., forms.Form],
    change: Callable[..., PublicResult],
    said: str,
    sources: tuple[str, ...],
    **more: Any,
) -> HttpResponse:
    shut = "" if result.state in sources else f"公开内容现在是“{result.get_state_display()}”，不能“{label}”。"
    form: Any = make(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not shut:
        if posted_version(request) is None:
            form.add_error(None, publicity.STALE)
        elif form.is_valid():
            try:
                change(result.pk, by=request.user, version=posted_version(request), **form.arguments())
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, said)
                return redirect("suggestions:public_result", result.pk)
    context = {"result": result, "case": result.suggestion, "form": form, "shut": shut, "label": label}
    return render(request, "suggestions/act_on_result.html", context | more)


def release_result(request: SignedInRequest, pk: int) -> HttpResponse:
    result = _result(request, pk)
    if not publicity.may_release(request.user, result):
        raise PermissionDenied(f"自己起草的公开内容要由别人审核。{publicity.RULE}")
    preview = {name: marked(getattr(result, name), everything=True) for name in ("title", "matter", "answer")}

    def make(data: Any) -> ReleaseResultForm:
        return ReleaseResultForm(data, texts=result.texts)

    return _act(
        request,
        result,
        "审核公开",
        make,
        publicity.release,
        "已公开，选民可以在办理结果栏看到。",
        (ReleaseState.WAITING,),
        original=_original(result.suggestion),
        preview=preview,
        rule=publicity.RULE,
    )


def send_back_result(request: SignedInRequest, pk: int) -> HttpResponse:
    sources = (ReleaseState.WAITING,)
    found = _result(request, pk)
    return _act(request, found, "退回修改", SendBackResultForm, publicity.send_back, "已退回修改。", sources)


def withdraw_result(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _result(request, pk)
    return _act(request, found, "撤下", WithdrawResultForm, publicity.withdraw, "已撤下，内容和原因留在记录里。", LIVE)
