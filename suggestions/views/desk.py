"""The desk of a reception day (接待台): who is there, and what each visitor says, on one page made for a tablet."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_client_ip_address
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from liaison.lib.phones import tidy
from receptions import sittings
from receptions.access import day_or_404, may_manage
from receptions.desk_side import side
from receptions.models import DayState, ReceptionDay
from stations.models import Station
from suggestions.entries import Known, entries_of, recognise, save
from suggestions.forms_entry import EntryForm
from suggestions.forms_fields import CallField
from suggestions.forms_register import new_token

SHOWN = 100  # entries listed below the form; the rest is in the ledger


def sat_day(request: SignedInRequest, pk: int) -> ReceptionDay:
    """404 for a day of another county, 403 for whoever has no business at its desk."""
    day = day_or_404(request.user, pk)
    if not sittings.may_enter(request.user, day):
        raise PermissionDenied("接待台由本站和上级站的工作人员、当天值班的代表和驻站人员使用。")
    return day


@require_safe
def today(request: SignedInRequest) -> HttpResponse:
    """The desk of today; where there are several days, or none, the list to choose from."""
    seats = request.user.seats
    if not (seats.stations or seats.deputies or seats.officer_of):
        raise PermissionDenied("您的身份不参加接待。")
    mine = Q(station_id__in=seats.officer_station_ids) | seats.subtree("station__")
    mine |= Q(pk__in=ReceptionDay.objects.filter(duties__deputy__in=seats.deputy_ids).values("pk"))
    days = ReceptionDay.objects.visible_to(request.user).standing().filter(mine).select_related("station")
    now = timezone.localdate()
    current = days.filter(Q(date=now) | Q(state=DayState.OPEN)).order_by("date", "station__path")
    if len(current) == 1:
        return redirect("suggestions:desk", current[0].pk)
    context = {
        "days": current,
        "next": days.filter(date__gt=now).order_by("date", "station__path")[:5],
        "last": days.filter(date__lt=now).exclude(state=DayState.OPEN).order_by("-date", "station__path")[:5],
    }
    return render(request, "suggestions/desk_today.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def desk(request: SignedInRequest, pk: int) -> HttpResponse:
    day = sat_day(request, pk)
    beside = side(request.user, day)
    if request.method != "POST":
        return _page(request, day, beside, None)
    form = EntryForm(request.POST, user=request.user, day=day, duties=beside["duties"])
    if "find" in request.POST:
        return _found(request, day, beside)
    if form.is_valid():
        try:
            case, is_new = save(form, request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if is_new or _is_same(request, form, case):
                if not is_new:
                    messages.info(request, f"这件意见刚才已经登记为 {case.number}，没有重复保存。")
                return redirect(f"{reverse('suggestions:desk', args=[pk])}?done={case.pk}")
            form.add_error(None, "这张表刚才已经保存过一次。如果这是另一件意见，请再按一次保存。")
            typed = request.POST.copy()
            typed["token"] = new_token()
            form.data = typed
    return _page(request, day, beside, form)


def _is_same(request: SignedInRequest, form: EntryForm, case: Any) -> bool:
    return case.registered_by_id == request.user.pk and case.content == form.cleaned_data["content"]


def _found(request: SignedInRequest, day: ReceptionDay, beside: dict[str, Any]) -> HttpResponse:
    """Without scripts: the same page with what was typed, nothing judged yet, and the visitor if known."""
    typed = {name: request.POST.get(name, "") for name in EntryForm.base_fields}
    known = _known(request, day)
    if known:
        for name in ("name", "address", "gender", "age_band"):
            typed[name] = typed[name] or getattr(known, name)
    form = EntryForm(initial=typed, user=request.user, day=day, duties=beside["duties"])
    return _page(request, day, beside, form, known=known, asked=True)


@require_POST
@never_cache
def recognised(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who has this number, asked while the clerk types on."""
    day = sat_day(request, pk)
    return render(request, "suggestions/desk_known.html", {"known": _known(request, day), "asked": True})


def _known(request: SignedInRequest, day: ReceptionDay) -> Known | None:
    phone = CallField().to_python(tidy(request.POST.get("phone", "")[:40]))
    return recognise(request.user, day, phone, address=get_client_ip_address(request))


def _page(
    request: SignedInRequest,
    day: ReceptionDay,
    beside: dict[str, Any],
    form: EntryForm | None,
    *,
    known: Known | None = None,
    asked: bool = False,
) -> HttpResponse:
    rows = list(entries_of(request.user, day)[: SHOWN + 1])
    closed = day.state == DayState.CLOSED and beside["manages"] and ("entry" in request.GET or form is not None)
    if form is None and (day.state == DayState.OPEN or closed):
        mine = next((row for row in rows if row.registered_by_id == request.user.pk), None)
        start = {"deputy": str(mine.deputy_id)} if mine and mine.deputy_id else {}
        form = EntryForm(user=request.user, day=day, duties=beside["duties"], initial=start)
    done = request.GET.get("done", "")
    context = {
        **beside,
        "form": form,
        "known": known,
        "asked": asked,
        "rows": rows[:SHOWN],
        "more_rows": len(rows) > SHOWN,
        "answered": sum(row.on_the_spot for row in rows),
        "done": next((row for row in rows if str(row.pk) == done), None),
        "villages": _villages(day.station) if form else [],
        "photos": list(day.photos.all()) if day.state == DayState.CLOSED else [],
        "covers": may_manage(request.user, day.station),
    }
    return render(request, "suggestions/desk.html", context)


def _villages(station: Station) -> list[str]:
    """Suggested while one types: the villages below the station."""
    top = station.parent if station.kind == "point" and station.parent else station
    names = Station.objects.filter(parent=top, kind="point", is_active=True).values_list("name", flat=True)
    return [name.removesuffix("联络点").removesuffix("代表").removesuffix("人大") for name in names]
