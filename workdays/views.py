"""The year at a glance: which day counts as a working day, and why."""

import calendar as months
import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from workdays import changes
from workdays.calendar import Calendar
from workdays.forms import FIRST, LAST, CountForm, DaysForm
from workdays.models import DayOverride


def wanted_year(request: SignedInRequest) -> int:
    text = request.GET.get("year", "")
    return min(max(int(text), FIRST), LAST) if text.isdecimal() else timezone.localdate().year


def may_change(request: SignedInRequest) -> bool:
    return bool(request.user.seats.office_county_ids)


def month_grid(calendar: Calendar, year: int, month: int, today: dt.date) -> list[list[dict[str, Any] | None]]:
    """Weeks from Monday; None where a week reaches into the next month."""
    weeks = []
    for week in months.Calendar().monthdatescalendar(year, month):
        row: list[dict[str, Any] | None] = []
        for date in week:
            day = calendar.day(date)
            usual = (date.weekday() < 5) == day.is_workday
            row.append(
                {"day": day, "typed": date in calendar.overrides, "odd": not usual, "today": date == today}
                if date.month == month
                else None
            )
        weeks.append(row)
    return weeks


def year(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST" and not may_change(request):
        raise PermissionDenied("工作日历由县人大代表工委（县级中心站）调整。")
    form = DaysForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data, dates = form.cleaned_data, form.dates()
        changes.set_days(dates, is_workday=data["is_workday"], name=data["name"], actor=request.user)
        messages.success(request, f"已登记 {len(dates)} 天，以后算出的时限按它计算。")
        return redirect(f"{reverse('workdays:year')}?year={dates[0].year}")
    calendar, today, wanted = Calendar.current(), timezone.localdate(), wanted_year(request)
    context = {
        "year": wanted,
        "months": [(month, month_grid(calendar, wanted, month, today)) for month in range(1, 13)],
        "weekdays": "一二三四五六日",
        "provisional": any(calendar.day(dt.date(wanted, month, 1)).provisional for month in (1, 6, 12)),
        "overrides": DayOverride.objects.filter(date__year=wanted),
        "may_change": may_change(request),
        "form": form,
        **counted(request, calendar),
    }
    return render(request, "workdays/year.html", context)


def counted(request: SignedInRequest, calendar: Calendar) -> dict[str, Any]:
    """Where so many working days from a date end, day by day."""
    if "start" not in request.GET:
        return {"count_form": CountForm(initial={"start": timezone.localdate(), "days": 15})}
    form = CountForm(request.GET)
    if not form.is_valid():
        return {"count_form": form}
    days = calendar.explain(form.cleaned_data["start"], form.cleaned_data["days"])
    return {"count_form": form, "counted": days, "ends": days[-1].date}


@require_POST
def forget(request: SignedInRequest, pk: int) -> HttpResponse:
    if not may_change(request):
        raise PermissionDenied("工作日历由县人大代表工委（县级中心站）调整。")
    override = get_object_or_404(DayOverride, pk=pk)
    date = override.date
    changes.forget_day(override, actor=request.user)
    messages.success(request, f"{date:%-m月%-d日}已恢复为公布的安排。")
    return redirect(f"{reverse('workdays:year')}?year={date.year}")
