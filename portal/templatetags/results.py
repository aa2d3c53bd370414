"""What the page of a station shows of its results, and how a rate is said."""

from __future__ import annotations

from typing import Any

from django import template

from portal.views.results import ORDER, results_of
from stations.models import Station
from suggestions import figures

register = template.Library()

LATEST = 3


@register.simple_tag
def results_at(station: Station) -> dict[str, Any]:
    """The latest results released at ``station`` and the figures of its last twelve months: two queries."""
    return {
        "latest": results_of(station).select_related("station").order_by(*ORDER)[:LATEST],
        "all": figures.total(figures.of_station(station, figures.last_months())),
    }


@register.inclusion_tag("portal/rate.html")
def rate(value: figures.Rate) -> dict[str, Any]:
    return {"rate": value}
