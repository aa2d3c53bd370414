"""履职档案 of a deputy on the page, on paper and as PDF; the scores of many; what of it is public."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_client_ip_address
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from deputies import duty, roster
from deputies.access import may_edit, may_keep_log, may_see_private
from deputies.models import Deputy, DutyPublication
from deputies.models.contact import kept_by
from reports import duty_record
from stations.changes import record
from stations.models import Kind, Station
from suggestions.paper.sheets import answer, wants_pdf

RELATED = ("county", "home_station", "term", "constituency__station", "user")


def _deputy(request: SignedInRequest, pk: int) -> Deputy:
    deputy = get_object_or_404(Deputy.objects.visible_to(request.user).select_related(*RELATED), pk=pk)
    if not may_keep_log(request.user, deputy):
        raise PermissionDenied("履职档案由代表本人和所在联络站、上级站的工作人员查看。")
    return deputy


def _year(request: SignedInRequest) -> int:
    text = request.POST.get("year", request.GET.get("year", ""))
    this = timezone.localdate().year
    return min(int(text), this) if text.isascii() and text.isdigit() and len(text) == 4 else this


def _record(request: SignedInRequest, deputy: Deputy, year: int) -> dict[str, Any]:
    return {
        "deputy": deputy,
        "year": year,
        "sections": duty_record.gather(deputy, year, private=may_see_private(request.user, deputy)),
        "score": duty_record.score(
            duty_record.counts_of(Deputy.objects.filter(pk=deputy.pk), year)[deputy.pk],
            duty_record.weights_of(deputy.county_id),
        ),
    }


@require_safe
@never_cache
def duty_record_page(request: SignedInRequest, pk: int) -> HttpResponse:
    deputy, year = _deputy(request, pk), _year(request)
    released = DutyPublication.objects.filter(deputy=deputy, year=year).select_related("released_by").first()
    public = {part["label"] for part in released.shown} if released else set()
    context = {
        **_record(request, deputy, year),
        "years": range(timezone.localdate().year, timezone.localdate().year - 5, -1),
        "may_confirm": may_edit(request.user, deputy),
        "may_release": request.user.seats.is_office and may_edit(request.user, deputy),
        "released": released,
        "offered": [(part.value, part.label, part.label in public) for part in duty_record.OFFERED],
    }
    return render(request, "reports/duty_record.html", context)


@require_safe
@never_cache
def duty_sheet(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """A4, and as PDF; a file that leaves is an event."""
    deputy, year = _deputy(request, pk), _year(request)
    context = _record(request, deputy, year)
    response = answer(request, "reports/duty_sheet.html", context, name=f"履职档案-{deputy.pk}-{year}")
    if wants_pdf(request):
        after = {"ledger": "duty_record", "deputy": deputy.pk, "year": year}
        address = get_client_ip_address(request)
        record(deputy.county_id, "export", actor=request.user, after=after, address=address)
    return response


@require_POST
def release_duty(request: SignedInRequest, pk: int) -> HttpResponse:
    """The chosen parts go on the deputy's public page; none chosen takes them down."""
    deputy, year = _deputy(request, pk), _year(request)
    sections = duty_record.gather(deputy, year, private=False)
    shown = duty_record.public_text(sections, request.POST.getlist("parts"))
    duty.release(deputy, year, shown, by=request.user)
    messages.success(request, f"已公开 {len(shown)} 个部分。" if shown else "已从公开页面撤下。")
    return redirect(f"{_url(deputy.pk)}?year={year}")


def _url(pk: int) -> str:
    return reverse("reports:duty_record", args=[pk])


@require_safe
def duty_scores(request: SignedInRequest) -> HttpResponse:
    """What each deputy of one's stations did in a year, item by item; points where the county gives some."""
    seats = request.user.seats
    if not seats.is_station_staff:
        raise PermissionDenied("履职汇总由联络站工作人员查看。")
    year, station = _year(request), roster.chosen_station(request.user, request.GET)
    deputies = Deputy.objects.filter(kept_by(request.user)).serving()
    if station:
        deputies = deputies.filter(home_station__in=Station.objects.within(station))
    page = Paginator(deputies.select_related("home_station").order_by("pinyin", "pk"), 50).get_page(
        request.GET.get("page")
    )
    shown = list(page)
    counts = duty_record.counts_of(Deputy.objects.filter(pk__in=[one.pk for one in shown]), year)
    weights = {county: duty_record.weights_of(county) for county in {one.county_id for one in shown}}
    context = {
        "page": page,
        "year": year,
        "items": [item.label.partition("（")[0] for item in duty_record.Scored],
        "rows": [
            (one, list(counts[one.pk].values()), duty_record.score(counts[one.pk], weights[one.county_id]))
            for one in shown
        ],
        "weighed": any(weights.values()),
        "stations": Station.objects.filter(
            seats.subtree(), is_active=True, kind__in=(Kind.HUB, Kind.TOWNSHIP, Kind.STUDIO)
        ).order_by("path"),
        "station": station,
        "years": range(timezone.localdate().year, timezone.localdate().year - 5, -1),
    }
    return render(request, "reports/duty_scores.html", context)


@require_safe
@never_cache
def contact_sheet(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """代表联系群众登记表 of a year: names and telephones in full, so every print is an event."""
    deputy, year = _deputy(request, pk), _year(request)
    rows = deputy.contacts.filter(happened_on__year=year).select_related("constituent").order_by("happened_on", "pk")
    context = {"deputy": deputy, "year": year, "rows": rows}
    response = answer(request, "reports/contact_sheet.html", context, name=f"代表联系群众登记表-{deputy.pk}-{year}")
    after = {"ledger": "contact_sheet", "deputy": deputy.pk, "year": year, "rows": len(rows)}
    address = get_client_ip_address(request)
    record(deputy.county_id, "export", actor=request.user, after=after, address=address)
    return response
