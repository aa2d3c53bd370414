"""联系群众: a deputy's own list and log on the phone, and who is behind, for the offices."""

from __future__ import annotations

import datetime as dt
from typing import Any

from axes.helpers import get_client_ip_address
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from deputies import contact_table, contacts, roster
from deputies.access import may_keep_log
from deputies.forms_contact import ConstituentForm, ContactForm, LogForm
from deputies.models import Constituent, Contact, Deputy, Level
from deputies.views.people import deputy_or_404
from stations.models import Kind, Station

SHOWN = 30  # talks on a deputy's page; the export has all


@require_safe
def contact_overview(request: SignedInRequest) -> HttpResponse:
    """Who is behind. A deputy without an office is led to the own list."""
    seats = request.user.seats
    if not seats.is_station_staff:
        if seats.deputies:
            return redirect("deputies:deputy_contacts", seats.deputies[0].pk)
        raise PermissionDenied("联系群众由代表和联络站工作人员填报、查看。")
    month = contact_table.chosen_month(request.GET.get("month", ""))
    table = contact_table.table(contact_table.deputies_of(request.user, request.GET), month)
    only_behind = request.GET.get("show") == "behind"
    rows = [row for row in table.rows if row.month.is_behind or row.year.is_behind] if only_behind else table.rows
    offices = (Kind.HUB, Kind.TOWNSHIP, Kind.STUDIO)
    context = {
        "table": table,
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "month": month,
        "this_month": contacts.month_of(timezone.localdate()),
        "only_behind": only_behind,
        "stations": Station.objects.filter(seats.subtree(), is_active=True, kind__in=offices).order_by("path"),
        "station": roster.chosen_station(request.user, request.GET),
        "levels": [(level.value, level.label) for level in (Level.COUNTY, Level.TOWNSHIP)],
    }
    return render(request, "deputies/contact_overview.html", context)


def _keeper(request: SignedInRequest, pk: int) -> Deputy:
    deputy = deputy_or_404(request, pk)
    if not may_keep_log(request.user, deputy):
        raise PermissionDenied("联系群众由代表本人或所在联络站、上级站的工作人员填报、查看。")
    return deputy


@require_safe
@never_cache
def deputy_contacts(request: SignedInRequest, pk: int) -> HttpResponse:
    deputy = _keeper(request, pk)
    return _show(request, deputy, revealed=deputy.pk in request.user.seats.deputy_ids)


@require_POST
@never_cache
def reveal_constituents(request: SignedInRequest, pk: int) -> HttpResponse:
    """The list with names and numbers in full."""
    return _show(request, _keeper(request, pk), revealed=True)


def _show(request: SignedInRequest, deputy: Deputy, *, revealed: bool) -> HttpResponse:
    today = timezone.localdate()
    month = contacts.month_of(today)
    people = list(Constituent.objects.current().filter(deputy=deputy).order_by("pk"))
    done = set(Contact.objects.filter(deputy=deputy, month=month).values_list("constituent", flat=True))
    log = Contact.objects.filter(deputy=deputy).select_related("constituent", "entered_by")
    own = Deputy.objects.filter(pk=deputy.pk)
    span = _span(request)
    if span:
        log = log.between(*span)
    year = contacts.tally(own, month.replace(month=1), month - dt.timedelta(days=1))[deputy.pk]
    if revealed and people:
        contacts.note_look(deputy, by=request.user, address=get_client_ip_address(request))
    quota = contacts.quota_for(deputy)
    context = {
        "deputy": deputy,
        "is_self": deputy.pk in request.user.seats.deputy_ids,
        "others": [one for one in request.user.seats.deputies if one.pk != deputy.pk],
        "revealed": revealed,
        "people": [(one, one.pk in done) for one in people],
        "quota": quota,
        "extra": len(people) - quota,
        "done": len(done),
        "year": year,
        "month": month,
        "log": [(row, _case_of(row)) for row in log.prefetch_related("raised__suggestion")[: None if span else SHOWN]],
        "more": not span and log.count() > SHOWN,
        "span": span,
        "of_span": contacts.tally(own, *span)[deputy.pk] if span else None,
        "register_url": _register_url(),
    }
    return render(request, "deputies/deputy_contacts.html", context)


def _span(request: SignedInRequest) -> tuple[dt.date, dt.date] | None:
    """The days that statistics ask for, ``?since=2026-03-01&until=2026-03-31``; None where none are."""
    try:
        first = dt.date.fromisoformat(request.GET.get("since", ""))
        return first, dt.date.fromisoformat(request.GET.get("until", ""))
    except ValueError:
        return None


def _register_url() -> str:
    """Where a case is made of what somebody said: a page of a room above this one."""
    try:
        return reverse("suggestions:register")
    except NoReverseMatch:
        return ""


def _case_of(row: Any) -> Any:
    """The case that came of a talk; cases live above this room, so by the related name."""
    return next((link.suggestion for link in row.raised.all()), None)


def log_contact(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new entry. Pressed with 保存并登记意见, it goes on to the register page, filled in."""
    deputy = _keeper(request, pk)
    people = list(Constituent.objects.current().filter(deputy=deputy).order_by("pk"))
    if not people:
        messages.info(request, "先登记联系的群众，再记联系情况。")
        return redirect("deputies:add_constituent", pk)
    form = LogForm(request.POST or None, people=people, initial={"constituents": request.GET.getlist("who")})
    if request.method == "POST" and form.is_valid():
        try:
            rows = contacts.log_contact(deputy.pk, by=request.user, **form.arguments())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"已记下与{len(rows)}位群众的联系。")
            if "raise" in request.POST and (url := _register_url()):
                return redirect(f"{url}?contact={rows[0].pk}")
            return redirect("deputies:deputy_contacts", pk)
    contacts.note_look(deputy, by=request.user, address=get_client_ip_address(request))
    month = contacts.month_of(timezone.localdate())
    done = set(Contact.objects.filter(deputy=deputy, month=month).values_list("constituent", flat=True))
    context = {"form": form, "deputy": deputy, "done": done, "is_self": deputy.pk in request.user.seats.deputy_ids}
    return render(request, "deputies/log_contact.html", context)


def _contact(request: SignedInRequest, pk: int) -> Contact:
    rows = Contact.objects.visible_to(request.user).select_related("deputy__home_station", "constituent")
    return get_object_or_404(rows, pk=pk)


def edit_contact(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _contact(request, pk)
    form = ContactForm.of(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contacts.edit_contact(row.pk, by=request.user, **form.arguments())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "已保存。")
            return redirect("deputies:deputy_contacts", row.deputy_id)
    return render(request, "deputies/edit_contact.html", {"form": form, "row": row, "deputy": row.deputy})


@require_POST
def delete_contact(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _contact(request, pk)
    try:
        contacts.delete_contact(row.pk, by=request.user)
        messages.success(request, "这条联系记录已删除。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("deputies:deputy_contacts", row.deputy_id)


def add_constituent(request: SignedInRequest, pk: int) -> HttpResponse:
    deputy = _keeper(request, pk)
    form = ConstituentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contacts.add_constituent(deputy.pk, by=request.user, **form.arguments())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "已加入联系名单。")
            again = "deputies:add_constituent" if "more" in request.POST else "deputies:deputy_contacts"
            return redirect(again, pk)
    quota, listed = contacts.quota_for(deputy), Constituent.objects.current().filter(deputy=deputy).count()
    context = {"quota": quota, "listed": listed, "missing": quota - listed - 1}
    return _constituent_page(request, form, deputy, **context)


def _constituent(request: SignedInRequest, pk: int) -> Constituent:
    people = Constituent.objects.visible_to(request.user).select_related("deputy__home_station", "deputy__county")
    return get_object_or_404(people, pk=pk)


def edit_constituent(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _constituent(request, pk)
    form = ConstituentForm(request.POST or None, initial={n: getattr(one, n) for n in ConstituentForm.base_fields})
    if request.method == "POST" and form.is_valid():
        try:
            contacts.edit_constituent(one.pk, by=request.user, **form.arguments())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "已保存。")
            return redirect("deputies:deputy_contacts", one.deputy_id)
    contacts.note_look(one.deputy, by=request.user, address=get_client_ip_address(request))
    return _constituent_page(request, form, one.deputy, one=one)


def _constituent_page(request: SignedInRequest, form: ConstituentForm, deputy: Deputy, **more: Any) -> HttpResponse:
    context = {"form": form, "deputy": deputy, "places": contacts.places(deputy.county), **more}
    return render(request, "deputies/constituent.html", context)


@require_POST
def end_constituent(request: SignedInRequest, pk: int) -> HttpResponse:
    return _take_off(request, pk, contacts.end_constituent, "已移出联系名单，以前的联系记录保留。")


@require_POST
def erase_constituent(request: SignedInRequest, pk: int) -> HttpResponse:
    return _take_off(request, pk, contacts.erase_constituent, "姓名、电话、住址和联系情况的文字已经删除，不能恢复。")


def _take_off(request: SignedInRequest, pk: int, change: Any, said: str) -> HttpResponse:
    one = _constituent(request, pk)
    try:
        change(one.pk, by=request.user)
        messages.success(request, said)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("deputies:deputy_contacts", one.deputy_id)
