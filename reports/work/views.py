"""履职工作总览: a county's year in numbers, on one page, one sheet of paper and one workbook."""

from __future__ import annotations

import datetime as dt

from axes.helpers import get_client_ip_address
from django.core.exceptions import PermissionDenied
from django.db.models import Min
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from consultations.models import Consultation, Whistle
from deputies.models import Contact
from legislation.models import Opinion
from liaison.lib.xlsx import Sheet
from meetings.models import Meeting
from receptions.models import ReceptionDay
from reports import scopes
from reports.exports.files import tables_to_xlsx
from reports.figures import Figures, figures_of
from reports.periods import Period
from reports.tables import Cell, Table
from reports.work.lines import EVERY
from reports.work.overview import sections
from reports.work.topics import by_department
from reports.work.townships import townships
from stations.models import County
from suggestions.figures import FEW, years_of
from suggestions.models import Formal
from supervision.models import Inspection, Round


def _county(request: SignedInRequest) -> County:
    """The one asked for of those whose office the person belongs to; the first where none is."""
    counties = [hub.county for hub in request.user.seats.hubs]
    if not counties:
        raise PermissionDenied("履职工作总览由县人大代表工委（县级中心站）查看。")
    return next((one for one in counties if one.code == request.GET.get("county")), counties[0])


def of_year(county: County, year: int, today: dt.date | None = None) -> Period:
    """The whole year; of the running one as far as today, so that the year before is counted to the same day."""
    today = today or timezone.localdate()
    return Period(dt.date(year, 1, 1), today if year == today.year else dt.date(year, 12, 31), "year")


def of_every_year(county: County, today: dt.date | None = None) -> Period:
    """From the first of anything that the overview counts to today."""
    kept = (
        (Meeting.objects.filter(county=county), "held_on"),
        (Opinion.objects.filter(draft__county=county), "given_at"),
        (Consultation.objects.filter(county=county), "date"),
        (Whistle.objects.filter(station__county=county), "blown_at"),
        (Inspection.objects.filter(county=county), "date"),
        (Round.objects.filter(county=county), "held_on"),
        (ReceptionDay.objects.filter(county=county), "date"),
        (Contact.objects.filter(deputy__county=county), "happened_on"),
        (Formal.objects.filed().filter(county=county), "filed_at"),
    )
    today = today or timezone.localdate()
    firsts = [found.aggregate(first=Min(column))["first"] for found, column in kept]
    year = min(years_of(county.pk)[-1], *[first.year for first in firsts if first])
    return Period(dt.date(year, 1, 1), today, EVERY)


def _asked(request: SignedInRequest) -> tuple[County, list[int], Figures]:
    county = _county(request)
    years = years_of(county.pk)
    asked = request.GET.get("year", "")
    if asked == EVERY:
        return county, years, figures_of(scopes.of_county(county), of_every_year(county))
    year = next((one for one in years if str(one) == asked), years[0])
    return county, years, figures_of(scopes.of_county(county), of_year(county, year))


@require_safe
def work(request: SignedInRequest) -> HttpResponse:
    county, years, figures = _asked(request)
    context = {
        "county": county,
        "counties": [hub.county for hub in request.user.seats.hubs],
        "years": years,
        "year": figures.period.last.year,
        "every": figures.period.preset == EVERY,
        "scope": figures.scope,
        "period": figures.period,
        "before": figures.period.before(),
        "sections": sections(figures),
        "tables": [table for table in (townships(figures), by_department(figures)) if table.rows],
        "few": FEW,
    }
    return render(request, "reports/work.html", context)


@require_safe
def work_export(request: SignedInRequest) -> HttpResponseBase:
    """A sheet for all sections, one for the townships, one for the departments that were whistled for."""
    county, _, figures = _asked(request)
    tables = [_together(sections(figures)), townships(figures), by_department(figures)]
    return tables_to_xlsx(
        [Sheet(one.title, "", one.columns, one.export()) for one in tables],
        f"{county.name}；{figures.period.in_words}",
        request.user,
        title="履职工作总览",
        address=get_client_ip_address(request),
    )


def _together(parts: list[Table]) -> Table:
    """All sections below each other, the section named in each row."""
    rows = [(Cell(text=f"{part.title}：{first.text}"), *cells) for part in parts for first, *cells in part.rows]
    return Table("work", "履职工作总览", "项目", parts[0].heads, rows)
