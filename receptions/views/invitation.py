"""Invitations of departments to reception days: the list, one of them, and what each side does with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from receptions import invitations
from receptions.access import day_or_404
from receptions.forms_invitation import COME, AnswerForm, InviteForm, OutcomeForm, WithdrawForm
from receptions.models import UNFINISHED, DayState, Invitation, InvitationState, ReceptionDay

SHOWN = 100


@require_safe
def listing(request: SignedInRequest) -> HttpResponse:
    """What waits first, then what is to come, then what was."""
    today = timezone.localdate()
    seen = Invitation.objects.visible_to(request.user).select_related("day__station", "department", "deputy")
    coming = seen.exclude(state=InvitationState.WITHDRAWN).filter(day__date__gte=today)
    coming = coming.exclude(day__state=DayState.CANCELLED).order_by("day__date", "pk")
    context = {
        "waiting": [one for one in coming if one.state == InvitationState.ASKED],
        "coming": [one for one in coming if one.state != InvitationState.ASKED],
        "past": seen.filter(day__date__lt=today).order_by("-day__date", "-pk")[:SHOWN],
        "departments": request.user.seats.departments,
    }
    return render(request, "receptions/invitations.html", context)


def _seen(request: SignedInRequest, pk: int) -> Invitation:
    seen = Invitation.objects.visible_to(request.user)
    related = ("day__station", "day__county", "department__station", "deputy__home_station", "asked_by", "answered_by")
    return get_object_or_404(seen.select_related(*related), pk=pk)


@require_safe
def invitation(request: SignedInRequest, pk: int) -> HttpResponse:
    one, today = _seen(request, pk), timezone.localdate()
    standing = one.state != InvitationState.WITHDRAWN and one.day.state in UNFINISHED
    mine = invitations.may_withdraw(request.user, one)
    context = {
        "one": one,
        "may_answer": invitations.may_answer(request.user, one) and standing and one.day.date >= today,
        "may_withdraw": mine and one.state != InvitationState.WITHDRAWN and one.came is None,
        "may_conclude": mine
        and one.state != InvitationState.WITHDRAWN
        and one.day.date <= today
        and one.day.state != DayState.CANCELLED,
    }
    return render(request, "receptions/invitation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: SignedInRequest, pk: int) -> HttpResponse:
    day = day_or_404(request.user, pk)
    if not invitations.may_ask(request.user, day):
        raise PermissionDenied("邀请单位进站，由本站、上级站或省、市代表所在站的工作人员办理。")
    form = InviteForm(request.POST or None, user=request.user, day=day)
    if request.method == "POST" and form.is_valid():
        try:
            one = invitations.invite(pk, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"已邀请{one.department.name}，等单位答复。")
            return redirect("receptions:invitation", one.pk)
    back = reverse("receptions:invitations")
    return render(request, "receptions/invite.html", {"form": form, "day": day, "back_url": back})


@require_http_methods(["GET", "HEAD", "POST"])
def answer_invitation(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _seen(request, pk)
    if not invitations.may_answer(request.user, one):
        raise PermissionDenied("邀请由被邀请的单位答复。")
    form = AnswerForm(request.POST or None, one=one)

    def change() -> str:
        data = form.cleaned_data
        if data["coming"] == COME:
            invitations.accept(pk, by=request.user, guest=data["guest"], note=data["note"])
            return "已答复：应邀到站。接待日安排会更新。"
        invitations.decline(pk, by=request.user, reason=data["note"])
        return "已答复：不能到站。"

    return _act(request, one, form, change, "答复邀请", "提交答复")


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_invitation(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _seen(request, pk)
    _check_inviter(request, one.day, one)
    form = WithdrawForm(request.POST or None)

    def change() -> str:
        invitations.withdraw(pk, by=request.user, reason=form.cleaned_data["reason"])
        return "已撤回邀请。"

    return _act(request, one, form, change, "撤回邀请", "撤回")


@require_http_methods(["GET", "HEAD", "POST"])
def conclude_invitation(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _seen(request, pk)
    _check_inviter(request, one.day, one)
    start = {"came": {True: "yes", False: "no"}.get(one.came) if one.came is not None else None, "outcome": one.outcome}
    form = OutcomeForm(request.POST or None, initial=start)

    def change() -> str:
        invitations.conclude(pk, by=request.user, **form.cleaned_data)
        return "已登记到站情况。"

    return _act(request, one, form, change, "登记到站情况", "保存")


def _check_inviter(request: SignedInRequest, day: ReceptionDay, one: Invitation) -> None:
    if not invitations.may_withdraw(request.user, one):
        raise PermissionDenied("这份邀请由发出邀请的站点办理。")


def _act(
    request: SignedInRequest, one: Invitation, form: forms.Form, change: Callable[[], str], title: str, label: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, change())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("receptions:invitation", one.pk)
    context: dict[str, Any] = {
        "one": one,
        "form": form,
        "title": title,
        "submit_label": label,
        "back_url": reverse("receptions:invitation", args=[one.pk]),
    }
    return render(request, "receptions/invitation_act.html", context)
