"""Leave a message for a station or a deputy, in three steps: the matter, how to reach the voter, a look at it all.

No account, no JavaScript. What was typed and picked is kept on the server between the steps (``drafts.py``).
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from deputies.models import Deputy
from liaison.lib.encryption import blind_index
from liaison.lib.text import clean
from portal import captcha, drafts
from portal.forms import ContactForm, MatterForm, SendForm
from portal.limiting import MESSAGES, MESSAGES_OF_PHONE, address
from portal.models import Draft
from portal.picking import keep_picked
from portal.views.receipt import remember
from stations.models import Kind, Station
from suggestions.models import Suggestion

GONE = "没有找到还没提交的留言。留言超过一天不提交，就会自动清除；请重新填写。"
MOST_FOUND = 50


@login_not_required
@never_cache
def leave_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Step one. An unsent message is taken up again, at this station if it was begun at another one."""
    stations = Station.objects.select_related("parent", "county")
    station = get_object_or_404(stations, pk=pk, is_active=True)
    draft = drafts.open_draft(request)
    if request.method == "POST":
        form = MatterForm(request.POST, request.FILES, station=station)
        ok = form.is_valid()
        draft = keep_picked(request, form, draft, lambda: drafts.begin(request, station, opened_at=form.opened_at))
        if ok and not form.errors:
            draft = draft or drafts.begin(request, station, opened_at=form.opened_at)
            _keep_matter(draft, form, station)
            return redirect("portal:message_check" if drafts.is_complete(draft) else "portal:message_contact")
    else:
        asked = {"deputy": request.GET.get("deputy", "")[:18]} if request.GET.get("deputy") else {}
        form = MatterForm(station=station, initial=(drafts.values_of(draft) if draft else {}) | asked)
    context = {
        "form": form,
        "station": station,
        "draft": draft,
        "photos": list(draft.photos.all()) if draft else [],
        "sent": drafts.current(request) if draft is None and request.method == "GET" else None,
    }
    return render(request, "portal/leave_message.html", context)


def _keep_matter(draft: Draft, form: MatterForm, station: Station) -> None:
    data: dict[str, Any] = form.cleaned_data
    draft.station = station
    draft.suspect = draft.suspect or form.is_suspect
    deputy = data["deputy"].pk if data["deputy"] else None
    drafts.keep(draft, title=data["title"], content=data["content"], place=data["place"], deputy=deputy)


@login_not_required
@never_cache
def message_contact(request: HttpRequest) -> HttpResponse:
    """Step two."""
    draft = drafts.current(request)
    if draft is None or draft.case_id or not draft.data:
        return _elsewhere(request, draft)
    values = drafts.values_of(draft)
    if "may_publish" in values:
        values["may_publish"] = "1" if values["may_publish"] else "0"
    form = ContactForm(request.POST if request.method == "POST" else None, initial=values)
    if request.method == "POST" and form.is_valid():
        drafts.keep(draft, **form.cleaned_data)
        return redirect("portal:message_check")
    return render(request, "portal/message_contact.html", {"form": form, "draft": draft, "station": draft.station})


def _elsewhere(request: HttpRequest, draft: Draft | None) -> HttpResponse:
    """A step that is not this message's: it is gone, or sent, or not begun."""
    if draft is None:
        messages.error(request, GONE)
        return redirect("portal:home")
    if draft.case:
        remember(request, draft.case)
        return redirect("portal:receipt")
    return redirect("portal:message_contact") if draft.data else redirect("portal:leave_message", draft.station_id)


@login_not_required
@never_cache
def message_check(request: HttpRequest) -> HttpResponse:
    """Step three: everything once more, with ways back, and the sending."""
    draft = drafts.current(request)
    if draft is None or draft.case_id or not drafts.is_complete(draft):
        return _elsewhere(request, draft)
    asked = draft.suspect or MESSAGES.used(address(request)) > 0
    form = SendForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        known = drafts.digest_of(draft)
        if pk := request.session.get(drafts.SENT_KEY, {}).get(known):
            drafts.erase(draft)
            return _sent(request, Suggestion.objects.get(pk=pk), known)
        if _may_send(request, form, draft, asked) and (case := _send(request, form, draft)):
            return _sent(request, case, known)
        draft = drafts.current(request)
        if draft is None or draft.case_id:  # sent by another press of the same button meanwhile, which was counted
            return _elsewhere(request, draft)
    return _check_page(request, form, draft, asked)


def _check_page(request: HttpRequest, form: SendForm, draft: Draft, asked: bool) -> HttpResponse:
    challenge = captcha.new() if asked else None
    if challenge:
        form.data = {"captcha_key": challenge.key, "captcha": ""}
        form.initial["captcha_key"] = challenge.key
    values = drafts.values_of(draft)
    deputy = Deputy.objects.filter(pk=values["deputy"]).first() if values["deputy"] else None
    context = {
        "form": form,
        "draft": draft,
        "station": draft.station,
        "values": values,
        "deputy": deputy,
        "photos": list(draft.photos.all()),
        "challenge": challenge,
    }
    return render(request, "portal/message_check.html", context)


def _may_send(request: HttpRequest, form: SendForm, draft: Draft, asked: bool) -> bool:
    phone = drafts.values_of(draft)["phone"]
    if MESSAGES.used_up(address(request)):
        form.add_error(None, "这个网络一小时内的留言太多了。您写的已经保留，请过一会儿再提交，或直接到联络站反映。")
    elif phone and MESSAGES_OF_PHONE.used_up(blind_index(phone)):
        form.add_error(None, "这个电话今天的留言已经很多了，请明天再提交，或直接到联络站反映。")
    elif asked and not captcha.passes(form.cleaned_data["captcha_key"], form.cleaned_data["captcha"]):
        form.add_error("captcha", "没有答对，换了一道，请再答一次。写出数字，或者算术题的得数，都可以。")
    return not form.errors


def _send(request: HttpRequest, form: SendForm, draft: Draft) -> Suggestion | None:
    phone = drafts.values_of(draft)["phone"]
    try:
        case = drafts.send(draft.pk)
    except ValidationError as error:
        form.add_error(None, error)
        return None
    except Draft.DoesNotExist:  # cleared by another press meanwhile
        return None
    MESSAGES.count(address(request))
    if phone:
        MESSAGES_OF_PHONE.count(blind_index(phone))
    return case


def _sent(request: HttpRequest, case: Suggestion, digest: str) -> HttpResponse:
    request.session[drafts.SENT_KEY] = {**request.session.get(drafts.SENT_KEY, {}), digest: case.pk}
    remember(request, case)
    return redirect("portal:receipt")


@login_not_required
@never_cache
def message_station(request: HttpRequest) -> HttpResponse:
    """Another station for the message that is being written; what was typed goes along."""
    draft = drafts.open_draft(request)
    if draft is None:
        return _elsewhere(request, drafts.current(request))
    query = clean(request.GET.get("q", ""))[:30]
    stations = Station.objects.filter(county=draft.station.county_id, is_active=True).select_related("parent")
    named = Q(name__contains=query) | Q(address__contains=query)
    found = stations.filter(named) if query else stations.exclude(kind=Kind.POINT)
    context = {"draft": draft, "query": query, "stations": found.order_by("kind", "path")[:MOST_FOUND]}
    return render(request, "portal/message_station.html", context)


@login_not_required
@require_POST
def message_discard(request: HttpRequest) -> HttpResponse:
    """Away with what is written, photos included."""
    draft = drafts.open_draft(request)
    station_id = draft.station_id if draft else None
    if draft:
        drafts.erase(draft)
        request.session.pop(drafts.SESSION_KEY, None)
        messages.success(request, "已清除没有提交的留言。")
    return redirect("portal:station", station_id) if station_id else redirect("portal:home")
