"""Write and edit a notice."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.requests import SignedInRequest, posted_version
from noticeboard import changes, review
from noticeboard.forms import NoticeForm
from noticeboard.models import Notice
from noticeboard.views.reading import notice_or_404


def write(request: SignedInRequest) -> HttpResponse:
    seats = request.user.seats
    if not seats.is_station_staff:
        raise PermissionDenied("公示由站点工作人员起草。")
    form = NoticeForm(
        request.POST or None,
        request.FILES or None,
        user=request.user,
        county_id=seats.stations[0].county_id,
        initial={"station": request.GET.get("station") or seats.stations[0].pk},
    )
    if request.method == "POST" and form.is_valid():
        try:
            notice = changes.write(by=request.user, **form.arguments())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _saved(request, notice)
    return render(request, "noticeboard/form.html", {"form": form})


def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    notice = notice_or_404(request, pk)
    review.require(request.user, "edit", notice)
    shut = review.obstacle("edit", notice)
    posted = request.method == "POST"
    version: int | None = notice.version
    if posted:
        form = NoticeForm(request.POST, request.FILES, county_id=notice.county_id, notice=notice)
        version = posted_version(request)
    else:
        form = NoticeForm(initial=NoticeForm.initial_of(notice), county_id=notice.county_id, notice=notice)
    if posted and version is None:
        form.add_error(None, changes.STALE)
    elif posted and form.is_valid():
        try:
            changes.edit(pk, by=request.user, version=version, **form.arguments())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _saved(request, notice)
    context = {"form": form, "notice": notice, "shut": shut, "version": version or notice.version}
    return render(request, "noticeboard/form.html", context)


def _saved(request: SignedInRequest, notice: Notice) -> HttpResponse:
    """ "Save and submit" is two acts; if the second cannot be, the first stands."""
    if "submit" not in request.POST:
        messages.success(request, "已保存为草稿。")
        return redirect("noticeboard:detail", notice.pk)
    try:
        sent = changes.submit(notice.pk, by=request.user)
        messages.success(request, f"已保存并提交审核{review.told(sent)}。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("noticeboard:detail", notice.pk)
