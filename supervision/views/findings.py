"""Problems that inspections found: the list, one of them with its steps and photos, and each step's form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from stations.fields import Field
from supervision import findings
from supervision.forms_finding import CheckForm, DropForm, FindingForm, ReportForm, SendForm
from supervision.models import Finding, FindingPhoto, FindingQuerySet, FindingState, Inspection
from supervision.views.inspections import one_or_404
from supervision.views.projects import chosen_year

SHOWS = (
    ("open", "没有办结的"),
    ("overdue", "逾期的"),
    ("again", "反复出现的"),
    ("closed", "已整改的"),
    ("counted", "不含不交办的"),
)


def narrowed(found: FindingQuerySet, show: str) -> FindingQuerySet:
    """``show`` as in the list's choice; anything else shows all."""
    if show == "open":
        return found.open()
    if show == "overdue":
        return found.overdue()
    if show == "closed":
        return found.filter(state=FindingState.CLOSED)
    if show == "counted":
        return found.exclude(state=FindingState.DROPPED)
    if show == "again":
        return found.filter(previous__isnull=False)
    return found


@require_safe
def finding_list(request: SignedInRequest) -> HttpResponse:
    year, field, show = chosen_year(request), request.GET.get("field", ""), request.GET.get("show", "")
    found = narrowed(Finding.objects.visible_to(request.user), show)
    found = found.filter(inspection__date__year=year) if year else found
    found = found.filter(field=field) if field in Field.values else found
    context = {
        "page": Paginator(found.select_related("department", "inspection"), 50).get_page(request.GET.get("page")),
        "year": year,
        "field": field,
        "show": show,
        "fields": Field.choices,
        "shows": SHOWS,
    }
    return render(request, "supervision/findings.html", context)


def _finding(request: SignedInRequest, pk: int) -> Finding:
    return get_object_or_404(Finding.objects.visible_to(request.user).select_related(*findings.RELATED), pk=pk)


@require_safe
def finding(request: SignedInRequest, pk: int) -> HttpResponse:
    one, user = _finding(request, pk), request.user
    state = FindingState(one.state)
    line = findings.line(one)
    seen = set(Finding.objects.visible_to(user).filter(pk__in=[each.pk for each in line]).values_list("pk", flat=True))
    context = {
        "finding": one,
        "photos": one.photos.filter(step__isnull=True),
        "steps": one.steps.select_related("by").prefetch_related("photos"),
        "line": [(each, each.pk in seen) for each in line],
        "times": [each.pk for each in line].index(one.pk) + 1,
        "sees_inspection": Inspection.objects.visible_to(user).filter(pk=one.inspection_id).exists(),
        "may_edit": findings.may_edit(user, one),
        "may_send": state in (FindingState.NOTED, FindingState.DROPPED) and findings.may_send(user, one),
        "may_drop": state == FindingState.NOTED and findings.may_send(user, one),
        "may_report": state == FindingState.SENT and findings.may_report(user, one),
        "may_check": state == FindingState.REPORTED and findings.may_check(user, one),
    }
    return render(request, "supervision/finding.html", context)


def note_finding(request: SignedInRequest, pk: int) -> HttpResponse:
    """``pk`` of the inspection."""
    inspection = one_or_404(request, pk)
    if not findings.may_note(request.user, inspection):
        raise PermissionDenied("问题由参加视察的代表和组织视察的站点记录。")
    form = FindingForm(request.POST or None, request.FILES or None, inspection=inspection)
    if request.method == "POST" and form.is_valid():
        try:
            one = findings.note(pk, by=request.user, **form.arguments())
            messages.success(request, "已记下这个问题。")
            if "more" in request.POST:
                return redirect("supervision:note_finding", pk)
            return redirect("supervision:finding", one.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "supervision/note_finding.html", {"form": form, "inspection": inspection})


def _act(
    request: SignedInRequest, form: BaseForm, one: Finding, title: str, change: Callable[[], Any], said: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            change()
            messages.success(request, said)
            return redirect("supervision:finding", one.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "supervision/finding_act.html", {"form": form, "finding": one, "title": title})


def _allowed(request: SignedInRequest, pk: int, may: Callable[[Any, Finding], bool], refused: str) -> Finding:
    one = _finding(request, pk)
    if not may(request.user, one):
        raise PermissionDenied(refused)
    return one


def edit_finding(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _allowed(request, pk, findings.may_edit, "问题由记录的人和组织视察的站点修改。")
    form = FindingForm(request.POST or None, inspection=one.inspection, finding=one)
    return _act(
        request, form, one, "修改问题", lambda: findings.edit(pk, by=request.user, **form.arguments()), "已保存。"
    )


def send_finding(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _allowed(request, pk, findings.may_send, findings.SENT_BY)
    form = SendForm(request.POST or None, user=request.user, finding=one)
    said = "已交办，责任单位会收到通知。"
    return _act(request, form, one, "交办整改", lambda: findings.send(pk, by=request.user, **form.cleaned_data), said)


def drop_finding(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _allowed(request, pk, findings.may_send, findings.SENT_BY)
    form = DropForm(request.POST or None)
    said = "已记为不交办；以后需要时还可以交办。"
    return _act(request, form, one, "不交办", lambda: findings.drop(pk, by=request.user, **form.cleaned_data), said)


def report_finding(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _allowed(request, pk, findings.may_report, "整改情况由责任单位报告。")
    form = ReportForm(request.POST or None, request.FILES or None)
    said = "已报告，等待复查。"
    return _act(request, form, one, "报告整改", lambda: findings.report(pk, by=request.user, **form.cleaned_data), said)


def check_finding(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _allowed(request, pk, findings.may_check, findings.CHECKED_BY)
    form = CheckForm(request.POST or None, request.FILES or None)
    said = "已登记复查结果，责任单位会收到通知。"
    return _act(request, form, one, "登记复查", lambda: findings.check(pk, by=request.user, **form.cleaned_data), said)


@require_safe
@cache_control(private=True, max_age=3600)
def finding_photo(request: SignedInRequest, pk: int, photo_pk: int) -> HttpResponseBase:
    one = _finding(request, pk)
    photo = get_object_or_404(FindingPhoto, finding=one, pk=photo_pk)
    try:
        return FileResponse(photo.file.open("rb"), content_type="image/jpeg", filename=photo.name)
    except OSError:
        raise Http404("照片不在了。") from None
