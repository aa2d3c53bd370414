"""年度办理情况报告: the county office's reports, one of them as a page and as a Word document, and writing it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from liaison.lib.word import MEDIA_TYPE
from reports.yearly import changes
from reports.yearly.content import KEYS, Part, content_of
from reports.yearly.document import to_word
from reports.yearly.forms import PartForm, ReportForm
from reports.yearly.models import HandlingReport
from reports.yearly.pictures import illustrated
from stations.changes import record


def _of_office(request: SignedInRequest) -> None:
    if not request.user.seats.is_county_office:
        raise PermissionDenied("办理情况报告由县人大代表工委（县级中心站）编写。")


def _report(request: SignedInRequest, pk: int) -> HandlingReport:
    _of_office(request)
    reports = HandlingReport.objects.visible_to(request.user)
    found: HandlingReport = get_object_or_404(reports.select_related("county", "finished_by"), pk=pk)
    return found


@require_http_methods(["GET", "POST"])
def yearly_list(request: SignedInRequest) -> HttpResponse:
    """The reports there are, and the form that begins one."""
    _of_office(request)
    counties = [hub.county for hub in request.user.seats.hubs]
    form = ReportForm(request.POST or None, counties=counties)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(changes.make(form.save(commit=False), by=request.user))
        except ValidationError as error:
            form.add_error(None, error)
    reports = HandlingReport.objects.visible_to(request.user).select_related("county", "finished_by")
    return render(request, "reports/yearly_list.html", {"reports": reports, "form": form})


@require_safe
def yearly(request: SignedInRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    content = content_of(report)
    return render(request, "reports/yearly.html", {"report": report, "content": content, "parts": illustrated(content)})


@require_safe
def yearly_word(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the page shows, as .docx."""
    report = _report(request, pk)
    response = HttpResponse(to_word(content_of(report)), content_type=MEDIA_TYPE)
    name = f"{report.title}{'' if report.is_finished else '（草稿）'}.docx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    record(report.county_id, "report_download", actor=request.user, after={"report": report.pk, "title": report.title})
    return response


@require_http_methods(["GET", "POST"])
def write_part(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    report = _report(request, pk)
    part = _part(report, key)
    seen = part.text if part.edited else ""
    form = PartForm(request.POST or None, initial={"text": part.text, "seen": seen})
    if request.method == "POST" and form.is_valid():
        try:
            changes.write(pk, key, form.cleaned_data["text"], by=request.user, seen=form.cleaned_data["seen"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"“{part.heading}”已经保存。")
            return redirect(f"{report.get_absolute_url()}#{key}")
    return render(request, "reports/write_part.html", {"report": report, "part": part, "form": form, "seen": seen})


def _part(report: HandlingReport, key: str) -> Part:
    if key not in KEYS:
        raise Http404
    return next(part for part in content_of(report).parts if part.key == key)


@require_POST
def restore_part(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    report = _report(request, pk)
    part = _part(report, key)
    return _done(
        request, report, lambda: changes.restore(pk, key, by=request.user), f"“{part.heading}”已经用回自动文字。"
    )


@require_POST
def finish(request: SignedInRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    return _done(request, report, lambda: changes.finish(pk, by=request.user), "报告已经定稿，数字和文字不再变动。")


@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    report = _report(request, pk)
    return _done(
        request, report, lambda: changes.reopen(pk, by=request.user), "报告已经重新打开，数字按现在的情况重新计算。"
    )


def _done(request: SignedInRequest, report: HandlingReport, act: Callable[[], None], said: str) -> HttpResponse:
    """Back to the report with what was done, or why not."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, said)
    return redirect(report)
