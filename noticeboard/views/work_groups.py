"""The work groups of a station: pages for the staff who cover it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import SignedInRequest
from noticeboard import groups as acts
from noticeboard.group_forms import WorkGroupForm
from noticeboard.models import WorkGroup
from stations.models import Station
from stations.views import editable_or_403


def group_or_404(request: SignedInRequest, pk: int) -> WorkGroup:
    group = get_object_or_404(WorkGroup.objects.select_related("station"), pk=pk)
    editable_or_403(request, group.station_id)
    return group


@never_cache
def groups(request: SignedInRequest, station_pk: int) -> HttpResponse:
    station = editable_or_403(request, station_pk)
    found = list(station.work_groups.order_by("-is_active", "name"))
    tests = acts.last_tests(found)
    rows = [(group, acts.key_end(group), tests.get(f"group:{group.pk}")) for group in found]
    return render(request, "noticeboard/groups.html", {"station": station, "rows": rows})


def create_group(request: SignedInRequest, station_pk: int) -> HttpResponse:
    station = editable_or_403(request, station_pk)
    return group_form(request, WorkGroup(station=station), station)


def edit_group(request: SignedInRequest, group_pk: int) -> HttpResponse:
    group = group_or_404(request, group_pk)
    return group_form(request, group, group.station)


def group_form(request: SignedInRequest, group: WorkGroup, station: Station) -> HttpResponse:
    is_active = group.is_active
    form = WorkGroupForm(request.POST or None, instance=group)
    if request.method == "POST" and form.is_valid():
        acts.save_group(form.instance, actor=request.user, changed=form.changed_data)
        messages.success(request, f"{form.instance.name}已保存，可以发送一条测试消息看看通不通。")
        return redirect("noticeboard:groups", station.pk)
    context = {
        "form": form,
        "station": station,
        "group_pk": group.pk,
        "is_active": is_active,
        "back_url": reverse("noticeboard:groups", args=[station.pk]),
    }
    return render(request, "noticeboard/group.html", context)


@require_POST
def set_group_active(request: SignedInRequest, group_pk: int) -> HttpResponse:
    group = group_or_404(request, group_pk)
    active = request.POST.get("active") == "1"
    acts.set_group_active(group, active, actor=request.user)
    messages.success(request, f"{group.name}已{'恢复使用' if active else '停用'}。")
    return redirect("noticeboard:groups", group.station_id)


@require_POST
def test_group(request: SignedInRequest, group_pk: int) -> HttpResponse:
    group = group_or_404(request, group_pk)
    try:
        acts.send_test(group, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"测试消息已交给系统发往“{group.name}”，结果显示在下面。")
    return redirect("noticeboard:groups", group.station_id)


@require_GET
@never_cache
def group_outcome(request: SignedInRequest, group_pk: int) -> HttpResponse:
    """What became of the latest test message: asked again by the page until it is known."""
    group = group_or_404(request, group_pk)
    test = acts.last_tests([group]).get(f"group:{group.pk}")
    return render(request, "noticeboard/group_outcome.html", {"group": group, "test": test})
