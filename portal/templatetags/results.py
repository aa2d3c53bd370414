"""What the page of a station shows of its results, and how a rate is said."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.db.models import QuerySet, Subquery
from django.utils import timezone

from liaison.lib.json_rows import JSONRows
from liaison.lib.prepared import prepared
from portal.views.results import ORDER
from stations.models import Station
from suggestions import figures
from suggestions.choices import Field, ResultKind
from suggestions.models import PublicResult

register = template.Library()

LATEST = 3
KINDS, FIELDS = dict(ResultKind.choices), dict(Field.choices)


@register.simple_tag
def results_at(station: Station) -> dict[str, Any]:
    """The latest results released at ``station`` and below, and the figures of the last twelve months there: one query
    together, because the page has many others."""
    since, until = figures.last_months().span
    [row] = _results(
        station.pk, station.county_id, station.path, station.path_end, since, until, timezone.localdate()
    ) or [{"latest": [], "counts": None}]
    return {
        "latest": [_shown(result) for result in row["latest"]],
        "all": figures.Tally(**row["counts"]) if row["counts"] else figures.Tally(),
    }


@prepared
def _results(
    station: int, county: int, path: str, path_end: str, since: dt.datetime, until: dt.datetime, today: dt.date
) -> QuerySet[Any, Any]:
    here = {"station__path__gte": path, "station__path__lt": path_end}
    latest = PublicResult.objects.public().filter(county=county, **here).order_by(*ORDER)[:LATEST]
    counts = figures.in_json(figures.came_in(county, since, until).filter(**here), today)
    shown = {name: name for name in ("pk", "title", "result_kind", "field", "month")}
    rows = Station.objects.filter(pk=station).order_by()
    return rows.values(latest=JSONRows(latest, **shown), counts=Subquery(counts))


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """As :class:`PublicResult` is read by the template of a row."""
    return {
        "pk": row["pk"],
        "title": row["title"],
        "result_kind": row["result_kind"],
        "get_result_kind_display": KINDS.get(row["result_kind"], ""),
        "field": row["field"],
        "get_field_display": FIELDS.get(row["field"], ""),
        "month": dt.date.fromisoformat(str(row["month"])[:10]),
    }


@register.inclusion_tag("portal/rate.html")
def rate(value: figures.Rate) -> dict[str, Any]:
    return {"rate": value}
