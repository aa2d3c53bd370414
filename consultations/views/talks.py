"""Consultations as they are read: the list, one of them, its sheet on A4, its files."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from consultations import conduct, figures, releases
from consultations.access import consultation_or_404, may_manage, own_parties
from consultations.models import (
    Consultation,
    ConsultationFile,
    ConsultationQuerySet,
    PartyKind,
    PromiseState,
    State,
    Step,
)
from consultations.timeline import entries
from consultations.waiting import TONES
from liaison.lib.paging import paginate
from liaison.lib.years import read_year
from noticeboard.models import Notice
from receptions.models import Brand
from stations.ledgers import wanted_station
from stations.models import Station
from suggestions.choices import Satisfaction
from suggestions.models import Suggestion
from suggestions.paper.sheets import answer

SHOWN = frozenset({"image/jpeg", "application/pdf"})
ORDER = ("-date", "-id")


def wanted_year(request: SignedInRequest) -> int | None:
    return read_year(request.GET.get("year", ""))


def _narrowed(request: SignedInRequest) -> ConsultationQuerySet:
    found = Consultation.objects.visible_to(request.user)
    if year := wanted_year(request):
        found = found.filter(date__year=year)
    if station := wanted_station(request.user, request.GET):
        found = found.filter(station__in=Station.objects.within(station))
    if (brand := request.GET.get("brand", "")).isdecimal() and len(brand) < 18:
        found = found.filter(brand=int(brand))
    if words := request.GET.get("q", "").strip()[:40]:
        found = found.filter(Q(topic__icontains=words) | Q(place__icontains=words))
    return found


@require_safe
def listing(request: SignedInRequest) -> HttpResponse:
    narrowed = _narrowed(request)
    state = request.GET.get("state", "")
    found = narrowed.filter(state=state) if state in State.values else narrowed
    promises = Count("promises", distinct=True)
    still = Count("promises", filter=Q(promises__state=PromiseState.OPEN), distinct=True)
    rows = found.select_related("station", "brand").annotate(given=promises, still=still)
    seats = request.user.seats
    context = {
        "page": paginate(
            rows, order=ORDER, after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=30
        ),
        "figures": figures.counted(narrowed),
        "states": State.choices,
        "state": state,
        "tones": TONES,
        "stations": Station.objects.filter(seats.subtree(), is_active=True).order_by("path"),
        "station": wanted_station(request.user, request.GET),
        "brands": Brand.objects.filter(seats.subtree("station__")).select_related("station"),
        "year": wanted_year(request),
        "filtered": bool(state or request.GET.get("q") or request.GET.get("station") or request.GET.get("brand")),
        "may_begin": seats.is_station_staff,
    }
    return render(request, "consultations/list.html", context)


@require_safe
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    one = consultation_or_404(request.user, pk)
    return render(request, "consultations/detail.html", page_of(request, one))


def page_of(request: SignedInRequest, one: Consultation) -> dict[str, Any]:
    manages = may_manage(request.user, one)
    own = own_parties(request.user, one)
    today = timezone.localdate()
    parties = list(one.parties.select_related("deputy", "department__station"))
    came = [party for party in own if party.signed_in_at]
    rating = not conduct.obstacle("rate", one)
    return {
        "one": one,
        "tone": TONES[State(one.state)],
        "manages": manages,
        "open": {name for name in conduct.ACTS if not conduct.obstacle(name, one)} if manages else set(),
        "deputies": [party for party in parties if party.kind == PartyKind.DEPUTY],
        "responsible": [party for party in parties if party.kind == PartyKind.RESPONSIBLE],
        "to_sign": [party for party in own if not party.signed_in_at] if one.state == State.UNDERWAY else [],
        "to_rate": came if rating and (one.state != State.FINISHED or not all(p.rated_at for p in came)) else [],
        "satisfactions": Satisfaction.choices,
        "promises": one.promises.select_related("department").annotate(entries=Count("progress")),
        "cases": one.cases.order_by("pk"),
        "seen_cases": set(_seen_cases(request, one).values_list("pk", flat=True)),
        "files": {step: [row for row in one.files.all() if row.step == step] for step in Step.values},
        "chain": chain_of(request, one),
        "ratings": figures.ratings_of(one),
        "votes": sum(figures.ratings_of(one)),
        "history": entries(one) if manages else [],
        "today": today,
        "may_start": one.date <= today,
        "road": road(one),
    }


def _seen_cases(request: SignedInRequest, one: Consultation) -> QuerySet[Suggestion]:
    """Who was asked to come sees the numbers of the cases, and opens those that are the person's own business."""
    return Suggestion.objects.visible_to(request.user).filter(pk__in=one.cases.values("pk"))


def road(one: Consultation) -> list[dict[str, Any]]:
    """The three steps and the end: done, now, or to come."""
    order = [State.PREPARING, State.UNDERWAY, State.FOLLOWING, State.FINISHED]
    days = [one.created_at, one.date, one.concluded_on, one.finished_on]
    stopped = one.state == State.CANCELLED
    place = 0 if stopped else order.index(State(one.state))
    looks = ["stopped" if stopped and number == 0 else _look(number, place, one) for number in range(4)]
    shown = [day if number <= place and not (stopped and number) else None for number, day in enumerate(days)]
    return [
        {"label": state.label, "look": look, "day": day} for state, look, day in zip(order, looks, shown, strict=True)
    ]


def _look(number: int, place: int, one: Consultation) -> str:
    if number < place or one.state == State.FINISHED:
        return "done"
    return "now" if number == place and one.state != State.CANCELLED else "next"


def chain_of(request: SignedInRequest, one: Consultation) -> list[dict[str, Any]]:
    """Each step with its notice, and why it cannot be public yet."""
    rows = {row.step: row.notice for row in one.releases.select_related("notice")}
    seen = set(
        Notice.objects.visible_to(request.user)
        .filter(pk__in=[notice.pk for notice in rows.values()])
        .values_list("pk", flat=True)
    )
    return [
        {
            "step": step,
            "title": releases.TITLES[step],
            "notice": rows.get(step),
            "seen": step in rows and rows[step].pk in seen,
            "obstacle": releases.obstacle(one, step),
        }
        for step in Step
    ]


@require_safe
def sheet(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """协商议事记录表: the whole consultation on A4."""
    one = consultation_or_404(request.user, pk)
    return answer(request, "consultations/sheet.html", page_of(request, one), name="协商议事记录表")


@require_safe
def file(request: SignedInRequest, pk: int, file_pk: int) -> FileResponse:
    one = consultation_or_404(request.user, pk)
    row = get_object_or_404(ConsultationFile, pk=file_pk, consultation=one)
    try:
        handle = row.file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        raise Http404("文件已不在。") from error
    response = FileResponse(
        handle, as_attachment=row.media_type not in SHOWN, filename=row.name, content_type=row.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=600"
    return response
