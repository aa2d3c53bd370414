"""The roster of deputies, one deputy's record, and who still belongs to no station."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from deputies import access, changes, portraits, roster, ties
from deputies.forms import DeputyForm
from deputies.grouping import propose
from deputies.models import Deputy, Level, Status, Tie, Trade
from history.models import Event
from liaison.lib.paging import capped_count, paginate
from stations.models import Kind, Station


def deputy_list(request: SignedInRequest) -> HttpResponse:
    user = request.user
    deputies = roster.filtered(user, request.GET)
    page = paginate(
        deputies,
        order=["pinyin", "id"],
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    for deputy in page.rows:
        deputy.phone = deputy.phone if access.may_see_private(user, deputy) else ""
    offices = (Kind.HUB, Kind.TOWNSHIP, Kind.STUDIO)
    station = roster.chosen_station(user, request.GET)
    context = {
        "page": page,
        "count": capped_count(deputies),
        "levels": [*Level.choices, (roster.UPPER, roster.UPPER_LABEL)],
        "trades": Trade.choices,
        "statuses": Status.choices,
        "status": request.GET.get("status", Status.SERVING),
        "stations": Station.objects.visible_to(user).filter(is_active=True, kind__in=offices),
        "station": station,
        "new_at": station if station and user.seats.covers(station) else None,
    }
    return render(request, "deputies/list.html", context)


def deputy_or_404(request: SignedInRequest, pk: int) -> Deputy:
    related = ("county", "home_station", "term", "constituency__station", "user")
    return get_object_or_404(Deputy.objects.visible_to(request.user).select_related(*related), pk=pk)


def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    deputy = deputy_or_404(request, pk)
    user = request.user
    cases = deputy.suggestions.visible_to(user)
    context = {
        "deputy": deputy,
        "private": access.may_see_private(user, deputy),
        "may_edit": access.may_edit(user, deputy),
        "cases": cases.count(),
        "open_cases": cases.open().count(),
        "moves": moves(deputy),
        "may_keep_log": access.may_keep_log(user, deputy),
        "ties": Tie.objects.current().filter(Q(deputy=deputy) | Q(member__deputy=deputy)).select_related(*ties.ENDS),
    }
    return render(request, "deputies/detail.html", context)


@require_safe
def photo(request: SignedInRequest, pk: int) -> FileResponse:
    """For the staff's pages; what the public may see is the portal's to decide."""
    deputy = get_object_or_404(Deputy.objects.visible_to(request.user).exclude(photo=""), pk=pk)
    return portraits.served(deputy, "private, max-age=86400")


def moves(deputy: Deputy) -> list[dict[str, Any]]:
    """Changes of home station and status, newest first, out of the county's chain."""
    events = Event.objects.filter(
        chain=deputy.county.chain,
        action__in=("deputy_create", "deputy_edit", "deputy_group"),
        after__deputy=deputy.pk,
    ).select_related("actor")
    names = dict(Station.objects.filter(county=deputy.county_id).values_list("pk", "name"))
    labels = dict(Status.choices)
    rows = []
    for event in events.order_by("-seq")[:50]:
        lines = []
        if event.before.get("home_station") != event.after.get("home_station"):
            was, now = (names.get(side.get("home_station"), "未编入") for side in (event.before, event.after))
            lines.append(f"联络站：{was} → {now}")
        if "status" in event.before and event.before["status"] != event.after.get("status"):
            lines.append(f"状态：{labels.get(event.before['status'])} → {labels.get(event.after.get('status'))}")
        if lines:
            rows.append({"at": event.at, "actor": event.actor, "lines": lines})
    return rows


def create(request: SignedInRequest) -> HttpResponse:
    seats = request.user.seats
    if not seats.is_office:
        raise PermissionDenied("代表名册由县人大代表工委和乡镇（街道）人大办公室登记。")
    station = roster.chosen_station(request.user, request.GET)
    if station is not None and not seats.covers(station):
        raise Http404
    county = station.county if station else seats.offices[0].county
    form = DeputyForm(
        request.POST or None,
        request.FILES or None,
        instance=Deputy(county=county),
        user=request.user,
        initial={"home_station": station},
    )
    if request.method == "POST" and form.is_valid():
        changes.save(form.instance, actor=request.user, changed=form.changed_data, **form.portrait_arguments())
        messages.success(request, f"{form.instance.name}已登记。")
        return redirect("deputies:detail", form.instance.pk)
    return render(request, "deputies/form.html", {"form": form})


def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    deputy = deputy_or_404(request, pk)
    if not access.may_edit(request.user, deputy):
        raise PermissionDenied("代表资料由所在联络站和上级站的工作人员维护。")
    name = deputy.name
    form = DeputyForm(request.POST or None, request.FILES or None, instance=deputy, user=request.user)
    if request.method == "POST" and form.is_valid():
        changes.save(form.instance, actor=request.user, changed=form.changed_data, **form.portrait_arguments())
        messages.success(request, "已保存。")
        return redirect("deputies:detail", pk)
    return render(request, "deputies/form.html", {"form": form, "deputy_pk": pk, "deputy_name": name})


def require_office(request: SignedInRequest) -> None:
    if not request.user.seats.is_office:
        raise PermissionDenied("编组情况由县人大代表工委和乡镇（街道）人大办公室查看。")


def ungrouped(request: SignedInRequest) -> Any:
    return (
        Deputy.objects.visible_to(request.user)
        .serving()
        .filter(home_station__isnull=True)
        .select_related("county", "constituency__station", "term")
        .order_by("pinyin", "id")
    )


def open_stations(request: SignedInRequest) -> dict[int, list[Station]]:
    """The active stations of each county this person has an office in: what proposals choose from."""
    found: dict[int, list[Station]] = {office.county_id: [] for office in request.user.seats.offices}
    for station in Station.objects.filter(county__in=found, is_active=True).order_by("path"):
        found[station.county_id].append(station)
    return found


def completeness(request: SignedInRequest) -> HttpResponse:
    require_office(request)
    user = request.user
    serving = Deputy.objects.visible_to(user).serving().filter(county__in=user.seats.county_ids)
    by_level = {
        row["level"]: row
        for row in serving.order_by()
        .values("level")
        .annotate(total=Count("pk"), grouped=Count("home_station"), log_ins=Count("user"))
    }
    none = {"total": 0, "grouped": 0, "log_ins": 0}
    levels: list[dict[str, Any]] = [{"label": label, **by_level.get(value, none)} for value, label in Level.choices]
    for row in levels:
        row["missing"] = row["total"] - row["grouped"]
    totals = {key: sum(row[key] for row in levels) for key in ("total", "grouped", "log_ins")}
    choices = open_stations(request)
    rows: list[dict[str, Any]] = [
        {"deputy": deputy, "proposal": propose(deputy, choices[deputy.county_id])}
        for deputy in ungrouped(request)[:300]
        if deputy.county_id in choices
    ]
    for row in rows:
        station = row["proposal"].station
        row["within"] = station is not None and user.seats.covers(station)
    context = {
        "levels": levels,
        "totals": totals,
        "missing": totals["total"] - totals["grouped"],
        "rows": rows,
        "ready": sum(row["within"] for row in rows),
        "stations": by_station(request),
        "gaps": ties.gaps(user),
    }
    return render(request, "deputies/completeness.html", context)


def by_station(request: SignedInRequest) -> list[dict[str, Any]]:
    """Per hub, township and studio within reach: deputies of each level grouped in its subtree (a hub: in itself)."""
    counts = {
        f"of_{level}": Count("deputies", filter=Q(deputies__status=Status.SERVING, deputies__level=level))
        for level in Level.values
    }
    stations = list(
        Station.objects.filter(request.user.seats.subtree(), is_active=True)
        .select_related("county")
        .annotate(**counts)
        .order_by("path")
    )
    rows = []
    for station in stations:
        if station.kind == Kind.POINT:
            continue
        below = [one for one in stations if station.kind == Kind.TOWNSHIP and station.covers(one)] or [station]
        numbers = [sum(getattr(one, f"of_{level}") for one in below) for level in Level.values]
        rows.append({"station": station, "numbers": numbers, "total": sum(numbers)})
    return rows


@require_POST
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """Group one deputy where the page proposed; the station is sent along, so what was read is what happens."""
    require_office(request)
    deputy = deputy_or_404(request, pk)
    station = roster.chosen_station(request.user, request.POST)
    if station is None:
        raise Http404
    if changes.group(deputy.pk, station, actor=request.user):
        messages.success(request, f"{deputy.name}已编入{station.name}。")
    else:
        messages.info(request, f"{deputy.name}已经编入站点，没有改动。")
    return redirect("deputies:completeness")


@require_POST
def accept_all(request: SignedInRequest) -> HttpResponse:
    require_office(request)
    choices = open_stations(request)
    done = 0
    for deputy in ungrouped(request):
        station = propose(deputy, choices.get(deputy.county_id, [])).station
        if station is not None and request.user.seats.covers(station):
            done += changes.group(deputy.pk, station, actor=request.user)
    messages.success(request, f"已按建议编入 {done} 名代表。")
    return redirect("deputies:completeness")
