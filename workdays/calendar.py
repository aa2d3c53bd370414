"""Working days of China: statutory holidays and make-up workdays (调休) respected.

Three sources, the first that knows a day wins: what the office typed in, the published calendar (``chinese_calendar``),
Monday to Friday. Days of years that are not published yet are *provisional*.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

import chinese_calendar
from django.core.cache import cache
from django.db import models

from workdays.models import CACHE_KEY, DayOverride

HOLIDAYS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利七十周年纪念日",
}
WEEKDAYS = "一二三四五六日"
FARTHEST = 100  # days; so many days off in a row nobody means


class Move(models.TextChoices):
    """What becomes of an activity day that falls on a day off."""

    AFTER_FIRST = "after_first", "顺延一天，不行则提前一天"
    BEFORE_FIRST = "before_first", "提前一天，不行则顺延一天"
    NONE = "none", "不调整"


@dataclass(frozen=True)
class Day:
    date: dt.date
    is_workday: bool
    why: str
    provisional: bool = False


@dataclass(frozen=True)
class ExplainedDay:
    """``count`` is the running number of a counted working day, None for a day that did not count."""

    date: dt.date
    count: int | None
    why: str
    provisional: bool = False


@lru_cache(maxsize=5000)
def published(date: dt.date) -> Day:
    """The day as published, or Monday to Friday where nothing is published."""
    try:
        off, name = chinese_calendar.get_holiday_detail(date)
    except NotImplementedError:
        workday = date.weekday() < 5
        why = f"周{WEEKDAYS[date.weekday()]}（当年节假日安排尚未公布，暂按周一至周五）"
        return Day(date, workday, why, provisional=True)
    label = HOLIDAYS.get(name or "", name or "")
    if off:
        return Day(date, False, f"{label}放假" if label else f"周{WEEKDAYS[date.weekday()]}")
    return Day(date, True, f"{label}调休上班" if label else "")


@lru_cache(maxsize=100)
def _workdays_of(year: int) -> list[dt.date]:
    """Those published, in order."""
    first = dt.date(year, 1, 1)
    days = [first + dt.timedelta(days=i) for i in range(365 + months.isleap(year))]
    return [day for day in days if published(day).is_workday]


def _up_to(date: dt.date, year: int) -> int:
    """How many published working days of ``year`` there are up to and including ``date``."""
    return bisect_right(_workdays_of(year), date)


class Calendar:
    def __init__(self, overrides: dict[dt.date, tuple[bool, str]]) -> None:
        self.overrides = overrides

    @classmethod
    def current(cls) -> Calendar:
        """The calendar with what the office typed in: one query, then from the cache until a day is changed."""
        overrides = cache.get(CACHE_KEY)
        if overrides is None:
            rows = DayOverride.objects.values_list("date", "is_workday", "name")
            overrides = {date: (is_workday, name) for date, is_workday, name in rows}
            cache.set(CACHE_KEY, overrides, 300)
        return cls(overrides)

    def day(self, date: dt.date) -> Day:
        if date in self.overrides:
            is_workday, name = self.overrides[date]
            return Day(date, is_workday, name)
        return published(date)

    def is_workday(self, date: dt.date) -> bool:
        return self.day(date).is_workday

    def add(self, start: dt.date, n: int) -> dt.date:
        """The ``n``-th working day after ``start``, which itself is not counted; ``start`` for 0."""
        day = start
        while n > 0:
            day += dt.timedelta(days=1)
            n -= self.is_workday(day)
        return day

    def add_months(self, start: dt.date, n: int) -> dt.date:
        """The same day ``n`` months on (the month's last where there is none); a limit that would end on a day off
        ends on the next working day (民法典 art 203)."""
        year, month = divmod(start.month - 1 + n, 12)
        year, month = start.year + year, month + 1
        day = dt.date(year, month, min(start.day, months.monthrange(year, month)[1]))
        return day if self.is_workday(day) else self.add(day, 1)

    def between(self, start: dt.date, end: dt.date) -> int:
        """Working days after ``start`` up to and including ``end``; 0 where ``end`` is not later."""
        if end <= start:
            return 0
        count = sum(_up_to(end, year) - _up_to(start, year) for year in range(start.year, end.year + 1))
        for date, (is_workday, _) in self.overrides.items():
            if start < date <= end:
                count += is_workday - published(date).is_workday
        return count

    def nearest(self, date: dt.date, policy: str = Move.AFTER_FIRST) -> Day:
        """Where an activity day of ``date`` is held: on a day off, one working day before or after it (Yuzhou's rule),
        ``policy`` saying which is tried first; where neither is one, the nearest there is. ``why`` says what was moved
        and why. ``Move.NONE`` keeps the day whatever it is."""
        if policy == Move.NONE or self.is_workday(date):
            return self.day(date)
        first = -1 if policy == Move.BEFORE_FIRST else 1
        for distance in range(1, FARTHEST):
            for shift in (first * distance, -first * distance):
                other = date + dt.timedelta(days=shift)
                if self.is_workday(other):
                    word = "顺延" if shift > 0 else "提前"
                    found = self.day(other)
                    why = f"{date:%-m月%-d日}是{self.day(date).why}，{word} {distance} 天"
                    return Day(other, True, why, found.provisional or self.day(date).provisional)
        raise ValueError(f"no working day within {FARTHEST} days of {date}")

    def explain_until(self, start: dt.date, end: dt.date) -> list[ExplainedDay]:
        """Every day after ``start`` up to ``end``, counted or with the reason why not."""
        rows, counted = [], 0
        for i in range(1, (end - start).days + 1):
            day = self.day(start + dt.timedelta(days=i))
            counted += day.is_workday
            rows.append(ExplainedDay(day.date, counted if day.is_workday else None, day.why, day.provisional))
        return rows

    def explain(self, start: dt.date, n: int) -> list[ExplainedDay]:
        """How the ``n``-th working day after ``start`` was found."""
        return self.explain_until(start, self.add(start, n))
