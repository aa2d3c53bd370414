"""满意度测评 of the county office: the list, one round, making it, its codes, its count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from liaison.lib.qrcodes import squares
from liaison.lib.querycodes import grouped
from stations.models import County
from suggestions.faces import Faces
from supervision import ballots, counting, publishing, results, rounds, sealing, tallies
from supervision.forms_round import ReasonForm, RoundForm, TallyForm
from supervision.models import Rectification, Round, RoundState
from supervision.views.projects import chosen_year

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def round_list(request: SignedInRequest) -> HttpResponse:
    """What one may see of rounds, and the rectifications that run."""
    faces = Faces(request.user.seats.counties)
    found = Round.objects.visible_to(request.user).order_by("-held_on", "-pk")
    year = chosen_year(request) if "year" in request.GET else None
    found = found.filter(held_on__year=year) if year else found
    office = request.user.seats.office_county_ids
    span = (dt.date(year, 1, 1), dt.date(year, 12, 31)) if year else (dt.date.min, dt.date.max)
    running = Rectification.objects.visible_to(request.user).running()
    running = running.select_related("subject__round", "subject__department").order_by("rectify_due", "pk")
    context = {
        "rounds": results.with_lowest(list(found[:100]), request.user),
        "running": [(one, faces.chip(one.subject.round.county_id, one.due_on)) for one in running],
        "may_manage": request.user.seats.is_county_office,
        "judged": counting.judged(office, *span) if office else None,
        "year": year,
    }
    return render(request, "supervision/rounds.html", context)


def _seen(request: SignedInRequest, pk: int) -> Round:
    related = ("county", "meeting", "again_for__subject", "typed_by", "counted_by")
    return get_object_or_404(Round.objects.visible_to(request.user).select_related(*related), pk=pk)


def _managed(request: SignedInRequest, pk: int) -> Round:
    one = _seen(request, pk)
    rounds.require_office(request.user, one.county_id)
    return one


@require_safe
@never_cache
def round_page(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show(request, _seen(request, pk))


def _show(request: SignedInRequest, one: Round) -> HttpResponse:
    subjects = results.seen_by(request.user, one)
    manages = rounds.may_manage(request.user, one.county_id)
    typed = one.state == RoundState.TYPED and manages
    context = {
        "round": one,
        "subjects": subjects,
        "bars": results.bars(one, subjects) if one.is_counted or typed else [],
        "actions": rounds.open_to(request.user, one),
        "manages": manages,
        "codes": one.codes.count() if one.state == RoundState.DRAFT else 0,
        "cast": ballots.cast_so_far(one) if one.state == RoundState.OPEN else 0,
        "intact": not one.is_counted or sealing.is_intact(one),
        "history": results.history(one) if manages else [],
    }
    return render(request, "supervision/round.html", context)


def _county(request: SignedInRequest) -> County:
    if not request.user.seats.hubs:
        raise PermissionDenied("满意度测评由县人大常委会代表工委组织。")
    return request.user.seats.hubs[0].county


@form_page
def create_round(request: SignedInRequest) -> HttpResponse:
    county = _county(request)
    form = RoundForm(request.POST or None, county=county)
    if request.method == "POST" and form.is_valid():
        try:
            one = rounds.create(county, by=request.user, **form.arguments())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "已建立。按页面上的步骤往下做。")
            return redirect("supervision:round", one.pk)
    context = {"form": form, "title": "新建测评", "back_url": reverse("supervision:rounds")}
    return render(request, "supervision/round_form.html", context)


@form_page
def edit_round(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _managed(request, pk)
    form = RoundForm(request.POST or None, county=one.county, one=one)

    def change() -> str:
        had = one.codes.exists()
        rounds.edit(pk, by=request.user, **form.arguments())
        return "已保存。原来的投票码已作废，请重新生成。" if had else "已保存。"

    return _act(request, one, form, change, "修改测评", "保存", "supervision/round_form.html")


@require_POST
@never_cache
def issue_codes(request: SignedInRequest, pk: int) -> HttpResponse:
    """The answer is the sheet itself: the codes are shown this once and kept nowhere."""
    one = _managed(request, pk)
    try:
        codes = ballots.issue(pk, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("supervision:round", pk)
    address = settings.SITE_URL + reverse("portal:ballot")
    # Behind "#": a browser sends it to no server, so that no log holds a code.
    slips = [(grouped(code), *squares(f"{address}#{code}")) for code in codes]
    return render(request, "supervision/slips.html", {"round": one, "slips": slips, "address": address})


def _press(request: SignedInRequest, pk: int, change: Callable[[], Any], said: str) -> HttpResponse:
    """A button without a form."""
    _managed(request, pk)
    try:
        change()
        messages.success(request, said)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("supervision:round", pk)


@require_POST
def open_round(request: SignedInRequest, pk: int) -> HttpResponse:
    said = "投票已经开始，请组成人员扫票签上的二维码投票。"
    return _press(request, pk, lambda: ballots.open_round(pk, by=request.user), said)


@require_POST
def close_round(request: SignedInRequest, pk: int) -> HttpResponse:
    said = "投票已结束，结果已计票封存。核对后请公布。"
    return _press(request, pk, lambda: ballots.close(pk, by=request.user), said)


@require_POST
def confirm_tally(request: SignedInRequest, pk: int) -> HttpResponse:
    said = "已复核，结果已封存。核对后请公布。"
    return _press(request, pk, lambda: tallies.confirm_tally(pk, by=request.user), said)


@require_POST
def publish_round(request: SignedInRequest, pk: int) -> HttpResponse:
    said = "已公布。组成人员和被测评单位已收到通知；低于达标线的已自动进入整改。"
    return _press(request, pk, lambda: publishing.publish(pk, by=request.user), said)


@form_page
def type_tally(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _managed(request, pk)
    form = TallyForm(request.POST or None, one=one)

    def change() -> str:
        tallies.type_tally(pk, by=request.user, **form.arguments())
        return "已录入。请另一名同事对照原票复核，复核后封存。"

    return _act(request, one, form, change, "录入计票结果", "录入，请同事复核", "supervision/type_tally.html")


@form_page
def return_tally(request: SignedInRequest, pk: int) -> HttpResponse:
    one, form = _managed(request, pk), ReasonForm(request.POST or None)

    def change() -> str:
        tallies.return_tally(pk, by=request.user, reason=form.cleaned_data["reason"])
        return "已退回重录。"

    return _act(request, one, form, change, "退回重录", "退回")


@form_page
def void_round(request: SignedInRequest, pk: int) -> HttpResponse:
    one, form = _managed(request, pk), ReasonForm(request.POST or None)

    def change() -> str:
        rounds.void(pk, by=request.user, reason=form.cleaned_data["reason"])
        return "已作废，已投的票不计。"

    return _act(request, one, form, change, "作废测评", "作废")


def _act(
    request: SignedInRequest,
    one: Round,
    form: forms.Form,
    change: Callable[[], str],
    title: str,
    label: str,
    template: str = "supervision/round_act.html",
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, change())
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            return redirect("supervision:round", one.pk)
    back = reverse("supervision:round", args=[one.pk])
    context = {"round": one, "form": form, "title": title, "submit_label": label, "back_url": back}
    return render(request, template, context)


@require_safe
def round_sheet(request: SignedInRequest, pk: int) -> HttpResponse:
    """To print, once it is counted."""
    one = _seen(request, pk)
    if not one.is_counted:
        messages.error(request, "计票封存以后才有结果可以打印。")
        return redirect("supervision:round", pk)
    subjects = results.seen_by(request.user, one)
    context = {"round": one, "bars": results.bars(one, subjects), "printed": timezone.localtime(), "pdf_link": ""}
    return render(request, "supervision/round_sheet.html", {**context, "base": "document.html"})
