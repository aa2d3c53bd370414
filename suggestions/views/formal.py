"""代表建议 and 议案: the list, one paper, raising and writing it, its co-signers, the check."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest, posted_version
from deputies.models import Deputy
from liaison.lib.paging import paginate
from suggestions import formal as papers
from suggestions import formal_answers, formal_filing, formal_signing
from suggestions.formal_page import buttons, road, tally
from suggestions.forms_formal import (
    AnswerForm,
    CheckForm,
    FormalForm,
    LeadForm,
    OpinionForm,
    WithdrawForm,
    initial_from,
    initial_of,
)
from suggestions.models import Formal, FormalSigner, FormalState, SignerState, Suggestion
from suggestions.models.formal import FORMAL_KINDS, UNFILED, FormalQuerySet
from suggestions.timeline import formal_history

PAGE = 30


@require_safe
def formal_list(request: SignedInRequest) -> HttpResponse:
    seats = request.user.seats
    seen = Formal.objects.visible_to(request.user)
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    rows = seen.filter(kind=kind) if kind in dict(FORMAL_KINDS) else seen
    rows = rows.filter(state=state) if state in FormalState.values else rows
    rows, filed = _filed_between(rows, request.GET.get("since", ""), request.GET.get("until", ""))
    cursors = {"after": request.GET.get("after", ""), "before": request.GET.get("before", "")}
    context = {
        "page": paginate(rows.for_page(), order=("-id",), size=PAGE, **cursors),
        "kind": kind,
        "state": state,
        "filed": filed,
        "kinds": FORMAL_KINDS,
        "states": FormalState.choices,
        "may_raise": bool(seats.stations or seats.deputies),
        "asked": papers.asked_of(request.user),
        "waiting": papers.to_check(request.user),
    }
    return render(request, "suggestions/formal_list.html", context)


def _filed_between(
    rows: FormalQuerySet, since: str, until: str
) -> tuple[FormalQuerySet, tuple[dt.date, dt.date] | None]:
    """Those filed from one day to another, both included, as statistics ask; all where these are no days."""
    try:
        first, last = dt.date.fromisoformat(since), dt.date.fromisoformat(until)
    except ValueError:
        return rows, None
    return rows.filter(filed_at__date__gte=first, filed_at__date__lte=last), (first, last)


def _paper(request: SignedInRequest, pk: int) -> Formal:
    return get_object_or_404(Formal.objects.visible_to(request.user).for_page(), pk=pk)


@require_safe
def formal(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show(request, _paper(request, pk))


def _show(request: SignedInRequest, paper: Formal) -> HttpResponse:
    signers = papers.signers_of(paper)
    own = [one for one in signers if one.deputy_id in request.user.seats.deputy_ids]
    case = paper.case
    context = {
        "paper": paper,
        "signers": signers,
        "own": own[0] if own else None,
        "road": road(paper),
        "tally": tally(paper, signers),
        "sources": paper.sources.visible_to(request.user).order_by("pk"),
        "case_seen": case is not None and Suggestion.objects.visible_to(request.user).filter(pk=case.pk).exists(),
        "history": formal_history(paper),
        "opinion_of": formal_answers.asked(request.user, paper, signers),
        "ratings": case.ratings.order_by("pk") if case else [],
        "stale_opinions": {one.pk for one in signers if one.satisfaction and not formal_answers.stands(paper, one)},
        **buttons(request.user, paper, signers),
    }
    return render(request, "suggestions/formal.html", context)


def raise_formal(request: SignedInRequest) -> HttpResponse:
    """``?case=`` (once or several times): from these cases."""
    if not (request.user.seats.stations or request.user.seats.deputies):
        raise PermissionDenied("建议、议案由代表或联络站的工作人员起草。")
    pks = [int(pk) for pk in request.GET.getlist("case") if pk.isascii() and pk.isdigit() and len(pk) < 18]
    cases = list(Suggestion.objects.visible_to(request.user).filter(pk__in=pks).order_by("pk")[:20]) if pks else []
    form = FormalForm(request.POST or None, user=request.user, initial=initial_from(cases))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            paper = papers.raise_formal(data["lead"], by=request.user, texts=form.texts(), sources=data["sources"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "已保存。接着可以请代表附议，或者提交预审。")
            return redirect("suggestions:formal", paper.pk)
    context = {"form": form, "back_url": reverse("suggestions:formal_list"), "sources": papers.SOURCES}
    return render(request, "suggestions/raise_formal.html", context)


def edit_formal(request: SignedInRequest, pk: int) -> HttpResponse:
    paper = _writable(request, pk)
    form = FormalForm(request.POST or None, user=request.user, paper=paper, initial=initial_of(paper))
    if request.method == "POST" and form.is_valid():
        try:
            papers.edit(pk, by=request.user, texts=form.texts(), version=posted_version(request))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "已保存。")
            return redirect("suggestions:formal", pk)
    context = {"form": form, "paper": paper, "back_url": reverse("suggestions:formal", args=[pk])}
    return render(request, "suggestions/raise_formal.html", context | {"sources": papers.SOURCES})


def _writable(request: SignedInRequest, pk: int) -> Formal:
    paper = _paper(request, pk)
    if not papers.may_write(request.user, paper):
        raise PermissionDenied(f"这件{paper.get_kind_display()}由领衔代表或联络站的工作人员改。")
    return paper


def _act(
    request: SignedInRequest, pk: int, change: Callable[[], Any], said: str | Callable[[Any], str]
) -> HttpResponse:
    try:
        done = change()
        messages.success(request, said if isinstance(said, str) else said(done))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("suggestions:formal", pk)


@require_POST
def submit_formal(request: SignedInRequest, pk: int) -> HttpResponse:
    _writable(request, pk)
    return _act(
        request,
        pk,
        lambda: papers.submit(pk, by=request.user, version=posted_version(request)),
        lambda paper: f"已提交，等{paper.station.name}预审。",
    )


def withdraw_formal(request: SignedInRequest, pk: int) -> HttpResponse:
    paper = _writable(request, pk)
    form = WithdrawForm(request.POST or None)

    def change() -> Formal:
        return papers.withdraw(pk, by=request.user, version=posted_version(request), **form.cleaned_data)

    return _form(request, paper, form, change, "撤回", "已撤回。")


def change_lead(request: SignedInRequest, pk: int) -> HttpResponse:
    paper = _writable(request, pk)
    form = LeadForm(request.POST or None, paper=paper)

    def change() -> Formal:
        signer = int(form.cleaned_data["signer"])
        return papers.change_lead(pk, by=request.user, signer=signer, version=posted_version(request))

    return _form(request, paper, form, change, "换领衔代表", "领衔代表已更换。")


def _form(
    request: SignedInRequest, paper: Formal, form: Any, change: Callable[[], Formal], label: str, said: str
) -> HttpResponse:
    """One small form about ``paper``."""
    if request.method == "POST" and form.is_valid():
        try:
            change()
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, said)
            return redirect("suggestions:formal", paper.pk)
    shut = "" if paper.state in UNFILED else f"现在是“{paper.state_words}”，不能{label}。"
    context = {"form": form, "paper": paper, "label": label, "shut": shut}
    return render(request, "suggestions/formal_act.html", context)


# --- co-signers ---------------------------------------------------------------------------


def ask_signers(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who may sign, by the township they are grouped in; those asked already are marked."""
    paper = _writable(request, pk)
    offered = formal_signing.eligible(paper).select_related("home_station", "user")
    if request.method == "POST":
        wanted = [int(pk) for pk in request.POST.getlist("deputies") if pk.isascii() and pk.isdigit() and len(pk) < 18]
        chosen = list(offered.filter(pk__in=wanted))
        return _act(
            request,
            pk,
            lambda: formal_signing.ask(pk, chosen, by=request.user),
            lambda asked: f"已请 {len(asked)} 名代表附议，等他们在手机上确认。",
        )
    known = {one.deputy_id: one for one in papers.signers_of(paper)}
    groups: dict[str, list[tuple[Deputy, Any]]] = {}
    for deputy in offered.order_by("home_station__path", "pinyin", "pk"):
        home = papers.default_delegation(deputy) or (
            deputy.home_station.name if deputy.home_station else "还没有编入站点"
        )
        groups.setdefault(home, []).append((deputy, known.get(deputy.pk)))
    context = {"paper": paper, "townships": list(groups.items()), "needed": papers.needed(paper)}
    return render(request, "suggestions/ask_signers.html", context)


@require_POST
def drop_signer(request: SignedInRequest, pk: int) -> HttpResponse:
    _writable(request, pk)
    signer = request.POST.get("signer", "")
    chosen = int(signer) if signer.isascii() and signer.isdigit() and len(signer) < 18 else 0
    return _act(request, pk, lambda: formal_signing.drop(pk, chosen, by=request.user), "已从名单里去掉。")


@require_POST
def remind_signers(request: SignedInRequest, pk: int) -> HttpResponse:
    _writable(request, pk)
    return _act(
        request, pk, lambda: formal_signing.remind(pk, by=request.user), lambda count: f"已提醒 {count} 名代表。"
    )


@require_POST
def answer_signing(request: SignedInRequest, pk: int) -> HttpResponse:
    """附议, 不附议, 撤回: by the deputy; with ``on_paper`` an office enters a signature it holds."""
    seen = Formal.objects.visible_to(request.user).values("pk")
    rows = FormalSigner.objects.filter(formal__in=seen)
    signer = get_object_or_404(rows.select_related("deputy__home_station", "formal__station"), pk=pk)
    on_paper = request.POST.get("on_paper") == "1"
    may = formal_signing.may_enter if on_paper else formal_signing.may_answer
    if not may(request.user, signer):
        raise PermissionDenied("附议由代表本人确认；纸质签名由受理站点或代表所在联络站登记。")
    form = AnswerForm(request.POST)
    form.is_valid()
    what, note = request.POST.get("answer", ""), form.cleaned_data.get("note", "")
    said = {"confirm": "已附议。", "decline": "已答复不附议。", "withdraw": "已撤回附议。"}.get(what, "")
    return _act(
        request,
        signer.formal_id,
        lambda: formal_signing.answer(pk, what, by=request.user, note=note, on_paper=on_paper),
        said,
    )


# --- the check ----------------------------------------------------------------------------


def check_formal(request: SignedInRequest, pk: int) -> HttpResponse:
    """The check list; ``file`` files it, ``return`` sends it back."""
    paper = _paper(request, pk)
    if not papers.may_check(request.user, paper):
        raise PermissionDenied(f"预审由{paper.station.name}的工作人员办理。")
    form = CheckForm(request.POST or None, initial={"merge": True, "checks": paper.checks})
    if request.method == "POST" and form.is_valid():
        data, version = form.cleaned_data, posted_version(request)
        try:
            if "return" in request.POST:
                formal_filing.send_back(
                    pk, by=request.user, reason=data["reason"], checks=data["checks"], version=version
                )
                messages.success(request, "已退回修改，领衔代表会收到原因。")
                return redirect("suggestions:formal", pk)
            filed = formal_filing.file(pk, by=request.user, checks=data["checks"], merge=data["merge"], version=version)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{filed.state_words}：{filed.number}。请接着交办。")
            return redirect("suggestions:case", filed.case_id)
    signers = papers.signers_of(paper)
    context = {
        "paper": paper,
        "form": form,
        "tally": tally(paper, signers),
        "shortage": papers.shortage(paper),
        "findings": formal_filing.findings(paper),
        "mergeable": formal_filing.mergeable(paper, request.user),
        "shut": "" if paper.state == FormalState.SUBMITTED else f"现在是“{paper.state_words}”，不在预审。",
    }
    return render(request, "suggestions/check_formal.html", context)


# --- 征询意见 ------------------------------------------------------------------------------


def formal_opinion(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the lead and the co-signers say of the answer, on the phone."""
    paper = _paper(request, pk)
    own = request.user.seats.deputy_ids
    signer = paper.signers.filter(deputy__in=own).first()
    if paper.lead_id not in own and (signer is None or signer.state != SignerState.CONFIRMED):
        raise PermissionDenied("征询意见由领衔和附议的代表填写。")
    start = {"satisfaction": signer.satisfaction, "opinion": signer.opinion} if signer else {}
    form = OpinionForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            formal_answers.give(pk, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "意见已登记，谢谢。")
            return redirect("suggestions:formal", pk)
    shut = "" if formal_answers.asked(request.user, paper) else "还没有答复，或者您的意见已经登记，现在不用填。"
    context = {"paper": paper, "form": form, "shut": shut, "leads": paper.lead_id in own}
    return render(request, "suggestions/formal_opinion.html", context)
