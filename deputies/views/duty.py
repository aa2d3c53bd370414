"""履职登记: what the office and the deputy enter in a duty record. The record itself is gathered in ``reports``."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from deputies import duty, roster
from deputies.access import may_keep_log
from deputies.forms_duty import DutyForm, WeightsForm
from deputies.models import Deputy, DutyEntry, DutyEntryQuerySet, DutyKind
from deputies.models.duty import FIVE_ONES, GIVEN
from deputies.views.people import deputy_or_404
from stations.models import Kind, Station

GROUPS = (
    ("履职", [kind for kind in DutyKind if kind not in FIVE_ONES and kind not in GIVEN]),
    ("“五个一”", list(FIVE_ONES)),
    ("支持重点项目", list(GIVEN)),
)


def _record_url(deputy_pk: int) -> str:
    """The duty record is a page of a room above this one."""
    try:
        return reverse("reports:duty_record", args=[deputy_pk])
    except NoReverseMatch:
        return reverse("deputies:detail", args=[deputy_pk])


@require_safe
def entries(request: SignedInRequest) -> HttpResponse:
    """What was entered, for staff; a deputy is led to the own record."""
    seats = request.user.seats
    if not seats.is_station_staff:
        if seats.deputies:
            return redirect(_record_url(seats.deputies[0].pk))
        raise PermissionDenied("履职登记由代表和联络站工作人员填报、查看。")
    found = _narrowed(request)
    kind = request.GET.get("kind", "")
    shown = found.filter(kind=kind) if kind in DutyKind.values else found
    if request.GET.get("show") == "waiting":
        shown = shown.filter(confirmed_at__isnull=True)
    offices = (Kind.HUB, Kind.TOWNSHIP, Kind.STUDIO)
    context = {
        "page": Paginator(shown.select_related("deputy", "station"), 50).get_page(request.GET.get("page")),
        "groups": GROUPS,
        "kind": kind,
        "year": _year(request),
        "waiting": found.filter(confirmed_at__isnull=True).count(),
        "five_ones": found.counted().filter(kind__in=FIVE_ONES).count(),
        "given": _given(found),
        "stations": Station.objects.filter(seats.subtree(), is_active=True, kind__in=offices).order_by("path"),
        "station": roster.chosen_station(request.user, request.GET),
        "may_weigh": seats.is_county_office,
    }
    return render(request, "deputies/duty_entries.html", context)


def _year(request: SignedInRequest) -> int:
    text = request.GET.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else timezone.localdate().year


def _narrowed(request: SignedInRequest) -> DutyEntryQuerySet:
    found = DutyEntry.objects.visible_to(request.user).filter(happened_on__year=_year(request))
    if station := roster.chosen_station(request.user, request.GET):
        within = Station.objects.within(station)
        found = found.filter(Q(deputy__home_station__in=within) | Q(station__in=within))
    if words := request.GET.get("q", "").strip():
        found = found.filter(Q(deputy__name__icontains=words) | Q(title__icontains=words))
    return found


def _given(found: DutyEntryQuerySet) -> list[dict[str, Any]]:
    """Money, work and people given to key projects: how many deputies, how much."""
    rows = found.counted().filter(kind__in=GIVEN).order_by()
    sums = {
        row["kind"]: row
        for row in rows.values("kind").annotate(total=Sum("amount"), deputies=Count("deputy", distinct=True))
    }
    none = {"total": 0, "deputies": 0}
    return [{"kind": kind, "label": kind.label, "unit": unit, **sums.get(kind, none)} for kind, unit in GIVEN.items()]


def _kind(request: SignedInRequest) -> DutyKind | None:
    asked = request.GET.get("kind", "")
    return DutyKind(asked) if asked in DutyKind.values else None


def enter(request: SignedInRequest, pk: int) -> HttpResponse:
    deputy = deputy_or_404(request, pk)
    if not may_keep_log(request.user, deputy):
        raise PermissionDenied("履职情况由代表本人或所在联络站、上级站的工作人员填报。")
    return _enter(request, groups=GROUPS, back=_record_url(pk), deputy=deputy)


def enter_for_station(request: SignedInRequest, station_pk: int) -> HttpResponse:
    """The five ones of a station."""
    station = get_object_or_404(Station.objects.visible_to(request.user), pk=station_pk)
    if not request.user.seats.covers(station):
        raise PermissionDenied("站点的“五个一”由本站和上级站的工作人员填报。")
    return _enter(request, groups=GROUPS[1:2], back=reverse("deputies:duty_entries"), station=station)


def _enter(
    request: SignedInRequest,
    *,
    groups: Any,
    back: str,
    deputy: Deputy | None = None,
    station: Station | None = None,
) -> HttpResponse:
    kind = _kind(request)
    context: dict[str, Any] = {"groups": groups, "kind": kind, "owner": deputy or station, "back_url": back}
    if kind is None:
        return render(request, "deputies/choose_duty.html", context)
    form = DutyForm(request.POST or None, request.FILES or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            entry = duty.enter(by=request.user, deputy=deputy, station=station, **form.arguments())
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, "已登记。" if entry.confirmed_at else "已登记，联络站核定后计入履职档案。")
            return redirect(back)
    return render(request, "deputies/enter_duty.html", {**context, "form": form})


def _entry(request: SignedInRequest, pk: int) -> DutyEntry:
    rows = DutyEntry.objects.visible_to(request.user).select_related("deputy__home_station", "station")
    return get_object_or_404(rows, pk=pk)


def _back(entry: DutyEntry) -> str:
    return _record_url(entry.deputy_id) if entry.deputy_id else reverse("deputies:duty_entries")


def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    entry = _entry(request, pk)
    if not duty.may_change(request.user, entry):
        raise PermissionDenied("已经核定的登记由工作人员修改。")
    form = DutyForm(request.POST or None, request.FILES or None, kind=DutyKind(entry.kind), entry=entry)
    if request.method == "POST" and form.is_valid():
        try:
            duty.edit(entry.pk, by=request.user, **form.arguments())
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, "已保存。")
            return redirect(_back(entry))
    context = {"form": form, "entry": entry, "kind": form.kind, "owner": entry.deputy or entry.station}
    return render(request, "deputies/enter_duty.html", {**context, "back_url": _back(entry)})


@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    entry = duty.confirm(_entry(request, pk).pk, by=request.user)
    messages.success(request, f"已核定：{entry.title}。")
    return redirect(_back(entry))


@require_POST
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    entry = _entry(request, pk)
    duty.delete(entry.pk, by=request.user)
    messages.success(request, f"已删除：{entry.title}。")
    return redirect(_back(entry))


@require_safe
def file(request: SignedInRequest, pk: int, file_id: int) -> FileResponse:
    """Evidence, for whoever sees the entry."""
    row = get_object_or_404(_entry(request, pk).files, pk=file_id)
    try:
        handle = row.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("文件已不在。") from error
    response = FileResponse(handle, as_attachment=True, filename=row.name, content_type=row.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def weights(request: SignedInRequest) -> HttpResponse:
    """The county's own points; without any there is no score."""
    if not request.user.seats.is_county_office:
        raise PermissionDenied("计分规则由县人大常委会代表工委设置。")
    county = request.user.seats.hubs[0].county
    form = WeightsForm(request.POST if request.method == "POST" else None, county=county)
    if request.method == "POST" and form.is_valid():
        duty.set_weights(county, form.weights(), by=request.user)
        messages.success(request, "计分规则已保存。" if form.weights() else "计分已停用。")
        return redirect("deputies:duty_weights")
    return render(request, "deputies/duty_weights.html", {"form": form, "county": county})
