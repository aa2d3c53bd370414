"""How a rate is said."""

from __future__ import annotations

from typing import Any

from django import template

from suggestions import figures

register = template.Library()


@register.inclusion_tag("portal/rate.html")
def rate(value: figures.Rate) -> dict[str, Any]:
    return {"rate": value}
