"""统计: the figures of a county, a station, a department, a deputy or a field in a period; each table as a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from axes.helpers import get_client_ip_address
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from liaison.lib.paging import paginate
from liaison.lib.xlsx import xlsx_response
from receptions.models import DayState, Duty, ReceptionDayQuerySet
from reports import charts, deputies, periods, receiving, scopes
from reports.figures import Figures, figures_of
from reports.periods import PRESETS, Period
from reports.scopes import Scope
from reports.tables import Table, Tables, asked
from stations.changes import record
from suggestions.figures import FEW

MOST_BARS = 24  # more are no picture any more: the table says it better
PERIOD_CHOICES = [(name, words[0]) for name, words in PRESETS.items()]
SHOWS = {"due": "应开", "held": "已开", "open": "待开或未开", "cancelled": "取消"}
THERE = {"there": "本人到站"}  # of a deputy's days


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """To the widest of the person's own pages."""
    own = scopes.own(request.user)
    if not own:
        raise PermissionDenied("统计由站点、承办单位的工作人员和代表查看。")
    return redirect(own[0].url)


@require_safe
def statistics(request: SignedInRequest, kind: str, key: str) -> HttpResponse:
    scope = scopes.scope_for(request.user, kind, key)
    period, form = periods.read(request.GET.dict())
    figures = figures_of(scope, period)
    tables = Tables(figures)
    context = {
        "scope": scope,
        "own": [one for one in scopes.own(request.user) if one.url != scope.url],
        "period": period,
        "before": period.before(),
        "presets": PERIOD_CHOICES,
        "form": form,
        "asked": urlencode(asked(period)),
        "figures": figures,
        "tables": tables,
        "parts": _parts(figures, tables),
        "months": charts.year(figures.year, figures.marks) if scope.has_receptions else [],
        "few": FEW,
    }
    return render(request, "reports/statistics.html", context)


def _parts(figures: Figures, tables: Tables) -> list[tuple[Table, str, Any]]:
    """The tables of the page in their order, each with its chart and the template that draws it."""
    found: list[tuple[Table, str, Any]] = []
    for table in tables.all:
        if table.name == "series":
            drawn: Any = charts.lines(table, {1: "first", 4: "second"}, _short(figures))
            found.append((table, "lines", drawn))
        elif table.name == "flow":
            found.append((table, "stacks", charts.stacks(table)))
        elif table.name not in ("summary", "receptions"):
            found.append((table, "bars", charts.bars(table) if len(table.rows) <= MOST_BARS else None))
    return found


def _short(figures: Figures) -> list[str]:
    """Words along the line: 3/2, 3月, 2026."""
    starts = [piece.first for piece, _ in figures.series]
    match figures.period.step:
        case "月":
            return [f"{day.month}月" for day in starts]
        case "年":
            return [str(day.year) for day in starts]
    return [f"{day.month}/{day.day}" for day in starts]


@require_safe
def export(request: SignedInRequest, kind: str, key: str, table: str) -> HttpResponseBase:
    """One table of the page, for the same period; an event of the county."""
    scope = scopes.scope_for(request.user, kind, key)
    period, _ = periods.read(request.GET.dict())
    if table == "deputies" and scope.station:
        found: Table | None = deputies.table(scope, period, request.user, timezone.localdate())
    else:
        found = Tables(figures_of(scope, period)).named(table)
    if found is None:
        raise Http404
    now = timezone.localtime()
    response, count = xlsx_response(
        f"统计-{scope.name}-{found.title}-{now:%Y-%m-%d}.xlsx",
        title=f"{scope.name} {found.title}",
        subtitle=f"登记日期：{period.in_words}　{found.note}　导出时间：{now:%Y-%m-%d %H:%M}　导出人：{request.user.name}",
        columns=found.columns,
        rows=found.export(),
    )
    record(
        scope.county.pk,
        "export",
        actor=request.user,
        after={"ledger": "statistics", "table": table, "scope": f"{kind}:{key}", "rows": count},
        note=f"{scope.name} {found.title} {period.in_words}",
        address=get_client_ip_address(request),
    )
    return response


@require_safe
def deputy_list(request: SignedInRequest, kind: str, key: str) -> HttpResponse:
    """What each deputy of a station did."""
    scope = scopes.scope_for(request.user, kind, key)
    if scope.station is None:
        raise Http404
    period, form = periods.read(request.GET.dict())
    context = {
        "scope": scope,
        "period": period,
        "presets": PERIOD_CHOICES,
        "form": form,
        "table": deputies.table(scope, period, request.user, timezone.localdate()),
        "asked": urlencode(asked(period)),
        "few": FEW,
    }
    return render(request, "reports/deputies.html", context)


@require_safe
def days(request: SignedInRequest, kind: str, key: str) -> HttpResponse:
    """The reception days behind the numbers of the page."""
    scope = scopes.scope_for(request.user, kind, key)
    if not scope.has_receptions:
        raise Http404
    period, form = periods.read(request.GET.dict())
    show, shows = request.GET.get("show", ""), SHOWS | (THERE if scope.deputy else {})
    found = _shown(scope, period, show)
    mine = Q(duties__deputy=scope.deputy) if scope.deputy else Q()
    rows = found.annotate(
        placed=Count("duties", filter=mine),
        present=Count("duties", filter=mine & Q(duties__signed_in_at__isnull=False)),
    ).select_related("station")
    page = paginate(
        rows, order=["-date", "id"], after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    context = {
        "scope": scope,
        "period": period,
        "presets": PERIOD_CHOICES,
        "form": form,
        "show": show if show in shows else "",
        "shows": [("", "全部"), *shows.items()],
        "page": page,
        "count": found.count(),
        "visitors": found.aggregate(all=Sum("visitors"))["all"] or 0,
        "duties": _duties(scope, found),
        "asked": urlencode(asked(period)),
    }
    return render(request, "reports/days.html", context)


def _duties(scope: Scope, days: ReceptionDayQuerySet) -> dict[str, int]:
    """How many duties there are on ``days``, and how many of them were signed in; of a deputy the own ones."""
    duties = Duty.objects.filter(day__in=days.order_by().values("pk"))
    if scope.deputy:
        duties = duties.filter(deputy=scope.deputy)
    return duties.aggregate(placed=Count("pk"), present=Count("pk", filter=Q(signed_in_at__isnull=False)))


def _shown(scope: Scope, period: Period, show: str) -> ReceptionDayQuerySet:
    """As :mod:`reports.receiving` counts them."""
    found = receiving.days_of(scope).filter(date__gte=period.first, date__lte=period.last)
    match show:
        case "due":
            past = Q(date__lte=timezone.localdate()) | Q(state__in=receiving.HELD)
            return found.filter(past).exclude(state=DayState.CANCELLED)
        case "held":
            return found.filter(state__in=receiving.HELD)
        case "open":
            return found.filter(state=DayState.PLANNED)
        case "cancelled":
            return found.filter(state=DayState.CANCELLED)
        case "there" if scope.deputy:
            there = Duty.objects.filter(deputy=scope.deputy, signed_in_at__isnull=False).values("day")
            return found.filter(state__in=receiving.HELD, pk__in=there)
    return found
