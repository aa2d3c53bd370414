"""导出: what can be exported, the file at once or a job, and 我的导出."""

from __future__ import annotations

from collections.abc import Sequence

from axes.helpers import get_client_ip_address
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from liaison.lib.xlsx import MEDIA_TYPE
from reports.exports import files, jobs, matters
from reports.exports.forms import ExportForm
from reports.exports.models import ExportJob, JobState

SHOWN = 50  # of one's own exports
NOT_ASKED = ("matter", "after", "before", "csrfmiddlewaretoken")  # what says nothing about the rows


@require_safe
@never_cache
def exports(request: SignedInRequest) -> HttpResponse:
    """The page, or for htmx what one has exported so far."""
    own = list(ExportJob.objects.visible_to(request.user)[:SHOWN])
    context = {"jobs": own, "running": any(job.is_running for job in own), "now": timezone.now()}
    if request.htmx:
        return render(request, "reports/exports_part.html", context)
    return render(request, "reports/exports.html", {**context, "form": ExportForm(user=request.user)})


@require_safe
@never_cache
def several(request: SignedInRequest) -> HttpResponseBase:
    """What was chosen on the page: one workbook, one sheet a matter."""
    form = ExportForm(request.GET, user=request.user)
    if not request.user.seats.any:
        raise PermissionDenied("您还没有岗位，没有可以导出的内容。")
    if not form.is_valid():
        own = list(ExportJob.objects.visible_to(request.user)[:SHOWN])
        return render(request, "reports/exports.html", {"form": form, "jobs": own})
    return export(request, form.cleaned_data["matter"])


@require_safe
@never_cache
def export(request: SignedInRequest, keys: Sequence[str]) -> HttpResponseBase:
    """The file itself; with many rows a job, which this person finds under 我的导出."""
    query, address = asked_for(request), get_client_ip_address(request)
    try:
        extracts = matters.read(keys, request.user, QueryDict(query))
        if not jobs.is_large(extracts):
            return files.at_once(extracts, request.user, address=address)
        jobs.start(keys, query, extracts, by=request.user, address=address)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("reports:exports")


def asked_for(request: SignedInRequest) -> str:
    """The filter of the address, the same words for the same filter."""
    data = request.GET.copy()
    for name in NOT_ASKED:
        data.pop(name, None)
    return QueryDict.urlencode(data)


def own_or_404(request: SignedInRequest, pk: int) -> ExportJob:
    return get_object_or_404(ExportJob.objects.visible_to(request.user).select_related("user"), pk=pk)


@require_safe
@never_cache
def fetch(request: SignedInRequest, pk: int) -> FileResponse:
    job = own_or_404(request, pk)
    if job.state != JobState.READY or job.expires_at is None or job.expires_at <= timezone.now():
        raise Http404("文件还没有生成，或已过期删除。")
    try:
        handle = jobs.fetch(job, by=request.user, address=get_client_ip_address(request))
    except FileNotFoundError as error:
        raise Http404("文件已不在，请重新导出。") from error
    response = FileResponse(handle, as_attachment=True, filename=job.file_name, content_type=MEDIA_TYPE)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stop it, or delete what came of it."""
    job = own_or_404(request, pk)
    was_running = job.is_running
    jobs.discard(job)
    messages.success(request, "已停止导出。" if was_running else "已删除。")
    return redirect("reports:exports")
