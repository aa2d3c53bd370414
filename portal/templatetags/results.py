"""What the page of a station shows of its results, and how a rate is said."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.db.models import Subquery
from django.db.models.functions import JSONObject

from portal.views.results import ORDER, results_of
from stations.models import Station
from suggestions import figures
from suggestions.choices import Field, ResultKind

register = template.Library()

LATEST = 3
SHOWN = ("pk", "title", "result_kind", "field", "month")


@register.simple_tag
def results_at(station: Station) -> dict[str, Any]:
    """The latest results released at ``station`` and below, and the figures of the last twelve months there: one query
    together, because the page has many others."""
    latest = results_of(station).order_by(*ORDER).values(json=JSONObject(**{name: name for name in SHOWN}))
    places = {f"latest_{place}": Subquery(latest[place : place + 1]) for place in range(LATEST)}
    counts = Subquery(figures.in_json(figures.of_station(station, figures.last_months())))
    rows = Station.objects.filter(pk=station.pk).order_by()
    row: dict[str, Any] = dict(rows.values(**places, counts=counts).get())
    return {
        "latest": [_shown(row[place]) for place in places if row[place]],
        "all": figures.Tally(**row["counts"]) if row["counts"] else figures.Tally(),
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """As :class:`PublicResult` is read by the template of a row."""
    return {
        "pk": row["pk"],
        "title": row["title"],
        "result_kind": row["result_kind"],
        "get_result_kind_display": dict(ResultKind.choices).get(row["result_kind"], ""),
        "field": row["field"],
        "get_field_display": dict(Field.choices).get(row["field"], ""),
        "month": dt.date.fromisoformat(str(row["month"])[:10]),
    }


@register.inclusion_tag("portal/rate.html")
def rate(value: figures.Rate) -> dict[str, Any]:
    return {"rate": value}
