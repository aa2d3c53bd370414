"""专业监督小组: one group with its deputies, experts, projects; set up and filled by the county office."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_client_ip_address
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from deputies.models import Status
from supervision import groups
from supervision.forms_group import ExpertForm, GroupForm, MembersForm
from supervision.models import Expert, Finding, Group, GroupMember, Inspection, Project
from supervision.views.inspections import rows as inspection_rows
from supervision.views.projects import with_standing


def _group(request: SignedInRequest, pk: int) -> Group:
    return get_object_or_404(Group.objects.visible_to(request.user).select_related("county", "leader__user"), pk=pk)


def _arranged(request: SignedInRequest, pk: int) -> Group:
    group = _group(request, pk)
    if not groups.may_arrange(request.user, group.county_id):
        raise PermissionDenied("专业监督小组由县人大常委会代表工委安排。")
    return group


@require_safe
def group(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show(request, _group(request, pk), revealed=False)


@require_POST
@never_cache
def reveal_experts(request: SignedInRequest, pk: int) -> HttpResponse:
    """The page with the experts' names and telephones in full; the look is an event."""
    one = _group(request, pk)
    if not groups.may_look(request.user, one):
        raise PermissionDenied("专业人才的联系方式由县人大常委会代表工委和组长查看。")
    groups.note_look(one, by=request.user, address=get_client_ip_address(request))
    return _show(request, one, revealed=True)


def _show(request: SignedInRequest, one: Group, *, revealed: bool) -> HttpResponse:
    members = one.members.filter(until__isnull=True).select_related("deputy__home_station")
    year = timezone.localdate().year
    inspections = Inspection.objects.visible_to(request.user)
    found = Finding.objects.visible_to(request.user)
    context = {
        "group": one,
        "members": members.order_by("deputy__pinyin", "pk"),
        "serving": Status.SERVING,
        "experts": one.experts.filter(until__isnull=True).select_related("station"),
        "stations": one.stations.order_by("path"),
        "rows": with_standing(Project.objects.visible_to(request.user).filter(group=one, year=year)),
        "inspections": inspection_rows(inspections.filter(group=one, date__year=year)).order_by("-date", "-pk"),
        "open": found.open().filter(inspection__group=one).select_related("department").order_by("due_on", "pk"),
        "revealed": revealed,
        "may_look": groups.may_look(request.user, one),
        "may_arrange": groups.may_arrange(request.user, one.county_id),
    }
    return render(request, "supervision/group.html", context)


@require_POST
def found_groups(request: SignedInRequest) -> HttpResponse:
    counties = [county for county in request.user.seats.counties if groups.may_arrange(request.user, county.pk)]
    if not counties:
        raise PermissionDenied("专业监督小组由县人大常委会代表工委安排。")
    count = sum(groups.found(county, by=request.user) for county in counties)
    messages.success(request, f"已建立 {count} 个专业监督小组，请逐个确定组长和成员。" if count else "小组都已建立。")
    return redirect("supervision:home")


def edit_group(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _arranged(request, pk)
    form = GroupForm(request.POST or None, group=one)
    if request.method == "POST" and form.is_valid():
        try:
            groups.edit(pk, by=request.user, **form.arguments())
            messages.success(request, "已保存。")
            return redirect("supervision:group", pk)
        except ValidationError as error:
            form.add_error(None, error)
    context = {"form": form, "group": one, "committees": groups.COMMITTEES}
    return render(request, "supervision/edit_group.html", context)


def add_members(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _arranged(request, pk)
    form = MembersForm(request.POST or None, group=one)
    if request.method == "POST" and form.is_valid():
        try:
            count = groups.add_members(pk, form.cleaned_data["deputies"], by=request.user)
            messages.success(request, f"已加入 {count} 名代表。")
            return redirect("supervision:group", pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _act(request, form, one, "加代表")


def _act(request: SignedInRequest, form: Any, one: Group, title: str, **more: Any) -> HttpResponse:
    context = {"form": form, "group": one, "title": title, **more}
    return render(request, "supervision/group_act.html", context)


@require_POST
def end_member(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(GroupMember, pk=pk, group__in=Group.objects.visible_to(request.user))
    groups.end_member(row.pk, by=request.user)
    messages.success(request, "已退出小组，参加过的视察保留。")
    return redirect("supervision:group", row.group_id)


def add_expert(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _arranged(request, pk)
    form = ExpertForm(request.POST or None, group=one)
    if request.method == "POST" and form.is_valid():
        try:
            groups.add_expert(pk, by=request.user, **form.arguments())
            messages.success(request, "已登记。")
            return redirect("supervision:group", pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _act(request, form, one, "加专业人才")


def _expert(request: SignedInRequest, pk: int) -> Expert:
    seen = Expert.objects.filter(group__in=Group.objects.visible_to(request.user))
    one = get_object_or_404(seen.select_related("group"), pk=pk)
    _arranged(request, one.group_id)
    return one


@never_cache
def edit_expert(request: SignedInRequest, pk: int) -> HttpResponse:
    """The form shows name and telephone: opening it is a look."""
    one = _expert(request, pk)
    form = ExpertForm(request.POST or None, group=one.group, expert=one)
    if request.method == "POST" and form.is_valid():
        try:
            groups.edit_expert(pk, by=request.user, **form.arguments())
            messages.success(request, "已保存。")
            return redirect("supervision:group", one.group_id)
        except ValidationError as error:
            form.add_error(None, error)
    groups.note_look(one.group, by=request.user, address=get_client_ip_address(request))
    return _act(request, form, one.group, "修改专业人才", expert=one)


@require_POST
def end_expert(request: SignedInRequest, pk: int) -> HttpResponse:
    one = _expert(request, pk)
    try:
        groups.end_expert(pk, by=request.user)
        messages.success(request, "已解聘，姓名和电话已删除。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("supervision:group", one.group_id)
