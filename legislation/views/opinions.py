"""One opinion: given by a deputy or by staff, merged, set aside, marked with what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from axes.helpers import get_client_ip_address
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from legislation import collecting
from legislation.forms import MarkForm, OpinionForm, ReasonForm
from legislation.models import DraftState, Opinion
from legislation.views.drafts import draft_or_404
from liaison.lib.grams import grams

SIMILAR = 40  # offered to be merged, the likest first


@require_http_methods(["GET", "HEAD", "POST"])
def give(request: SignedInRequest, pk: int) -> HttpResponse:
    """On the phone: ``?article=`` is chosen already. A period that is over is said, and what was typed stays."""
    draft = draft_or_404(request, pk)
    deputy, stations = collecting.deputy_for(request.user, draft), collecting.stations_for(request.user, draft)
    if deputy is None and not stations:
        raise PermissionDenied("立法意见由代表本人提出，或由联络站工作人员代为登记；群众在公开页面提出。")
    offered = [] if deputy else stations
    start = {"article": request.GET.get("article")}
    form = OpinionForm(request.POST or None, draft=draft, stations=offered, initial=start)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        station = None if deputy else data.pop("station", None) or stations[0]
        try:
            one = collecting.give(pk, by=request.user, deputy=deputy, station=station, **data)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, f"意见已提交（{one.where}）。还可以对别的条文提意见。")
            return redirect(f"{reverse('legislation:draft', args=[pk])}#article-{one.article_id or 0}")
    back = reverse("legislation:draft", args=[pk])
    context = {"form": form, "draft": draft, "deputy": deputy, "back_url": back}
    # Whoever comes by an old link hears it before writing.
    shut = not draft.is_open() and not form.is_bound
    return render(request, "legislation/not_open.html" if shut else "legislation/give.html", context)


def _seen(request: SignedInRequest, pk: int) -> Opinion:
    related = ("draft__county", "article", "deputy", "station", "entered_by", "giver", "main")
    return get_object_or_404(Opinion.objects.visible_to(request.user).select_related(*related), pk=pk)


def _office(request: SignedInRequest, pk: int) -> Opinion:
    one = _seen(request, pk)
    if not collecting.may_arrange(request.user, one.draft.county_id):
        raise PermissionDenied("立法意见由县人大常委会代表工委整理。")
    return one


@require_safe
@never_cache
def opinion(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show(request, _seen(request, pk))


def _show(request: SignedInRequest, one: Opinion, form: Any = None, *, revealed: bool = False) -> HttpResponse:
    office = collecting.may_arrange(request.user, one.draft.county_id)
    sorting = office and one.draft.state == DraftState.PUBLISHED
    context = {
        "one": one,
        "draft": one.draft,
        "office": office,
        "sorting": sorting,
        "revealed": revealed,
        "person": getattr(one, "giver", None),
        "merged": one.merged.select_related("deputy", "station", "giver", "entered_by"),
        "similar": _similar(one) if sorting and not one.main_id and not one.set_aside else [],
        "may_mark": office and one.draft.state == DraftState.SENT and not one.main_id and not one.set_aside,
        "form": form or ReasonForm(),
    }
    return render(request, "legislation/opinion.html", context)


def _similar(one: Opinion) -> list[tuple[Opinion, bool]]:
    """Those of the draft that stand alone: on the same article first, then by the words they share."""
    others = one.draft.opinions.main().filter(outcome="", merged__isnull=True).exclude(pk=one.pk)
    own = set(grams(one.text).split())

    def likeness(other: Opinion) -> tuple[bool, float]:
        theirs = set(grams(other.text).split())
        return other.article_id == one.article_id, len(own & theirs) / (len(own | theirs) or 1)

    rows = others.select_related("article", "deputy", "station", "giver", "entered_by")
    found = sorted(rows, key=likeness, reverse=True)[:SIMILAR]
    return [(other, likeness(other)[1] > 0.25) for other in found]


@require_POST
@never_cache
def reveal(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _office(request, pk)
    collecting.note_look(one, by=request.user, address=get_client_ip_address(request))
    return _show(request, one, revealed=True)


@require_POST
def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    others = [int(key) for key in request.POST.getlist("other") if key.isdecimal() and len(key) < 18]
    return _press(
        request, pk, lambda: collecting.merge(pk, others, by=request.user), "已合并：上报和采纳都按这一条算。"
    )


@require_POST
def unmerge(request: SignedInRequest, pk: int) -> HttpResponse:
    return _press(request, pk, lambda: collecting.unmerge(pk, by=request.user), "已取消合并。")


@require_POST
def set_aside(request: SignedInRequest, pk: int) -> HttpResponse:
    one, form = _office(request, pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, one, form)
    change = lambda: collecting.set_aside(pk, by=request.user, **form.cleaned_data)  # noqa: E731
    return _press(request, pk, change, "不再计入意见，内容保留。")


@require_POST
def take_in(request: SignedInRequest, pk: int) -> HttpResponse:
    return _press(request, pk, lambda: collecting.take_in(pk, by=request.user), "已恢复为意见。")


@require_POST
def erase_giver(request: SignedInRequest, pk: int) -> HttpResponse:
    return _press(request, pk, lambda: collecting.erase_giver(pk, by=request.user), "已删除个人信息，意见保留。")


@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _office(request, pk)
    form = MarkForm.of(one, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            collecting.mark(
                pk,
                by=request.user,
                outcome=data["outcome"],
                adopted_text=data["adopted_text"],
                reason=data["outcome_reason"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "已登记采纳情况。")
            return redirect(f"{reverse('legislation:draft', args=[one.draft_id])}#opinion-{pk}")
    back = reverse("legislation:opinion", args=[pk])
    return render(request, "legislation/mark.html", {"form": form, "one": one, "draft": one.draft, "back_url": back})


def _press(request: SignedInRequest, pk: int, change: Callable[[], Any], said: str) -> HttpResponse:
    _office(request, pk)
    try:
        change()
        messages.success(request, said)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("legislation:opinion", pk)
