"""Filters of the roster's pages."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import template

from workdays.calendar import WEEKDAYS

register = template.Library()


@register.filter
def at(values: Sequence[Any], index: int) -> Any:
    return values[index]


@register.filter
def weekday(date: dt.date) -> str:
    return WEEKDAYS[date.weekday()]


@register.filter
def days_ahead(date: dt.date, today: dt.date) -> str:
    days = (date - today).days
    return {0: "就在今天", 1: "明天", 2: "后天"}.get(days, f"还有 {days} 天")
