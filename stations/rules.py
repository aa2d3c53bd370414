"""The county's numbers: read by its seats, changed by its county office, each with its source beside it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string

from accounts.requests import SignedInRequest
from history.models import Event
from liaison.lib import panels
from stations import changes
from stations.forms import RulesForm
from stations.models import Rules


def rules_or_404(request: SignedInRequest) -> Rules:
    counties = sorted(request.user.seats.county_ids)
    wanted = request.GET.get("county", "")
    if wanted.isdecimal():
        counties = [pk for pk in counties if pk == int(wanted)]
    found = Rules.objects.filter(county__in=counties).select_related("county").order_by("county").first()
    if found is None:
        raise Http404
    return found


def past_changes(rules: Rules, limit: int = 20) -> list[dict[str, Any]]:
    names = {field.name: str(field.verbose_name) for field in Rules._meta.fields}
    events = Event.objects.filter(chain=rules.county.chain, action="rules_change").select_related("actor")
    return [
        {
            "at": event.at,
            "actor": event.actor,
            "lines": [
                {"name": names.get(name, name), "before": event.before.get(name), "after": after}
                for name, after in event.after.items()
            ],
        }
        for event in events.order_by("-seq")[:limit]
    ]


def rules(request: SignedInRequest) -> HttpResponse:
    record = rules_or_404(request)
    county = record.county
    may_edit = county.pk in request.user.seats.office_county_ids
    if request.method == "POST" and not may_edit:
        raise PermissionDenied("办理规则由县人大代表工委（县级中心站）修改。")
    form = RulesForm(request.POST or None, instance=record)
    if request.method == "POST" and form.is_valid():
        changed = changes.change_rules(record, form.cleaned_data, actor=request.user)
        if changed:
            messages.success(request, f"已修改 {len(changed)} 项，从下一步起按新的数字计算；正在走的时限不变。")
            for explain in panels.functions("rules_changed"):
                for sentence in import_string(explain)(county, changed):
                    messages.info(request, sentence)
        else:
            messages.info(request, "没有改动。")
        return redirect(f"{reverse('stations:rules')}?county={county.pk}")
    context = {"form": form, "county": county, "may_edit": may_edit, "past": past_changes(record)}
    return render(request, "stations/rules.html", context)
