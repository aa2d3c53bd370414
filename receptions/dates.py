"""Dates and hours in words."""

from __future__ import annotations

import datetime as dt

from workdays.calendar import WEEKDAYS


def short_date(date: dt.date) -> str:
    return f"{date.month}月{date.day}日"


def plain_date(date: dt.date) -> str:
    return f"{date.year}年{short_date(date)}"


def full_date(date: dt.date) -> str:
    return f"{plain_date(date)}（星期{WEEKDAYS[date.weekday()]}）"


def date_and_weekday(date: dt.date) -> str:
    """For lists, where a line has little room."""
    return f"{short_date(date)}（周{WEEKDAYS[date.weekday()]}）"


def day_and_year(date: dt.date) -> str:
    return f"{date.year}年{date_and_weekday(date)}"


def hours(starts_at: dt.time, ends_at: dt.time) -> str:
    return f"{starts_at.hour}:{starts_at:%M}—{ends_at.hour}:{ends_at:%M}"
