"""Who attends a meeting: deputies invited, citizens signed up, answers, the sign-in on the day, the sheet on paper."""

from __future__ import annotations

from axes.helpers import get_client_ip_address
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from deputies import roster
from deputies.models import Deputy, Level
from meetings import convening
from meetings.forms import COME, NOT, AnswerForm, CitizenForm
from meetings.models import Answer, Attendee, Meeting, MeetingState
from meetings.views.meeting import act, office_or_403, press
from stations.models import Kind, Station
from suggestions.paper.sheets import answer as paper

SHOWN = 120  # deputies to choose from at once
BLANK_ROWS = 4  # for whoever comes unannounced


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: SignedInRequest, pk: int) -> HttpResponse:
    """Deputies to tick, each with how often invited in this session, so that all get their turn."""
    one = office_or_403(request, pk)
    problem, ticked = "", [key for key in request.POST.getlist("deputy") if key.isdecimal() and len(key) < 18]
    if request.method == "POST":
        try:
            rows = convening.invite(pk, Deputy.objects.filter(pk__in=ticked).select_related("user"), by=request.user)
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            said = f"已邀请 {len(rows)} 名代表，通知已发出。" if one.held_on >= timezone.localdate() else "已登记。"
            return press(request, pk, lambda: None, said)
    serving = Deputy.objects.serving().filter(county=one.county_id).values("pk")
    found = roster.filtered(request.user, request.GET).filter(pk__in=serving)
    found = found.exclude(pk__in=one.attendees.deputies().values("deputy"))
    this_session = Q(meetings_attended__meeting__session=one.session)
    found = found.annotate(times=Count("meetings_attended", filter=this_session)).order_by("times", "pinyin", "pk")
    offices = (Kind.HUB, Kind.TOWNSHIP, Kind.STUDIO)
    context = {
        "meeting": one,
        "deputies": found[:SHOWN],
        "more": found.count() > SHOWN,
        "ticked": set(map(int, ticked)),
        "problem": problem,
        "levels": Level.choices,
        "stations": Station.objects.filter(county=one.county_id, is_active=True, kind__in=offices).order_by("path"),
        "station": roster.chosen_station(request.user, request.GET),
    }
    return render(request, "meetings/invite.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_citizen(request: SignedInRequest, pk: int) -> HttpResponse:
    one = office_or_403(request, pk)
    form = CitizenForm(request.POST or None)

    def change() -> str:
        convening.add_citizen(pk, by=request.user, **form.cleaned_data)
        return "已登记旁听公民。"

    return act(request, one, form, change, "登记旁听公民", "登记")


def _row(request: SignedInRequest, pk: int) -> Attendee:
    seen = Attendee.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("meeting__county", "deputy"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """The deputy on the phone, or the office for a deputy who called."""
    row = _row(request, pk)
    if not convening.may_answer(request.user, row):
        raise PermissionDenied("能否参加由被邀请的代表答复。")
    start = {Answer.COMING: COME, Answer.DECLINED: NOT}.get(Answer(row.answer))
    form = AnswerForm(request.POST or None, initial={"coming": start, "reason": row.reason})

    def change() -> str:
        coming = form.cleaned_data["coming"] == COME
        convening.answer(pk, by=request.user, coming=coming, reason=form.cleaned_data["reason"])
        return "已答复：参加。" if coming else "已答复：不能参加。"

    assert row.deputy is not None
    title = "列席会议" if row.deputy_id in request.user.seats.deputy_ids else f"代{row.deputy.name}代表答复"
    return act(request, row.meeting, form, change, title, "答复")


def _office_row(request: SignedInRequest, pk: int) -> Attendee:
    row = _row(request, pk)
    if not convening.may_arrange(request.user, row.meeting.county_id):
        raise PermissionDenied("列席、旁听人员由县人大常委会代表工委登记。")
    return row


@require_POST
def take_off(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _office_row(request, pk)
    return press(request, row.meeting_id, lambda: convening.take_off(pk, by=request.user), "已移出名单。")


@require_POST
def erase_citizen(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _office_row(request, pk)
    said = "已删除这名公民的个人信息，旁听人次不变。"
    return press(request, row.meeting_id, lambda: convening.erase_citizen(pk, by=request.user), said)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """The desk at the door: one press a person. Names in full, since people say their names there."""
    one = office_or_403(request, pk)
    if request.method == "POST":
        row = get_object_or_404(Attendee, pk=int(_number(request.POST.get("attendee", ""))), meeting=one)
        change = convening.undo_sign_in if "undo" in request.POST else convening.sign_in
        return press(request, pk, lambda: change(row.pk, by=request.user), "", "meetings:sign_in")
    convening.note_look(one, by=request.user, address=get_client_ip_address(request))
    rows = list(_people(one))
    context = {
        "meeting": one,
        "deputies": [row for row in rows if row.deputy_id],
        "citizens": [row for row in rows if not row.deputy_id],
        "present": sum(row.signed_in_at is not None for row in rows),
        "open": one.state == MeetingState.PLANNED and one.held_on <= timezone.localdate(),
        "today": timezone.localdate(),
    }
    return render(request, "meetings/sign_in.html", context)


def _number(text: str) -> str:
    return text if text.isdecimal() and len(text) < 18 else "0"


def _people(one: Meeting) -> list[Attendee]:
    found = one.attendees.select_related("deputy__home_station", "citizen")
    return list(found.order_by("-kind", "deputy__pinyin", "pk"))


@require_safe
@never_cache
def sheet(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """签到表 on A4: whoever has not said no, and blank rows."""
    one = office_or_403(request, pk)
    convening.note_look(one, by=request.user, address=get_client_ip_address(request))
    rows = [row for row in _people(one) if row.answer != Answer.DECLINED]
    context = {"meeting": one, "rows": rows, "blank": range(BLANK_ROWS)}
    return paper(request, "meetings/sheet.html", context, name=f"签到表-{one.session}-{one.number}")
