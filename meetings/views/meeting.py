"""常委会会议: the list with its totals, one meeting, and what the county office does with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from liaison.lib.years import read_year
from meetings import convening, counts
from meetings.forms import CancelForm, MeetingForm
from meetings.models import Answer, Attendee, Meeting, MeetingState
from stations.models import County


@require_safe
def listing(request: SignedInRequest) -> HttpResponse:
    """One session of the committee: its totals, those of each year, and its meetings, the latest first."""
    seats = request.user.seats
    county = _chosen_county(request)
    seen = Meeting.objects.visible_to(request.user).filter(county=county)
    sessions = sorted(set(seen.order_by().values_list("session", flat=True)), reverse=True)
    asked = request.GET.get("session", "")
    session = int(asked) if asked in map(str, sessions) else next(iter(sessions), 0)
    found = seen.filter(session=session)
    every = "year" in request.GET  # of a year, or of all (?year=), whatever the session
    year = read_year(request.GET.get("year", ""))
    if every:
        session, found = 0, seen.filter(held_on__year=year) if year else seen
    own = Attendee.objects.filter(deputy__in=seats.deputy_ids, meeting__state=MeetingState.PLANNED)
    own = own.filter(meeting__held_on__gte=timezone.localdate()).select_related("meeting")
    context = {
        "county": county,
        "counties": seats.counties,
        "session": session,
        "every": every,
        "year": year,
        "sessions": sessions,
        "totals": counts.totals(found),
        "years": counts.by_year(found),
        "meetings": found.annotate(deputies_=counts.DEPUTIES, citizens_=counts.CITIZENS).order_by("-held_on", "-pk"),
        "own": own.order_by("meeting__held_on"),
        "may_arrange": county is not None and convening.may_arrange(request.user, county.pk),
        "today": timezone.localdate(),
    }
    return render(request, "meetings/list.html", context)


def _chosen_county(request: SignedInRequest) -> County | None:
    counties = request.user.seats.counties
    return next((one for one in counties if one.code == request.GET.get("county")), next(iter(counties), None))


def meeting_or_404(request: SignedInRequest, pk: int) -> Meeting:
    return get_object_or_404(Meeting.objects.visible_to(request.user).select_related("county"), pk=pk)


def office_or_403(request: SignedInRequest, pk: int) -> Meeting:
    one = meeting_or_404(request, pk)
    if not convening.may_arrange(request.user, one.county_id):
        raise PermissionDenied("常委会会议由县人大常委会代表工委安排。")
    return one


@require_safe
def meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """The agenda for everybody; of those who attend, whom one may see."""
    one = meeting_or_404(request, pk)
    seen = Attendee.objects.visible_to(request.user).filter(meeting=one)
    rows = seen.select_related("deputy__home_station", "citizen").order_by("deputy__pinyin", "pk")
    deputies = [row for row in rows if row.deputy_id]
    office = convening.may_arrange(request.user, one.county_id)
    context = {
        "meeting": one,
        "office": office,
        "deputies": deputies,
        "citizens": [row for row in rows if not row.deputy_id],
        "totals": counts.totals(Meeting.objects.filter(pk=one.pk)),
        "present": sum(row.signed_in_at is not None for row in rows),
        "coming": sum(row.answer == Answer.COMING for row in deputies),
        "declined": sum(row.answer == Answer.DECLINED for row in deputies),
        "own": next((row for row in deputies if row.deputy_id in request.user.seats.deputy_ids), None),
        "today": timezone.localdate(),
    }
    return render(request, "meetings/meeting.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    county = next((hub.county for hub in request.user.seats.hubs), None)
    if county is None:
        raise PermissionDenied("常委会会议由县人大常委会代表工委安排。")
    last = Meeting.objects.filter(county=county).order_by("-session", "-number").first()
    start = {"session": last.session, "number": last.number + 1, "place": last.place} if last else {}
    form = MeetingForm(request.POST or None, initial={"starts_at": "09:00", **start})
    if request.method == "POST" and form.is_valid():
        try:
            one = convening.create(county, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, f"{one.title}已登记。接下来请邀请列席代表。")
            return redirect("meetings:meeting", one.pk)
    context = {"form": form, "title": "登记会议", "back_url": reverse("meetings:list")}
    return render(request, "meetings/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    one = office_or_403(request, pk)
    form = MeetingForm.of(one, request.POST or None)

    def change() -> str:
        convening.edit(pk, by=request.user, **form.cleaned_data)
        return "已保存。时间、地点有变的，已通知应邀代表。" if one.is_planned else "已保存。"

    return act(request, one, form, change, "修改会议", "保存")


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    one = office_or_403(request, pk)
    form = CancelForm(request.POST or None)

    def change() -> str:
        convening.cancel(pk, by=request.user, **form.cleaned_data)
        return "会议已取消，应邀代表会收到通知。"

    return act(request, one, form, change, "取消会议", "取消这次会议")


def act(
    request: SignedInRequest, one: Meeting, form: Any, change: Callable[[], str], title: str, label: str
) -> HttpResponse:
    """A form of one meeting: what is wrong stays on the page with what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, change())
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            return redirect("meetings:meeting", one.pk)
    back = reverse("meetings:meeting", args=[one.pk])
    context = {"form": form, "meeting": one, "title": title, "submit_label": label, "back_url": back}
    return render(request, "meetings/form.html", context)


@require_POST
def conclude(request: SignedInRequest, pk: int) -> HttpResponse:
    office_or_403(request, pk)
    return press(request, pk, lambda: convening.conclude(pk, by=request.user), "登记已结束，会议计入统计。")


@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    office_or_403(request, pk)
    return press(request, pk, lambda: convening.reopen(pk, by=request.user), "可以补登、更正了；完了请再按“结束登记”。")


def press(
    request: SignedInRequest, pk: int, change: Callable[[], Any], said: str, back: str = "meetings:meeting"
) -> HttpResponse:
    try:
        change()
        if said:
            messages.success(request, said)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(back, pk)
