"""The roster of a station: as it is, filled by itself, changed by hand, exported; leave to decide."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, Q
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from deputies.models import Deputy
from liaison.lib.xlsx import xlsx_response
from receptions import access, duties, duty_changes, duty_notices, roster_table, rosters
from receptions.arrangements import may_serve
from receptions.dates import short_date
from receptions.models import Duty, Leave, LeaveState, ReceptionDay, Swap
from receptions.roster_forms import SPANS, AssignForm, DecideLeaveForm, period_of
from receptions.schedule import line, rule_for
from stations.changes import record
from stations.models import Kind, Station


def wanted_station(request: SignedInRequest) -> Station:
    """The station asked for, else the first of the own seats."""
    user = request.user
    text = request.GET.get("station", "")
    if text:
        return access.station_or_404(user, int(text) if text.isdecimal() else 0)
    seats = user.seats
    own = [*seats.offices, *seats.stations, *(one.home_station for one in seats.deputies), *seats.officer_of]
    own += [department.station for department in seats.departments]
    station = next(filter(None, own), None) or Station.objects.visible_to(user).filter(kind=Kind.HUB).first()
    if station is None:
        raise Http404("没有站点。")
    return access.station_or_404(user, station.pk)


def offered_stations(request: SignedInRequest, station: Station) -> list[Station]:
    """Stations with reception days, the one shown among them."""
    stations = Station.objects.visible_to(request.user).filter(county=station.county_id, is_active=True)
    held = ReceptionDay.objects.filter(county=station.county_id).values("station")
    return list(stations.filter(Q(kind__in=(Kind.HUB, Kind.TOWNSHIP)) | Q(pk__in=held) | Q(pk=station.pk)))


def shown(roster: rosters.Roster) -> dict[str, Any]:
    """What every page with the table needs."""
    return {
        "roster": roster,
        "period": roster.period,
        "station": roster.period.station,
        "heads": roster_table.heads(roster),
        "rows": roster_table.rows(roster),
        "words": roster_table.period_words(roster.period.start, roster.period.end),
        "below_least": [roster.name(pk) for pk in roster.proposed.below(roster.least_duties)],
    }


def roster(request: SignedInRequest) -> HttpResponse:
    station = wanted_station(request)
    period = period_of(station, request.GET)
    manages = access.may_manage(request.user, station)
    context = {
        **shown(rosters.read(period)),
        "manages": manages,
        "stations": offered_stations(request, station),
        "spans": SPANS,
        "months": (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1,
        **(requests_of(station) if manages else {}),
    }
    return render(request, "receptions/roster.html", context)


def requests_of(station: Station) -> dict[str, Any]:
    """What waits for the office, and what it should know of."""
    today = timezone.localdate()
    leaves = Leave.objects.filter(deputy__home_station__in=Station.objects.within(station), ends_on__gte=today)
    leaves = leaves.filter(state__in=(LeaveState.ASKED, LeaveState.GRANTED)).select_related("deputy")
    swaps = Swap.objects.filter(Q(day__station=station) | Q(partner_day__station=station))
    unanswered = Duty.objects.filter(day__in=ReceptionDay.objects.upcoming(today).filter(station=station))
    unanswered = unanswered.filter(day__told_at__isnull=False).exclude(acknowledged_revision=F("day__revision"))
    return {
        "leaves": list(leaves.order_by("state", "starts_on", "pk")[:50]),
        "swaps": list(swaps.select_related("day", "partner_day", "deputy", "partner")[:20]),
        "unanswered": list(unanswered.select_related("day", "deputy").order_by("day__date", "deputy__pinyin")),
    }


def export(request: SignedInRequest) -> HttpResponseBase:
    """The table as shown, as .xlsx; the export is an event of the county."""
    station = wanted_station(request)
    if not access.may_manage(request.user, station):
        raise PermissionDenied("值班表由该站和上级站的工作人员导出。")
    roster = rosters.read(period_of(station, request.GET))
    words = roster_table.period_words(roster.period.start, roster.period.end)
    now = timezone.localtime()
    response, count = xlsx_response(
        f"值班表-{station.name}-{now:%Y%m%d-%H%M}.xlsx",
        title=f"{station.name}代表接待值班表",
        subtitle=f"{words}　{roster_table.in_words(roster)}　导出：{request.user.name}　{now:%Y-%m-%d %H:%M}",
        columns=roster_table.columns(roster),
        rows=roster_table.ledger_rows(roster),
    )
    after = {"ledger": "roster", "station": station.pk, "rows": count}
    record(station.county_id, "export", actor=request.user, after=after, note=words)
    return response


def propose(request: SignedInRequest) -> HttpResponse:
    """自动排班: what would be, and with the press below it, is. Only what was shown is ever written."""
    station = access.managed_station(request.user, wanted_station(request).pk)
    period = period_of(station, request.GET)
    if request.method == "POST":
        try:
            saved = rosters.save(period, by=request.user, seen=request.POST.get("seen", ""))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, f"值班表已保存，改动了 {len(saved.changes)} 个接待日。")
            return redirect(duty_notices.roster_link(station, period.start))
    proposal = rosters.propose(period)
    context = {**shown(proposal), "has_below": station.kind in (Kind.HUB, Kind.TOWNSHIP)}
    return render(request, "receptions/propose.html", context)


def part(request: SignedInRequest, day: ReceptionDay) -> dict[str, Any]:
    """What the page of a day says of who is on duty; its ``duties`` are the page's own."""
    missing = rule_for(day.station).on_duty - day.duties.count()
    return {
        "hindered": duty_changes.hindered(day) if duty_changes.is_ahead(day) else {},
        "missing": missing if duty_changes.is_ahead(day) and missing > 0 else 0,
        "is_ahead": duty_changes.is_ahead(day),
        "may_add": duty_changes.may_add(day),
    }


def assign(request: SignedInRequest, pk: int) -> HttpResponse:
    """The deputies of one day, put on and taken off by hand."""
    day = access.managed_day(request.user, pk)
    form = AssignForm(request.POST or None, deputies=choices(day))
    if request.method == "POST" and form.is_valid():
        try:
            deputy = rosters.assign(day.pk, form.cleaned_data["deputy"].pk, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{deputy}已排到{short_date(day.date)}值班。")
            return redirect(request.get_full_path())
    context = {
        "day": day,
        "station": day.station,
        "duties": day.duties.select_related("deputy__home_station", "day"),
        "form": form,
        "is_ahead": duty_changes.is_ahead(day),
        "may_add": duty_changes.may_add(day),
        "added_today": rosters.added_at_desk(day),
        "hindered": duty_changes.hindered(day) if duty_changes.is_ahead(day) else {},
        "at_desk": from_desk(request),
        "back_url": way_back(request, day),
    }
    return render(request, "receptions/assign.html", context)


def from_desk(request: SignedInRequest) -> bool:
    return request.GET.get("back") == "desk"


def way_back(request: SignedInRequest, day: ReceptionDay) -> str:
    if from_desk(request):
        return reverse("suggestions:desk", args=[day.pk])
    return duty_notices.roster_link(day.station, day.date.replace(day=1))


def choices(day: ReceptionDay) -> dict[int, str]:
    """Who can be put on duty on ``day``: the own deputies first, each with the number of duties in that year."""
    related = Q(home_station__in=Station.objects.within(day.station)) | Q(home_station__path__in=line(day.station.path))
    deputies = Deputy.objects.serving().filter(related).select_related("home_station", "term")
    away = set(Leave.objects.granted_on(day.date).values_list("deputy_id", flat=True))
    standing = ReceptionDay.objects.standing()
    busy = set(Duty.objects.filter(day__in=standing.filter(date=day.date)).values_list("deputy_id", flat=True))
    of_year = Duty.objects.filter(day__in=standing.filter(date__year=day.date.year, county=day.county_id))
    served = Counter(of_year.values_list("deputy_id", flat=True))
    able = [one for one in deputies if one.pk not in away | busy and may_serve(one, day.date)]
    able.sort(key=lambda one: (one.home_station_id != day.station_id, served[one.pk], one.pinyin, one.pk))
    return {one.pk: f"{one.name}（{one.home_station}，{day.date.year} 年 {served[one.pk]} 次）" for one in able}


@require_POST
def unassign(request: SignedInRequest, pk: int, deputy_pk: int) -> HttpResponse:
    day = access.managed_day(request.user, pk)
    try:
        done = rosters.unassign(day.pk, deputy_pk, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "已撤下。" if done else "这名代表已经不在这一天值班，没有改动。")
    return redirect(reverse("receptions:assign", args=[pk]) + ("?back=desk" if from_desk(request) else ""))


def decide_leave(request: SignedInRequest, pk: int) -> HttpResponse:
    leave = get_object_or_404(Leave.objects.select_related("deputy__home_station", "decided_by"), pk=pk)
    if leave.deputy.county_id not in request.user.seats.county_ids:
        raise Http404
    if not duties.may_decide_leave(request.user, leave.deputy):
        raise PermissionDenied("请假由代表所在联络站和上级站的工作人员批复。")
    form = DecideLeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return decided(request, leave, form.cleaned_data["note"])
        except ValidationError as error:
            form.add_error(None, error)
    on_duty = leave.deputy.duties.filter(day__date__range=(leave.starts_on, leave.ends_on))
    context = {"leave": leave, "form": form, "duties": on_duty.select_related("day__station").order_by("day__date")}
    return render(request, "receptions/decide_leave.html", context)


def decided(request: SignedInRequest, leave: Leave, note: str) -> HttpResponse:
    station = leave.deputy.home_station
    assert station is not None  # without one, nobody may decide
    if "decline" in request.POST:
        duties.decline_leave(leave.pk, note=note, by=request.user)
        messages.success(request, f"没有批准{leave.deputy}的请假，已告诉本人。")
        return redirect(duty_notices.roster_link(station, leave.starts_on))
    days = duties.grant_leave(leave.pk, note=note, by=request.user)
    messages.success(request, f"已批准{leave.deputy}请假。")
    days = [day for day in days if day.duties.count() < rule_for(day.station).on_duty]
    if not days:
        return redirect(duty_notices.roster_link(station, leave.starts_on))
    dates = "、".join(f"{short_date(day.date)}" for day in days)
    messages.warning(request, f"{dates}缺人了，可以在这里补排。")
    return redirect(refill_link(days))


def refill_link(days: list[ReceptionDay]) -> str:
    """The proposal that only fills gaps, for the station and the months of the first of ``days``."""
    first = days[0]
    return duty_notices.roster_link(first.station, first.date).replace("/roster/", "/roster/propose/") + "&gaps=1"
