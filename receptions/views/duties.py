"""我的值班: a deputy's own duties on the phone, leave and swaps; resident officers see their station's days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from deputies.models import Deputy
from receptions import duties, swaps
from receptions.dates import short_date
from receptions.models import Duty, Leave, LeaveState, ReceptionDay, Swap, SwapState
from receptions.roster_forms import LeaveForm, SwapForm
from receptions.schedule import themes_of

AHEAD = 12  # duties shown


def my_duties(request: SignedInRequest) -> HttpResponse:
    seats, today = request.user.seats, timezone.localdate()
    mine = list(own_duties(request, today))
    themes = themes_of([duty.day for duty in mine[:1]])
    asked = list(swaps_of(request))
    waiting = {swap.day_id for swap in asked if swap.state == SwapState.ASKED and swap.deputy_id in seats.deputy_ids}
    context = {
        "today": today,
        "next": mine[0] if mine else None,
        "next_theme": themes[mine[0].day_id] if mine else "",
        "next_others": others(mine[0]) if mine else [],
        "later": mine[1:],
        "asked_of_me": [s for s in asked if s.state == SwapState.ASKED and s.partner_id in seats.deputy_ids],
        "my_swaps": [s for s in asked if s.deputy_id in seats.deputy_ids],
        "waiting_days": waiting,
        "leaves": own_leaves(request, today),
        "station_days": station_days(request, today),
    }
    return render(request, "receptions/my_duties.html", context)


def own_duties(request: SignedInRequest, today: dt.date) -> QuerySet[Duty]:
    upcoming = ReceptionDay.objects.upcoming(today)
    mine = Duty.objects.filter(deputy__in=request.user.seats.deputy_ids, day__in=upcoming)
    return mine.select_related("day__station", "deputy").order_by("day__date", "day__starts_at", "pk")[:AHEAD]


def others(duty: Duty) -> list[str]:
    same = Duty.objects.filter(day=duty.day_id).exclude(pk=duty.pk).order_by("deputy__pinyin")
    return list(same.values_list("deputy__name", flat=True))


def swaps_of(request: SignedInRequest) -> QuerySet[Swap]:
    """Swaps this person asked for or is asked about, of days to come."""
    mine = request.user.seats.deputy_ids
    both = Swap.objects.filter(deputy__in=mine) | Swap.objects.filter(partner__in=mine)
    ahead = both.filter(day__date__gte=timezone.localdate())
    return ahead.select_related("day__station", "partner_day__station", "deputy", "partner")[:30]


def own_leaves(request: SignedInRequest, today: dt.date) -> list[Leave]:
    mine = Leave.objects.filter(deputy__in=request.user.seats.deputy_ids, ends_on__gte=today)
    return list(mine.exclude(state=LeaveState.WITHDRAWN).select_related("deputy").order_by("starts_on"))


def station_days(request: SignedInRequest, today: dt.date) -> list[ReceptionDay]:
    """Of the stations where somebody is a resident officer, with who is on duty."""
    stations = request.user.seats.officer_station_ids
    days = ReceptionDay.objects.upcoming(today).filter(station__in=stations).select_related("station")
    return list(days.prefetch_related("duties__deputy").order_by("date", "starts_at", "pk")[:6]) if stations else []


def visible_duty(request: SignedInRequest, pk: int) -> Duty:
    duties_ = Duty.objects.filter(day__in=ReceptionDay.objects.visible_to(request.user))
    return get_object_or_404(duties_.select_related("day__station", "deputy"), pk=pk)


def visible_swap(request: SignedInRequest, pk: int) -> Swap:
    days = ReceptionDay.objects.visible_to(request.user)
    return get_object_or_404(Swap.objects.filter(day__in=days).select_related(*swaps.RELATED), pk=pk)


def attempt(request: SignedInRequest, act: Callable[[], str]) -> HttpResponse:
    """Back to where it was pressed, with what was done or why not."""
    try:
        messages.success(request, act())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    if request.user.seats.deputies:
        return redirect("receptions:my_duties")
    return redirect("receptions:roster")


@require_POST
def acknowledge(request: SignedInRequest, pk: int) -> HttpResponse:
    duty = visible_duty(request, pk)
    revision = request.POST.get("revision", "")

    def act() -> str:
        duties.acknowledge(duty.pk, revision=int(revision) if revision.isdecimal() else 0, by=request.user)
        return f"已回复收到：{short_date(duty.day.date)}。"

    return attempt(request, act)


def ask_leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """``pk`` of the deputy: oneself, or somebody the office writes down leave for."""
    deputies = Deputy.objects.filter(county__in=request.user.seats.county_ids).select_related("home_station")
    deputy = get_object_or_404(deputies, pk=pk)
    if not duties.may_ask_leave(request.user, deputy):
        raise PermissionDenied("请假由代表本人申请，或由所在联络站代为登记。")
    form = LeaveForm(
        request.POST or None, initial={"starts_on": request.GET.get("on"), "ends_on": request.GET.get("on")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            leave = duties.ask_leave(deputy.pk, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if duties.may_decide_leave(request.user, deputy):
                return redirect("receptions:decide_leave", leave.pk)
            messages.success(request, "请假已提交，批复后会通知您。")
            return redirect("receptions:my_duties")
    context = {"form": form, "deputy": deputy, "is_self": duties.is_self(request.user, deputy)}
    return render(request, "receptions/ask_leave.html", context)


@require_POST
def withdraw_leave(request: SignedInRequest, pk: int) -> HttpResponse:
    leave = get_object_or_404(Leave.objects.select_related("deputy__home_station"), pk=pk)
    if leave.deputy.county_id not in request.user.seats.county_ids:
        raise Http404

    def act() -> str:
        duties.withdraw_leave(leave.pk, by=request.user)
        return "请假已撤回。"

    return attempt(request, act)


def ask_swap(request: SignedInRequest, pk: int) -> HttpResponse:
    duty = visible_duty(request, pk)
    if not swaps.may_ask(request.user, duty.deputy):
        raise PermissionDenied("换班由值班代表本人提出。")
    partners = swaps.partners(duty.day, duty.deputy)
    form = SwapForm(request.POST or None, partners=partners)
    if request.method == "POST" and form.is_valid():
        partner, day = form.cleaned_data["choice"]
        try:
            swap = swaps.ask(
                duty.day_id,
                duty.deputy_id,
                partner_pk=partner,
                partner_day_pk=day,
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"已经问{swap.partner}，对方同意后就换好了。")
            return redirect("receptions:my_duties")
    return render(request, "receptions/ask_swap.html", {"form": form, "duty": duty, "partners": partners})


@require_POST
def agree_swap(request: SignedInRequest, pk: int) -> HttpResponse:
    swap = visible_swap(request, pk)

    def act() -> str:
        done = swaps.agree(swap.pk, by=request.user)
        if done.state == SwapState.VOID:
            # The void swap is saved all the same: it was committed before this is said.
            raise ValidationError(f"没有换成：{done.answer}。这次换班已失效。")
        return "换班已办好。"

    return attempt(request, act)


@require_POST
def decline_swap(request: SignedInRequest, pk: int) -> HttpResponse:
    swap = visible_swap(request, pk)

    def act() -> str:
        swaps.decline(swap.pk, by=request.user)
        return f"已告诉{swap.deputy}换不了。"

    return attempt(request, act)


@require_POST
def withdraw_swap(request: SignedInRequest, pk: int) -> HttpResponse:
    swap = visible_swap(request, pk)

    def act() -> str:
        swaps.withdraw(swap.pk, by=request.user)
        return "换班已撤回。"

    return attempt(request, act)
