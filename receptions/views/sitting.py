"""The presses of the desk: open, sign in, count, close, correct, photos. The desk's own page, which takes cases down,
stands with the cases (suggestions/views/desk.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from noticeboard.models import NoticeState
from receptions import photos, sittings, summaries
from receptions.access import day_or_404, managed_day
from receptions.desk_side import side
from receptions.forms_sitting import CloseForm, CorrectForm, LateForm, PhotosField, one_of
from receptions.models import DayPhoto, DayState, ReceptionDay
from receptions.sittings import Stale


def part(request: SignedInRequest, day: ReceptionDay) -> dict[str, Any]:
    """The context of ``receptions/day_parts/desk.html``: the way to the desk, and what came of a day that was held."""
    return {
        "may_enter": sittings.may_enter(request.user, day),
        "came_of_it": sittings.figures(day) if day.opened_at else None,
        "invited": list(day.invitations.exclude(state="withdrawn").select_related("department")),
    }


def press(request: SignedInRequest, pk: int, change: Callable[[], Any]) -> HttpResponse:
    """Do it and show the desk again: the whole page, or for htmx the side alone, so that what is being typed stays."""
    managed_day(request.user, pk)
    problem = ""
    try:
        change()
    except ValidationError as error:
        problem = "".join(error.messages)
    if request.htmx:
        return render(request, "receptions/desk_side.html", side(request.user, managed_day(request.user, pk), problem))
    if problem:
        messages.error(request, problem)
    return redirect("suggestions:desk", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def open_day(request: SignedInRequest, pk: int) -> HttpResponse:
    """At one press on the day's date; later with the reason."""
    day = managed_day(request.user, pk)
    late = day.state == DayState.PLANNED and day.date < timezone.localdate()
    form = LateForm(request.POST or None)
    if request.method == "POST" and (not late or form.is_valid()):
        try:
            sittings.open_day(pk, by=request.user, reason=form.cleaned_data["reason"] if late else "")
        except Stale as error:
            messages.info(request, error.messages[0])
            return redirect("suggestions:desk", pk)
        except ValidationError as error:
            if not late:
                messages.error(request, error.messages[0])
                return redirect("suggestions:desk", pk)
            form.add_error(None, error)
        else:
            messages.success(request, "已开始接待。")
            return redirect("suggestions:desk", pk)
    if not late:
        return redirect("suggestions:desk", pk)
    return _form_page(request, "receptions/late_open.html", day, form)


@require_POST
def go_on(request: SignedInRequest, pk: int) -> HttpResponse:
    return press(request, pk, lambda: sittings.reopen(pk, by=request.user))


@require_POST
def sign_in(request: SignedInRequest, pk: int) -> HttpResponse:
    badge = request.POST.get("badge") == "1"
    return press(request, pk, lambda: sittings.sign_in(pk, _key(request, "duty"), badge=badge, by=request.user))


@require_POST
def undo_sign_in(request: SignedInRequest, pk: int) -> HttpResponse:
    return press(request, pk, lambda: sittings.undo_sign_in(pk, _key(request, "duty"), by=request.user))


@require_POST
def sign_in_officer(request: SignedInRequest, pk: int) -> HttpResponse:
    return press(request, pk, lambda: sittings.sign_in_officer(pk, _key(request, "officer"), by=request.user))


@require_POST
def undo_officer(request: SignedInRequest, pk: int) -> HttpResponse:
    return press(request, pk, lambda: sittings.undo_officer(pk, _key(request, "officer"), by=request.user))


@require_POST
def count(request: SignedInRequest, pk: int) -> HttpResponse:
    step = {"more": 1, "fewer": -1}.get(request.POST.get("step", ""), 0)
    return press(request, pk, lambda: sittings.count(pk, step, by=request.user))


def _key(request: SignedInRequest, name: str) -> int:
    return one_of(request.POST.get(name))


# --- close and correct --------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    day = managed_day(request.user, pk)
    if day.state != DayState.OPEN and request.method != "POST":
        return redirect("suggestions:desk", pk)
    start = {"visitors": day.visitors, "summary": day.summary}
    form = CloseForm(request.POST or None, request.FILES or None, day=day, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                closed = sittings.close(pk, by=request.user, **form.arguments())
                _photos_and_notice(request, closed, form)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _said("接待日已结束。", closed, form))
            return redirect("suggestions:desk", pk)
    return _form_page(request, "receptions/close.html", day, form)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedInRequest, pk: int) -> HttpResponse:
    day = managed_day(request.user, pk)
    if day.state != DayState.CLOSED and request.method != "POST":
        return redirect("suggestions:desk", pk)
    start = {
        "visitors": day.visitors,
        "summary": day.summary,
        "seen": sittings.seen(day),
        "release": day.summary_notice_id is not None,
    }
    form = CorrectForm(request.POST or None, request.FILES or None, day=day, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                corrected = sittings.correct(pk, by=request.user, **form.arguments())
                _photos_and_notice(request, corrected, form)
        except ValidationError as error:
            form.add_error(None, error)
            if isinstance(error, Stale):
                form.refresh()
        else:
            messages.success(request, _said("已更正。", corrected, form))
            return redirect("suggestions:desk", pk)
    return _form_page(request, "receptions/close.html", day, form)


def _photos_and_notice(request: SignedInRequest, day: ReceptionDay, form: CloseForm) -> None:
    """In the transaction of the close: the photos, and the summary on the board where that is wanted."""
    data = form.cleaned_data
    if data["photos"]:
        photos.add(day.pk, data["photos"], by=request.user)
    if data["release"]:
        form.notice = summaries.release(day, by=request.user, with_photos=data["with_photos"])


def _said(text: str, day: ReceptionDay, form: CloseForm) -> str:
    if form.notice is None:
        return text
    if form.notice.state == NoticeState.RELEASED:
        return f"{text}小结已公示在{day.station}的公示栏。"
    return f"{text}小结已送审，由另一名工作人员审核后公示。"


def _form_page(request: SignedInRequest, template: str, day: ReceptionDay, form: Any) -> HttpResponse:
    context = {
        "form": form,
        "day": day,
        "figures": sittings.figures(day),
        "back_url": reverse("suggestions:desk", args=[day.pk]),
    }
    return render(request, template, context)


# --- photos -------------------------------------------------------------------------------


@require_POST
def add_photos(request: SignedInRequest, pk: int) -> HttpResponse:
    def change() -> None:
        files = PhotosField(required=False).clean(request.FILES.getlist("photos"))
        photos.add(pk, files, by=request.user)

    return press(request, pk, change)


@require_POST
def remove_photo(request: SignedInRequest, pk: int, photo_id: int) -> HttpResponse:
    return press(request, pk, lambda: photos.remove(pk, photo_id, by=request.user))


@require_safe
def photo(request: SignedInRequest, pk: int, photo_id: int) -> FileResponse:
    """For everybody who sees the day."""
    row = get_object_or_404(DayPhoto, pk=photo_id, day=day_or_404(request.user, pk))
    try:
        handle = row.file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        raise Http404("照片已不在。") from error
    response = FileResponse(handle, content_type=row.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=600"
    return response
