"""换届: a new term with its check list, and the end of a deputy's status with who takes over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from deputies import access, terms
from deputies.forms_tie import PersonField
from deputies.models import Deputy, Level, Term
from deputies.views.people import deputy_or_404
from liaison.lib.fields import DayField, ShortText
from stations.models import County

SHOWN = 300  # deputies to decide about on one page


class TermForm(forms.Form):
    name = ShortText(label="届次", max_length=30, placeholder="如：第十七届")
    starts_on = DayField(label="开始日期")


class LeaveForm(forms.Form):
    on = DayField(label="终止日期")
    reason = ShortText(label="原因", max_length=80, placeholder="如：换届未连任；调离本行政区域；辞职")

    def __init__(self, *args: Any, deputy: Deputy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Deputy.objects.serving().filter(county=deputy.county_id, level=deputy.level).exclude(pk=deputy.pk)
        self.fields["successor"] = PersonField(
            others.select_related("home_station").order_by("pinyin"),
            label="由谁接替联系",
            hint="输入姓名",
            required=False,
            help_text="接过联系群众名单和联系关系。不选，名单和关系就此结束，联系记录保留。",
        )
        self.fields["cases_to"] = PersonField(
            terms.receivers(deputy).select_related("home_station").order_by("pinyin"),
            label="没有办结的意见由谁接办",
            hint="输入姓名",
            required=False,
            help_text="同一站点的在任代表，办结后由他回复选民，时限不变。不选，由联络站代为回复。",
        )
        self.initial = {"on": timezone.localdate(), **self.initial}


def _office(request: SignedInRequest) -> County:
    hubs = request.user.seats.hubs
    if not hubs:
        raise PermissionDenied("换届由县人大常委会代表工委办理。")
    return hubs[0].county


def _level(request: SignedInRequest) -> Level:
    asked = request.GET.get("level", "")
    return Level(asked) if asked in Level.values else Level.COUNTY


def term_change(request: SignedInRequest) -> HttpResponse:
    county, level = _office(request), _level(request)
    form = TermForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            term = terms.begin(county, level, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{term}已建立。请逐名确定上一届代表的去留。")
            return redirect(f"{request.path}?level={level}")
    newest = terms.newest(county, level)
    context: dict[str, Any] = {"form": form, "level": level, "levels": Level.choices, "term": newest}
    if newest is not None:
        waiting = terms.undecided(newest).select_related("term", "home_station").order_by("pinyin", "pk")
        context |= {
            "terms": Term.objects.filter(county=county, level=level),
            "checks": terms.checks(newest),
            "waiting": list(waiting[:SHOWN]),
            "cases": terms.open_cases_of_gone(newest),
        }
    return render(request, "deputies/term_change.html", context)


@require_POST
def carry_over(request: SignedInRequest) -> HttpResponse:
    """Those ticked go on in the newest term."""
    county, level = _office(request), _level(request)
    term = terms.newest(county, level)
    pks = [int(pk) for pk in request.POST.getlist("deputies") if pk.isascii() and pk.isdigit() and len(pk) < 18]
    if term is not None and pks:
        count = terms.carry_over(term, pks, by=request.user)
        messages.success(request, f"{count} 名代表连任，站点、联系关系和经手的意见都照旧。")
    else:
        messages.error(request, "请先勾选连任的代表。")
    return redirect(f"{reverse('deputies:term_change')}?level={level}")


def leave_office(request: SignedInRequest, pk: int) -> HttpResponse:
    deputy = deputy_or_404(request, pk)
    if not access.may_edit(request.user, deputy):
        raise PermissionDenied("代表资料由所在联络站和上级站的工作人员维护。")
    form = LeaveForm(request.POST or None, deputy=deputy)
    if request.method == "POST" and form.is_valid():
        try:
            terms.leave_office(pk, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{deputy.name}的代表资格已登记终止。")
            return redirect("deputies:detail", pk)
    context = {
        "form": form,
        "deputy": deputy,
        "open_cases": terms.open_matters(deputy),
        "constituents": deputy.constituents.current().count(),
        "ties": deputy.ties.current().count(),
    }
    return render(request, "deputies/leave_office.html", context)
