"""Taking a case down, and the slip that the voter takes home."""

from __future__ import annotations

import datetime as dt
from typing import Any

import segno
from axes.helpers import get_client_ip_address
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from deputies.models import Contact
from liaison.lib.querycodes import grouped
from stations.models import Station
from suggestions import from_contact, workflow
from suggestions.choices import Field
from suggestions.forms_register import RegisterForm, VoterFormSet, new_token
from suggestions.looks import note_look
from suggestions.models import Suggestion
from suggestions.registration import stations_to_register_at
from suggestions.triage import suggest_field

LAST_STATION = "register_station"
TWIN = dt.timedelta(hours=12)
TWINS = 30  # the newest of the station are compared


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: SignedInRequest) -> HttpResponse:
    stations = list(stations_to_register_at(request.user))
    contact = from_contact.asked_for(request.user, request.POST.get("contact", request.GET.get("contact", "")))
    station = _chosen(request, stations, contact)
    if request.method != "POST" and contact:
        return _of_contact(request, contact, station, stations)
    if request.method != "POST":
        form = RegisterForm(user=request.user, station=station, initial=_again(request, station))
        return _page(request, form, VoterFormSet(prefix="voter"), stations)
    if "more" in request.POST:
        return _with_one_more(request, station, stations)
    form = RegisterForm(request.POST, request.FILES, user=request.user, station=station)
    voters = VoterFormSet(request.POST, prefix="voter")
    twin = None
    if form.is_valid() & voters.is_valid() and (twin := _twin(request, form)):
        form.add_error(None, f"同样的内容刚才已经登记为 {twin.number}。如果确实是另一件，请再按一次保存。")
    elif form.is_valid() and voters.is_valid():
        try:
            case, is_new = _save(request, station, form, voters, contact)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if is_new or _same(case, form):
                if not is_new:
                    messages.info(request, "这件意见刚才已经登记，没有重复保存。")
                request.session[LAST_STATION] = station.pk
                return redirect("suggestions:receipt", case.pk)
            form.add_error(None, "这张表刚才已经保存过一次。如果这是另一件意见，请再按一次保存。")
            typed = request.POST.copy()
            typed["token"] = new_token()
            form.data = typed
    return _page(request, form, voters, stations, twin)


def _of_contact(request: SignedInRequest, contact: Contact, station: Station, stations: list[Station]) -> HttpResponse:
    """Filled in with what a constituent said; what became a case already leads there."""
    if case := from_contact.case_of(contact):
        messages.info(request, f"这次联系已经登记为 {case.number}。")
        return redirect("suggestions:case", case.pk)
    form = RegisterForm(user=request.user, station=station, initial=from_contact.initial(contact))
    form.initial["deputy"] = form.fields["deputy"].label_of(contact.deputy)  # type: ignore[attr-defined]
    rows = from_contact.voters(contact, by=request.user, address=get_client_ip_address(request))
    return _page(request, form, VoterFormSet(initial=rows, prefix="voter"), stations)


def _chosen(request: SignedInRequest, stations: list[Station], contact: Contact | None = None) -> Station:
    """The station that the form is for: asked for, else the deputy's of a talk, else the last one, else one's own."""
    if not stations:
        raise PermissionDenied("您的身份不登记意见。")
    by_pk = {str(station.pk): station for station in stations}
    asked = request.POST.get("station", request.GET.get("station"))
    if asked is not None:
        if asked not in by_pk:
            raise PermissionDenied("您不能在这个站点登记意见。")
        return by_pk[asked]
    seats = request.user.seats
    own = [*seats.stations, *seats.officer_of, *(deputy.home_station for deputy in seats.deputies)]
    if contact and str(contact.deputy.home_station_id) in by_pk:
        return by_pk[str(contact.deputy.home_station_id)]
    last = request.session.get(LAST_STATION)
    return by_pk.get(str(last)) or next((one for one in own if one and str(one.pk) in by_pk), stations[0])


def _again(request: SignedInRequest, station: Station) -> dict[str, Any]:
    """What the next visitor of the same day shares with the last one: channel, deputy and date."""
    number = request.GET.get("again", "")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return {}
    last = Suggestion.objects.filter(pk=number, registered_by=request.user, station=station).first()
    if last is None:
        return {}
    return {
        "channel": last.channel,
        "happened_on": last.happened_on,
        "deputy": last.deputy.name if last.deputy else "",
    }


def _with_one_more(request: SignedInRequest, station: Station, stations: list[Station]) -> HttpResponse:
    """The same page with another voter's row, nothing judged yet: works without JavaScript."""
    typed = VoterFormSet(request.POST, prefix="voter")
    rows = [{name: typed.data.get(form.add_prefix(name), "") for name in form.fields} for form in typed.forms]
    initial = {name: request.POST.get(name, "") for name in RegisterForm.base_fields}
    form = RegisterForm(user=request.user, station=station, initial=initial)
    return _page(request, form, VoterFormSet(initial=[*rows, {}][:50], prefix="voter"), stations)


def _save(
    request: SignedInRequest, station: Station, form: RegisterForm, voters: Any, contact: Contact | None = None
) -> tuple[Suggestion, bool]:
    """(the case, whether this very form made it): the same form sent twice gives the case it already made."""
    now = timezone.now()
    with transaction.atomic():
        case = workflow.register(by=request.user, station=station, voters=voters.voters(), at=now, **form.arguments())
        if case.registered_by_id != request.user.pk:
            raise ValidationError("这个页面已经过期，请重新打开登记页。")
        is_new = case.created_at == now
        if is_new and contact:
            from_contact.link(contact, case)
        if is_new and form.answer:
            case = workflow.answer(case.pk, text=form.answer, by=request.user, version=case.version)
    return case, is_new


def _twin(request: SignedInRequest, form: RegisterForm) -> Suggestion | None:
    """A case that was just taken down word for word, on a page that was loaded anew and so has a token of its own
    (back, reload, a second tab); None once the clerk has been told and presses again."""
    recent = Suggestion.objects.filter(station=form.station).order_by("-pk")[:TWINS]
    since = timezone.now() - TWIN
    for case in recent.only("title", "content", "number", "registered_by", "created_at", "form_token"):
        mine = case.registered_by_id == request.user.pk and case.created_at >= since
        if mine and _same(case, form) and case.form_token != form.cleaned_data["token"]:
            return None if request.POST.get("twin") == str(case.pk) else case
    return None


def _same(case: Suggestion, form: RegisterForm) -> bool:
    data = form.cleaned_data
    return (case.title, case.content) == (data["title"], data["content"])


def _page(
    request: SignedInRequest, form: RegisterForm, voters: Any, stations: list[Station], twin: Suggestion | None = None
) -> HttpResponse:
    top = form.station.parent if form.station.parent and form.station.parent.is_hub is False else form.station
    villages = Station.objects.filter(parent=top, kind="point", is_active=True).values_list("name", flat=True)
    context = {
        "form": form,
        "voters": voters,
        "stations": stations,
        "twin": twin,
        "contact": request.POST.get("contact", request.GET.get("contact", "")),
        "villages": [name.removesuffix("联络点").removesuffix("代表").removesuffix("人大") for name in villages],
    }
    return render(request, "suggestions/register.html", context)


@require_POST
def guess(request: SignedInRequest) -> HttpResponse:
    """The field that the text is probably about, shown beside the choice while the clerk types."""
    field = suggest_field(request.POST.get("title", "")[:80], request.POST.get("content", "")[:8000])
    return HttpResponse(f"看起来是“{Field(field).label}”" if field else "")


@require_safe
@never_cache
def receipt(request: SignedInRequest, pk: int) -> HttpResponse:
    """The slip with number and query code: for who took the case down, and the office where it came in."""
    seen = Suggestion.objects.visible_to(request.user).select_related("station", "deputy", "county")
    case = get_object_or_404(seen, pk=pk)
    own = case.registered_by_id == request.user.pk
    if not own and not request.user.seats.covers(case.station):
        raise PermissionDenied("回执由登记的站点打印。")
    if not own or timezone.localdate(case.created_at) != timezone.localdate():
        note_look(pk, "receipt", by=request.user, address=get_client_ip_address(request))
    try:
        address = settings.SITE_URL + reverse("portal:query")
    except NoReverseMatch:
        address = ""
    context = {
        "case": case,
        "code": grouped(case.query_code),
        "query_url": address,
        # The number is in it, the code is not: who photographs the picture alone learns nothing.
        "picture": segno.make(f"{address}?number={case.number}").svg_data_uri(scale=4, border=2) if address else "",
    }
    return render(request, "suggestions/receipt.html", context)
