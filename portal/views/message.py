"""Leave a message for a station or a deputy; no account, no JavaScript needed."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from liaison.lib.querycodes import grouped
from portal.forms import MessageForm
from portal.limiting import MESSAGES, address
from portal.views.follow import case_in_session, remember
from stations.models import Station
from suggestions import workflow
from suggestions.models import Suggestion
from suggestions.registration import VoterData


@login_not_required
@never_cache
def leave_message(request: HttpRequest, pk: int) -> HttpResponse:
    stations = Station.objects.select_related("parent", "county")
    station = get_object_or_404(stations, pk=pk, is_active=True)
    if request.method == "POST":
        form = MessageForm(request.POST, request.FILES, station=station)
        if MESSAGES.used_up(address(request)):
            form.full_clean()
            form.add_error(None, "这个网络一小时内的留言太多了，请过一会儿再试，或直接到联络站反映。")
        elif form.is_valid() and not form.is_robot and (case := _submit(request, form, station)):
            remember(request, case)
            return redirect("portal:receipt")
        token = request.POST.get("token", "")[:40]
    else:
        form = MessageForm(station=station, initial={"deputy": request.GET.get("deputy", "")})
        token = uuid.uuid4().hex
    return render(request, "portal/leave_message.html", {"form": form, "station": station, "token": token})


def _submit(request: HttpRequest, form: MessageForm, station: Station) -> Suggestion | None:
    data = form.cleaned_data
    try:
        case = workflow.submit(
            station=station,
            title=data["title"],
            content=data["content"],
            place=data["place"],
            deputy=data["deputy"],
            voter=VoterData(name=data["name"], phone=data["phone"], address=data["address"]),
            may_publish=data["may_publish"],
            files=data["photos"],
            token=request.POST.get("token", "")[:40],
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None
    MESSAGES.count(address(request))
    return case


@login_not_required
@never_cache
def receipt(request: HttpRequest) -> HttpResponse:
    """Number and query code, what happens next and by when; opens again as long as the browser stays open."""
    case = case_in_session(request)
    if case is None:
        return redirect("portal:query")
    return render(request, "portal/receipt.html", {"case": case, "code": grouped(case.query_code)})
