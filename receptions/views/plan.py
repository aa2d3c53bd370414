"""The year's themes and activities, and the plan that hangs at the station's door."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from noticeboard.models import Notice, NoticeState
from receptions import themes as theming
from receptions import yearly_plan
from receptions.access import managed_station, may_manage, station_or_404
from receptions.forms_schedule import ThemesForm
from receptions.models import DayState, ReceptionDay
from receptions.views.schedule import wanted_number
from stations.models import Station
from workdays.forms import FIRST, LAST


def wanted_year(request: SignedInRequest) -> int:
    return wanted_number(request, "year", FIRST, LAST) or timezone.localdate().year


def themes(request: SignedInRequest, station_pk: int) -> HttpResponse:
    """Quarterly themes and monthly activities of a year: read by every seat, changed by who arranges the days."""
    station = station_or_404(request.user, station_pk)
    manages = may_manage(request.user, station)
    if request.method == "POST":
        managed_station(request.user, station_pk)
    year = wanted_year(request)
    days = ReceptionDay.objects.filter(station=station, date__year=year)
    form = ThemesForm(
        request.POST or None,
        themes=theming.own_themes(station, year),
        above=theming.themes_above(station, year),
        days=list(days.exclude(state__in=(DayState.CANCELLED, DayState.CLOSED)).order_by("date", "pk")),
    )
    if request.method == "POST" and form.is_valid():
        data = {"themes": form.themes(), "activities": form.activities()}
        changed = theming.save_themes(station, year, by=request.user, **data)
        done = f"已保存：主题 {changed[0]} 项，活动 {changed[1]} 项。" if any(changed) else "没有改动。"
        messages.success(request, done)
        return redirect(f"{reverse('receptions:themes', args=[station.pk])}?year={year}")
    context = {
        "station": station,
        "year": year,
        "manages": manages,
        "form": form,
        "plan": None if manages else yearly_plan.plan_of(station, year),
    }
    return render(request, "receptions/themes.html", context)


def plan(request: SignedInRequest, station_pk: int) -> HttpResponse:
    station = station_or_404(request.user, station_pk)
    year = wanted_year(request)
    context = {
        "plan": yearly_plan.plan_of(station, year),
        "station": station,
        "year": year,
        "paper": "A3" if request.GET.get("paper") == "a3" else "A4",
        "manages": may_manage(request.user, station),
        "notice": posted(station, year),
    }
    return render(request, "receptions/plan.html", context)


def posted(station: Station, year: int) -> Notice | None:
    return Notice.objects.filter(key=f"plan:{station.pk}:{year}", state=NoticeState.RELEASED).first()


@require_POST
def post_plan(request: SignedInRequest, station_pk: int) -> HttpResponse:
    station = managed_station(request.user, station_pk)
    year = wanted_year(request)
    try:
        yearly_plan.post(station, year, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"{year} 年度接待计划已放上{station}的公示栏。")
    return redirect(f"{reverse('receptions:plan', args=[station.pk])}?year={year}")
