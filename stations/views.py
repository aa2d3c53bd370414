"""The tree of stations and one station's page. The tree is seen by every seat of the county; its editing is not."""

from collections import Counter
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from liaison.lib import pdf
from stations import changes
from stations.forms import StationForm, child_kinds
from stations.models import Kind, Station


@dataclass
class Node:
    """A station with what hangs below it; the counts include the whole subtree."""

    station: Station
    mine: bool
    own_deputies: int
    children: list["Node"] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    deputies: int = 0

    def add_up(self) -> None:
        self.deputies = self.own_deputies
        for child in self.children:
            child.add_up()
            self.counts[child.station.kind] += 1
            self.counts += child.counts
            self.deputies += child.deputies


def grow(stations: list[Station], user: User) -> list[Node]:
    """The hubs with everything below them, from stations ordered by path."""
    nodes: dict[int, Node] = {}
    tops = []
    for station in stations:
        node = Node(station, user.seats.covers(station), station.deputy_count)  # type: ignore[attr-defined]
        nodes[station.pk] = node
        if station.parent_id in nodes:
            nodes[station.parent_id].children.append(node)
        else:
            tops.append(node)
    for top in tops:
        top.add_up()
    return tops


def tree(request: SignedInRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    stations = (
        Station.objects.visible_to(request.user)
        .filter(is_active=True)
        .select_related("county")
        .annotate(deputy_count=Count("deputies", filter=Q(deputies__status="serving")))
        .order_by("county", "path")
    )
    context = {"q": words, "closed": Station.objects.visible_to(request.user).filter(is_active=False).count()}
    if words:
        match = Q(name__icontains=words) | Q(trade__icontains=words) | Q(address__icontains=words)
        context["found"] = stations.filter(match).select_related("parent__parent")[:200]
    elif "closed" in request.GET:
        context["found"] = Station.objects.visible_to(request.user).filter(is_active=False).select_related("parent")
    else:
        context["tops"] = grow(list(stations), request.user)
        context["own_ids"] = request.user.seats.station_ids | request.user.seats.officer_station_ids
    return render(request, "stations/tree.html", context)


def station_or_404(request: SignedInRequest, pk: int) -> Station:
    visible = Station.objects.visible_to(request.user).select_related("county", "parent__parent__parent")
    return get_object_or_404(visible, pk=pk)


def editable_or_403(request: SignedInRequest, pk: int) -> Station:
    station = station_or_404(request, pk)
    if not request.user.seats.covers(station):
        raise PermissionDenied(f"{station}由该站和上级站的工作人员维护。")
    return station


def ancestors(station: Station) -> list[Station]:
    line: list[Station] = []
    while station.parent is not None:
        station = station.parent
        line.insert(0, station)
    return line


def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    station = station_or_404(request, pk)
    mine = request.user.seats.covers(station)
    deputies = station.deputies.filter(status="serving")
    context = {
        "station": station,
        "ancestors": ancestors(station),
        "mine": mine,
        "may_close": mine and station.parent is not None and request.user.seats.covers(station.parent),
        "may_add": mine and station.is_active and bool(child_kinds(station)),
        "board_pdf": pdf.can_render(),
        "has_departments": station.kind in (Kind.HUB, Kind.TOWNSHIP),
        "staff": station.staff.filter(user__is_active=True).select_related("user"),
        "departments": station.departments.select_related("merged_into").order_by("-is_active", "name"),
        "officers": station.officers.order_by("-is_active", "kind", "name"),
        "deputies": deputies[:60],
        "deputy_count": deputies.count(),
        "children": station.children.filter(is_active=True).annotate(
            deputy_count=Count("deputies", filter=Q(deputies__status="serving"))
        ),
    }
    return render(request, "stations/detail.html", context)


def create(request: SignedInRequest) -> HttpResponse:
    """A station below ``?parent=``."""
    pk = request.POST.get("below") or request.GET.get("parent") or ""
    if not pk.isdecimal():
        raise Http404
    parent = editable_or_403(request, int(pk))
    if not child_kinds(parent):
        raise PermissionDenied(f"{parent.get_kind_display()}下面不设站点。")
    form = StationForm(request.POST or None, instance=Station(county=parent.county, parent=parent), user=request.user)
    if request.method == "POST" and form.is_valid():
        changes.save_station(form.instance, actor=request.user, changed=form.changed_data)
        messages.success(request, f"{form.instance}已建立。")
        return redirect("stations:detail", form.instance.pk)
    return render(request, "stations/create.html", {"form": form, "parent": parent})


def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    station = editable_or_403(request, pk)
    name = station.name
    form = StationForm(request.POST or None, instance=station, user=request.user)
    if request.method == "POST" and form.is_valid():
        changes.save_station(form.instance, actor=request.user, changed=form.changed_data)
        messages.success(request, "已保存。")
        return redirect("stations:detail", pk)
    return render(request, "stations/edit.html", {"form": form, "station_pk": pk, "station_name": name})


@require_POST
def set_active(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a station, or open it again: a matter for the station above it."""
    station = editable_or_403(request, pk)
    if station.parent is None or not request.user.seats.covers(station.parent):
        raise PermissionDenied("站点的停用和恢复由上级站办理。")
    active = request.POST.get("active") == "1"
    try:
        changes.set_station_active(station, active, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"{station}已{'恢复使用' if active else '停用'}。")
    return redirect("stations:detail", pk)
