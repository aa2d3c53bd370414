"""The brands of a station: pages for the staff who cover it. They are listed on the station's page."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.requests import SignedInRequest
from receptions import brands
from receptions.access import managed_station
from receptions.forms_brand import BrandForm
from receptions.models import Brand


def create_brand(request: SignedInRequest, station_pk: int) -> HttpResponse:
    return _form(request, Brand(station=managed_station(request.user, station_pk)))


def edit_brand(request: SignedInRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Brand, pk=pk)
    one.station = managed_station(request.user, one.station_id)
    return _form(request, one)


def _form(request: SignedInRequest, one: Brand) -> HttpResponse:
    back = f"{reverse('stations:detail', args=[one.station_id])}#brands"
    name, form = one.name, BrandForm(request.POST or None, instance=one)
    if request.method == "POST" and form.is_valid():
        try:
            brands.save(form.instance, by=request.user, changed=set(form.changed_data) - {"confirmed"})
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"“{form.instance.name}”已保存。")
            return redirect(back)
    context = {"form": form, "station": one.station, "name": name, "back_url": back}
    return render(request, "receptions/brand.html", context)
