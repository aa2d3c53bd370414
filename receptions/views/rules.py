"""A station's reception rule: read by every seat, changed by who arranges its days; each value with its source."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.requests import SignedInRequest
from receptions import rules
from receptions.access import may_manage, station_or_404
from receptions.forms_schedule import RuleForm
from receptions.schedule import sourced_rule


def rule(request: SignedInRequest, station_pk: int) -> HttpResponse:
    station = station_or_404(request.user, station_pk)
    manages = may_manage(request.user, station)
    if request.method == "POST" and not manages:
        raise PermissionDenied(f"{station}的接待日规则由该站和上级站的工作人员确定。")
    own = rules.own_rule(station)
    form = RuleForm(request.POST or None, station=station, own=own, sourced=sourced_rule(station))
    if request.method == "POST" and form.is_valid():
        try:
            changed, done = rules.change_rule(station, form.values(), by=request.user, seen=form.cleaned_data["seen"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"已保存。{done.words()}。" if changed else "没有改动。")
            return redirect("receptions:rule", station.pk)
    return render(request, "receptions/rule.html", {"station": station, "manages": manages, "form": form})
