"""联系制度: the three kinds of tie, their logs, and the committee's members."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from deputies import ties
from deputies.forms_tie import MemberForm, TieForm, TieLogForm
from deputies.models import CommitteeMember, Deputy, Tie, TieKind
from stations.models import County


def _kind(request: SignedInRequest) -> TieKind:
    asked = request.GET.get("kind", "")
    return TieKind(asked) if asked in TieKind.values else TieKind.MEMBER


@require_safe
def tie_list(request: SignedInRequest) -> HttpResponse:
    """What one may see of a kind: the county office all, the others what concerns them."""
    kind, year = _kind(request), timezone.localdate().year
    seen = Tie.objects.visible_to(request.user)
    found = list(ties.listed(seen, kind, year))
    counts = {one: seen.current().filter(kind=one).distinct().count() for one in TieKind.values}
    context = {
        "kind": kind,
        "kinds": [(one.value, one.label, counts[one]) for one in TieKind],
        "ties": found,
        "talked": sum(bool(tie.talks) for tie in found),  # type: ignore[attr-defined]
        "year": year,
        "may_arrange": request.user.seats.is_county_office,
        "gaps": ties.gaps(request.user) if request.user.seats.is_office else [],
    }
    return render(request, "deputies/ties.html", context)


def _county_office(request: SignedInRequest) -> list[int]:
    county_ids = sorted(request.user.seats.office_county_ids)
    if not county_ids:
        raise PermissionDenied("联系制度由县人大常委会代表工委安排。")
    return county_ids


def create_tie(request: SignedInRequest) -> HttpResponse:
    county_ids, kind = _county_office(request), _kind(request)
    form = TieForm(request.POST or None, kind=kind, county_ids=county_ids)
    if request.method == "POST" and form.is_valid():
        near = form.cleaned_data.get("member") or form.cleaned_data["deputy"]
        county = County.objects.get(pk=near.deputy.county_id if isinstance(near, CommitteeMember) else near.county_id)
        try:
            tie = ties.create_tie(county, kind, by=request.user, **form.arguments())
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, f"已建立联系：{tie}。")
            return (
                redirect(f"{request.path}?kind={kind}") if "more" in request.POST else redirect("deputies:tie", tie.pk)
            )
    return render(request, "deputies/create_tie.html", {"form": form, "kind": kind})


def _tie(request: SignedInRequest, pk: int) -> Tie:
    seen = Tie.objects.visible_to(request.user).values("pk")
    return get_object_or_404(Tie.objects.filter(pk__in=seen).select_related(*ties.ENDS), pk=pk)


@require_safe
def tie(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show(request, _tie(request, pk), TieLogForm())


def _show(request: SignedInRequest, one: Tie, form: TieLogForm) -> HttpResponse:
    context = {
        "tie": one,
        "log": one.log.select_related("entered_by"),
        "form": form,
        "may_log": one.until is None and ties.may_log(request.user, one),
        "may_arrange": one.until is None and ties.may_arrange(request.user, one.county_id),
    }
    return render(request, "deputies/tie.html", context)


@require_POST
def log_tie(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _tie(request, pk)
    if not ties.may_log(request.user, one):
        raise PermissionDenied("联系记录由联系人本人、县人大常委会代表工委或对方所在站点填写。")
    form = TieLogForm(request.POST)
    if form.is_valid():
        try:
            ties.log_tie(pk, by=request.user, **form.arguments())
            messages.success(request, "已记下这次联系。")
            return redirect("deputies:tie", pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _show(request, one, form)


@require_POST
def end_tie(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _tie(request, pk)
    return _change(
        request, lambda: ties.end_tie(one.pk, by=request.user), "联系关系已结束，记录保留。", "deputies:tie", pk
    )


def _change(request: SignedInRequest, change: Callable[[], Any], said: str, *back: Any) -> HttpResponse:
    try:
        change()
        messages.success(request, said)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(*back)


def committee(request: SignedInRequest) -> HttpResponse:
    """常委会组成人员: who is in office, how many ties each has; a new one is added below."""
    county_ids = _county_office(request)
    form = MemberForm(request.POST or None, county_ids=county_ids)
    if request.method == "POST" and form.is_valid():
        deputy: Deputy = form.cleaned_data["deputy"]
        try:
            ties.add_member(deputy, by=request.user, post=form.cleaned_data["post"], since=form.cleaned_data["since"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{deputy.name}已列入常委会组成人员。")
            return redirect("deputies:committee")
    rows = ties.members(county_ids).prefetch_related("ties__deputy", "ties__station")
    context = {"form": form, "rows": [(one, [tie for tie in one.ties.all() if tie.until is None]) for one in rows]}
    return render(request, "deputies/committee.html", context)


@require_POST
def end_member(request: SignedInRequest, pk: int) -> HttpResponse:
    county_ids = _county_office(request)
    one = get_object_or_404(CommitteeMember, pk=pk, deputy__county__in=county_ids)
    said = f"{one.deputy.name}已离任，其联系关系一并结束。"
    return _change(request, lambda: ties.end_member(one.pk, by=request.user), said, "deputies:committee")
