"""视察、调研、执法检查: the list, one of them, its plan, the deputy's answer, who came, and the sheet on A4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.forms import BaseForm
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from history import log
from stations.models import County, Station
from suggestions.paper.sheets import answer as paper
from suggestions.paper.sheets import wants_pdf
from supervision import findings, inspecting
from supervision.forms_inspection import (
    AnswerForm,
    ArrangeForm,
    CancelForm,
    HoldForm,
    PeopleForm,
    PlanForm,
    stations_of,
)
from supervision.models import Answer, Finding, Group, Inspection, InspectionKind, InspectionState
from supervision.views.projects import chosen_year


@require_safe
def inspection_list(request: SignedInRequest) -> HttpResponse:
    year, kind, state = chosen_year(request), request.GET.get("kind", ""), request.GET.get("state", "")
    found = Inspection.objects.visible_to(request.user)
    found = found.filter(date__year=year) if year else found
    found = found.filter(kind=kind) if kind in InspectionKind.values else found
    found = found.filter(state=state) if state in InspectionState.values else found
    office = bool(request.user.seats.office_county_ids)
    context = {
        "page": Paginator(rows(found).order_by("-date", "-pk"), 50).get_page(request.GET.get("page")),
        "year": year,
        "kind": kind,
        "state": state,
        "kinds": InspectionKind.choices,
        "states": InspectionState.choices,
        "teams": Group.objects.filter(county__in=request.user.seats.office_county_ids) if office else [],
        "own_stations": stations_of(request.user),
    }
    return render(request, "supervision/inspections.html", context)


def rows(found: Any) -> Any:
    """With what a line of a list says: who was asked, who came, what was found."""
    return found.select_related("group", "station").annotate(
        asked=Count("participants", distinct=True),
        came=Count("participants", filter=Q(participants__attended=True), distinct=True),
        found=Count("findings", distinct=True),
    )


def one_or_404(request: SignedInRequest, pk: int) -> Inspection:
    return get_object_or_404(Inspection.objects.visible_to(request.user).select_related(*inspecting.RELATED), pk=pk)


def _managed(request: SignedInRequest, pk: int) -> Inspection:
    one = one_or_404(request, pk)
    if not inspecting.may_manage(request.user, one):
        raise PermissionDenied(inspecting.ORGANISED)
    return one


@require_safe
def inspection(request: SignedInRequest, pk: int) -> HttpResponse:
    one = one_or_404(request, pk)
    part = inspecting.own_part(request.user, one)
    today = timezone.localdate()
    planned = one.state == InspectionState.PLANNED
    people = list(one.participants.select_related("deputy__home_station", "expert"))
    manages = inspecting.may_manage(request.user, one)
    context = {
        "inspection": one,
        "people": people,
        "coming": sum(row.answer == Answer.COMING for row in people),
        "leaving": sum(row.answer == Answer.LEAVE for row in people),
        "came": sum(bool(row.attended) for row in people),
        "part": part,
        "may_answer": part is not None and planned and one.date >= today,
        "may_manage": manages,
        "may_change": manages and planned,
        "may_hold": manages and one.state != InspectionState.CANCELLED and one.date <= today,
        "may_note": one.state != InspectionState.CANCELLED
        and one.date <= today
        and findings.may_note(request.user, one),
        "found": Finding.objects.filter(inspection=one).select_related("department").order_by("pk"),
    }
    return render(request, "supervision/inspection.html", context)


# --- planning -----------------------------------------------------------------------------


def plan_for_group(request: SignedInRequest, pk: int) -> HttpResponse:
    group = get_object_or_404(Group.objects.visible_to(request.user).select_related("county"), pk=pk)
    if not inspecting.may_plan_for(request.user, group.county_id, group, None):
        raise PermissionDenied(inspecting.ORGANISED)
    return _plan(request, group.county, group=group)


def plan_for_station(request: SignedInRequest, pk: int) -> HttpResponse:
    station = get_object_or_404(Station.objects.visible_to(request.user).select_related("county"), pk=pk)
    if not inspecting.may_plan_for(request.user, station.county_id, None, station):
        raise PermissionDenied(inspecting.ORGANISED)
    return _plan(request, station.county, station=station)


def _plan(
    request: SignedInRequest, county: County, *, group: Group | None = None, station: Station | None = None
) -> HttpResponse:
    form = PlanForm(request.POST or None, county_id=county.pk, group=group)
    if request.method == "POST" and form.is_valid():
        said = form.arguments()
        act = inspecting.record_past if "summary" in said else inspecting.plan
        try:
            one = act(county, by=request.user, group=group, station=station, **said)
            messages.success(request, "已登记。" if "summary" in said else "已安排，受邀的代表会收到通知。")
            return redirect("supervision:inspection", one.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "supervision/plan.html", {"form": form, "organiser": group or station})


def act(
    request: SignedInRequest, form: BaseForm, one: Inspection, title: str, change: Callable[[], Any], said: str
) -> HttpResponse:
    """A form about an inspection; sent and right, ``change`` happens and the inspection's page says so."""
    if request.method == "POST" and form.is_valid():
        try:
            change()
            messages.success(request, said)
            return redirect("supervision:inspection", one.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "supervision/inspection_act.html", {"form": form, "inspection": one, "title": title})


def edit_inspection(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _managed(request, pk)
    form = ArrangeForm(request.POST or None, county_id=one.county_id, inspection=one)
    said = "已保存。日期、时间或地点有变动的，受邀代表会再收到通知，重新答复。"
    return act(request, form, one, "修改安排", lambda: inspecting.edit(pk, by=request.user, **form.arguments()), said)


def invite_people(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _managed(request, pk)
    form = PeopleForm(request.POST or None, county_id=one.county_id, group=one.group, asked=one)

    def change() -> Any:
        return inspecting.invite(pk, by=request.user, **form.people())

    return act(request, form, one, "加参加人员", change, "已加入，新加的代表会收到通知。")


def cancel_inspection(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _managed(request, pk)
    form = CancelForm(request.POST or None)
    said = "已取消，受邀代表会收到通知。"
    return act(
        request, form, one, "取消视察", lambda: inspecting.cancel(pk, by=request.user, **form.cleaned_data), said
    )


def answer_inspection(request: SignedInRequest, pk: int) -> HttpResponse:
    one = one_or_404(request, pk)
    part = inspecting.own_part(request.user, one)
    if part is None:
        raise PermissionDenied("只有受邀的代表本人答复。")
    state = (
        "yes" if part.answer == Answer.COMING else "no"
    )  # who comes says so with one press; this page is for the rest
    form = AnswerForm(request.POST or None, initial={"coming": state, "reason": part.reason})
    said = "已答复，谢谢。有变化可以再改。"
    return act(request, form, one, "答复", lambda: inspecting.answer(pk, by=request.user, **form.cleaned_data), said)


def hold_inspection(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _managed(request, pk)
    form = HoldForm(request.POST or None, inspection=one)
    said = "已登记到场和视察情况。"
    return act(request, form, one, "登记到场", lambda: inspecting.hold(pk, by=request.user, **form.cleaned_data), said)


@require_safe
def inspection_sheet(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """A4, and as PDF; a file that leaves is an event."""
    one = one_or_404(request, pk)
    people = list(one.participants.select_related("deputy", "expert"))
    found = one.findings.select_related("department").prefetch_related("steps")
    context = {"inspection": one, "people": people, "found": found.order_by("pk")}
    response = paper(request, "supervision/inspection_sheet.html", context, name=f"视察情况-{one.pk}")
    if wants_pdf(request):
        user = request.user
        log.append(one.chain, action="export", actor=user, seat=user.seats.label, after={"sheet": "inspection"})
    return response
