"""Departments and resident officers of a station: pages for the staff who cover it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from stations import changes, merging
from stations.forms import DepartmentForm, MergeForm, OfficerForm
from stations.models import Department, Kind, ResidentOfficer, Station
from stations.views import editable_or_403


def create_department(request: SignedInRequest, station_pk: int) -> HttpResponse:
    station = editable_or_403(request, station_pk)
    if station.kind not in (Kind.HUB, Kind.TOWNSHIP):
        raise PermissionDenied("承办单位只设在县级中心站和乡镇（街道）联络站。")
    return department_form(request, Department(station=station), station)


def edit_department(request: SignedInRequest, pk: int) -> HttpResponse:
    department = get_object_or_404(Department.objects.select_related("station", "merged_into"), pk=pk)
    return department_form(request, department, editable_or_403(request, department.station_id))


def department_form(request: SignedInRequest, department: Department, station: Station) -> HttpResponse:
    form = DepartmentForm(request.POST or None, instance=department)
    if request.method == "POST" and form.is_valid():
        changes.save_department(form.instance, actor=request.user, changed=form.changed_data)
        messages.success(request, f"{form.instance.name}已保存。")
        return redirect("stations:detail", station.pk)
    context = {
        "form": form,
        "station": station,
        "department_pk": department.pk,
        "is_active": department.is_active,
        "merged_into": department.merged_into,
        "open_cases": changes.open_cases(department) if department.pk else 0,
    }
    return render(request, "stations/department.html", context)


@require_POST
def set_department_active(request: SignedInRequest, pk: int) -> HttpResponse:
    department = get_object_or_404(Department, pk=pk)
    station = editable_or_403(request, department.station_id)
    active = request.POST.get("active") == "1"
    try:
        changes.set_department_active(department, active, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("stations:edit_department", pk)
    messages.success(request, f"{department.name}已{'恢复使用' if active else '停用'}。")
    return redirect("stations:detail", station.pk)


def merge_department(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose the successor, see what goes over, confirm."""
    department = get_object_or_404(Department.objects.select_related("station", "merged_into"), pk=pk)
    station = editable_or_403(request, department.station_id)
    form = MergeForm(request.POST or None, department=department)
    if request.method == "POST" and form.is_valid():
        try:
            new = merging.merge(pk, into=form.cleaned_data["into"].pk, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{department.name}已并入{new.name}，在办的事项已经转过去。")
            return redirect("stations:detail", station.pk)
    context = {
        "form": form,
        "department": department,
        "station": station,
        "matters": merging.matters(department),
        "others": merging.successors(department).exists(),
        "back_url": reverse("stations:edit_department", args=[pk]),
    }
    return render(request, "stations/merge_department.html", context)


def create_officer(request: SignedInRequest, station_pk: int) -> HttpResponse:
    station = editable_or_403(request, station_pk)
    return officer_form(request, ResidentOfficer(station=station), station)


def edit_officer(request: SignedInRequest, pk: int) -> HttpResponse:
    officer = get_object_or_404(ResidentOfficer, pk=pk)
    return officer_form(request, officer, editable_or_403(request, officer.station_id))


def officer_form(request: SignedInRequest, officer: ResidentOfficer, station: Station) -> HttpResponse:
    form = OfficerForm(request.POST or None, instance=officer)
    if request.method == "POST" and form.is_valid():
        changes.save_officer(form.instance, actor=request.user, changed=form.changed_data)
        messages.success(request, f"{form.instance.name}已保存。")
        return redirect("stations:detail", station.pk)
    context = {"form": form, "station": station, "officer_pk": officer.pk, "account_pk": officer.user_id}
    return render(request, "stations/officer.html", context)
