"""What is measured: the pages people work on all day, each as the seat that uses it, and a bare view beside them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.backends.django import DjangoTemplates
from django.urls import include, path, reverse
from django.utils import timezone

from demo import accounts
from deputies.models import Deputy
from liaison.lib.paging import paginate
from receptions.models import DayState, Duty, ReceptionDay
from stations.models import Station
from suggestions.choices import Field, State
from suggestions.ledger import SORTS
from suggestions.models import Suggestion


@dataclass(frozen=True)
class Page:
    name: str
    username: str  # "" for nobody
    url: str
    is_list: bool = False


def pages() -> list[Page]:
    """In the order they are printed; the bare view first."""
    office, town = accounts.COUNTY_OFFICE, accounts.TOWNSHIP_OFFICE
    cases = Suggestion.objects.filter(county__code="410822")
    middle = cases.order_by("pk")[cases.count() // 2].pk
    some = cases.filter(state=State.HANDLING).latest("pk").pk
    return [
        Page("bare view", "", reverse("bare")),
        Page("ledger", office, ledger(), True),
        Page("ledger, filtered", office, ledger(state=State.HANDLING, field=Field.TRANSPORT), True),
        Page("ledger, sorted by limit", office, ledger(sort="due"), True),
        Page("ledger, search 路灯", office, ledger(q="路灯"), True),
        Page("ledger, search two words", office, ledger(q="路灯 卫生院"), True),
        Page("ledger, deep page", office, ledger(after=cursor_below(middle)), True),
        Page("ledger of a township", town, ledger(), True),
        Page("ledger of a department", accounts.COUNTY_DEPARTMENT, ledger(), True),
        Page("ledger of a deputy", accounts.COUNTY_DEPUTY, ledger(), True),
        Page("my work, county office", office, reverse("suggestions:my_work"), True),
        Page("my work, township", town, reverse("suggestions:my_work"), True),
        Page("my work, department", accounts.TOWNSHIP_DEPARTMENT, reverse("suggestions:my_work"), True),
        Page("triage", town, reverse("suggestions:triage"), True),
        Page("case", office, reverse("suggestions:case", args=[some])),
        Page("register", town, reverse("suggestions:register")),
        Page("desk of a reception day", town, reverse("suggestions:desk", args=[a_busy_day().pk])),
    ]


def a_busy_day() -> ReceptionDay:
    """Today at the township, open, with three deputies and forty entries: more than the busiest of the reports."""
    station, today = Station.objects.get(staff__user__username=accounts.TOWNSHIP_OFFICE), timezone.localdate()
    day, _ = ReceptionDay.objects.update_or_create(
        station=station,
        date=today,
        defaults={
            "county": station.county,
            "planned_on": today,
            "starts_at": dt.time(9),
            "ends_at": dt.time(11, 30),
            "state": DayState.OPEN,
            "opened_at": timezone.now(),
        },
    )
    for deputy in Deputy.objects.filter(home_station=station)[:3]:
        Duty.objects.get_or_create(day=day, deputy=deputy)
    newest = Suggestion.objects.filter(station=station).order_by("-pk")[:40]
    Suggestion.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).update(reception_day=day)
    return day


def ledger(**asked: str) -> str:
    return reverse("suggestions:ledger") + (f"?{urlencode(asked)}" if asked else "")


def cursor_below(pk: int) -> str:
    """Where the ledger goes on after case ``pk``, in its usual order."""
    page = paginate(Suggestion.objects.filter(pk__lte=pk), order=SORTS[""][1], size=1)
    return page.next_cursor or ""


# --- the measure of things: fifty ready rows, a template, nothing else -------------------------

ROWS: list[dict[str, Any]] = [
    {
        "pk": number,
        "number": f"BA2026-{number:05d}",
        "title": "主街路灯坏了半个月，孩子下晚自习看不清路",
        "station": "许良镇人大代表联络站",
        "desk": "博爱县人大代表中心联络站",
        "deputy": "张为民",
        "lead": "许良镇村镇建设中心",
        "state": "办理中",
        "due_on": dt.date(2026, 11, 1) + dt.timedelta(days=number),
        "created_at": dt.datetime(2026, 10, 1, 9, tzinfo=dt.UTC) + dt.timedelta(hours=number),
    }
    for number in range(1, 51)
]
BARE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<table><thead><tr><th>编号</th><th>标题</th><th>来源</th><th>当前</th><th>代表</th><th>主办</th><th>状态</th><th>时限</th>
<th>登记</th></tr></thead><tbody>{% for row in rows %}
<tr class="{% cycle 'odd' 'even' %}"><td><a href="{% url 'suggestions:case' row.pk %}">{{ row.number }}</a></td>
<td>{{ row.title }}</td><td>{{ row.station }}</td><td>{{ row.desk }}</td><td>{{ row.deputy }}</td>
<td>{{ row.lead|default:"—" }}</td><td>{{ row.state }}</td><td>{{ row.due_on|date:"Y-m-d" }}</td>
<td>{{ row.created_at|date:"Y-m-d H:i" }}</td></tr>{% endfor %}</tbody></table></body></html>"""


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(template.render({"rows": ROWS, "title": "意见"}, request))


def stock() -> DjangoTemplates:
    """Django's own tags and filters: those of the product remember addresses and dates, and would hasten the yardstick."""
    configured: dict[str, Any] = settings.TEMPLATES[0]
    options = {name: value for name, value in configured["OPTIONS"].items() if name != "builtins"}
    return DjangoTemplates({"NAME": "stock", "DIRS": [], "APP_DIRS": False, "OPTIONS": options})


template = stock().from_string(BARE)
urlpatterns = [path("bench/bare/", bare, name="bare"), path("", include("liaison.urls"))]
