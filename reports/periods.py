"""From which day to which: the presets of a statistics page, any span, and the period before that it is compared with."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

ONE = dt.timedelta(days=1)
PRESETS = {
    "week": ("本周", "上周同期"),
    "month": ("本月", "上月同期"),
    "quarter": ("本季", "上季同期"),
    "year": ("本年", "上年同期"),
    "last_year": ("上年", "前年"),
}
USUAL = "year"
EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2100, 12, 31)


@dataclass(frozen=True)
class Period:
    """``first`` to ``last``, both included, by the day a case came in."""

    first: dt.date
    last: dt.date
    preset: str = ""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def label(self) -> str:
        return PRESETS[self.preset][0] if self.preset else "自选时段"

    @property
    def before_label(self) -> str:
        return PRESETS[self.preset][1] if self.preset else "上一时段"

    @property
    def in_words(self) -> str:
        return f"{self.first:%Y-%m-%d} 至 {self.last:%Y-%m-%d}"

    def before(self) -> Period:
        """The same span of the unit before for what is still running (1–18 November: 1–18 October); for a span of whole
        months as many months before; else as many days before."""
        if self.preset == "week":
            return Period(self.first - 7 * ONE, self.last - 7 * ONE)
        back = {"month": 1, "quarter": 3, "year": 12, "last_year": 12}.get(self.preset, 0)
        if not back and self.first.day == 1 and (self.last + ONE).day == 1:
            back = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        if not back:
            return Period(self.first - self.days * ONE, self.first - ONE)
        whole_months = (self.last + ONE).day == 1
        last = months_before(self.last, back)
        return Period(months_before(self.first, back), end_of_month(last) if whole_months else last)

    def pieces(self) -> list[Period]:
        """The steps of a line: days, weeks from Monday, months or years, so many that they can be read."""
        if self.days <= 31:
            return [Period(self.first + number * ONE, self.first + number * ONE) for number in range(self.days)]
        found, day = [], self.first
        while day <= self.last:
            last = min(self._end_of_piece(day), self.last)
            found.append(Period(day, last))
            day = last + ONE
        return found

    def _end_of_piece(self, day: dt.date) -> dt.date:
        if self.days <= 92:
            return day + (6 - day.weekday()) * ONE
        if self.days <= 366 * 3:
            return end_of_month(day)
        return dt.date(day.year, 12, 31)

    @property
    def step(self) -> str:
        """What a piece is called."""
        for most, name in ((31, "日"), (92, "周"), (366 * 3, "月")):
            if self.days <= most:
                return name
        return "年"


def end_of_month(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def months_before(day: dt.date, months: int) -> dt.date:
    """31 March less one month is the last day of February."""
    number = day.year * 12 + day.month - 1 - months
    first = dt.date(number // 12, number % 12 + 1, 1)
    return first.replace(day=min(day.day, end_of_month(first).day))


def preset(name: str, today: dt.date | None = None) -> Period:
    today = today or timezone.localdate()
    match name:
        case "week":
            return Period(today - today.weekday() * ONE, today, name)
        case "month":
            return Period(today.replace(day=1), today, name)
        case "quarter":
            return Period(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), today, name)
        case "last_year":
            return Period(dt.date(today.year - 1, 1, 1), dt.date(today.year - 1, 12, 31), name)
    return Period(dt.date(today.year, 1, 1), today, "year")


class PeriodForm(forms.Form):
    """``period`` names a preset; ``from`` and ``to`` are any span. What cannot be read is said, and the year is shown."""

    sensible = (MinValueValidator(EARLIEST, "日期太早。"), MaxValueValidator(LATEST, "日期太晚。"))
    since = forms.DateField(
        label="从", required=False, validators=sensible, error_messages={"invalid": "日期请写成 2026-03-01。"}
    )
    until = forms.DateField(
        label="到", required=False, validators=sensible, error_messages={"invalid": "日期请写成 2026-03-31。"}
    )

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("since"), data.get("until")
        if first and last and first > last:
            raise ValidationError("开始日期不能晚于结束日期。")
        return data


def read(data: Mapping[str, str], today: dt.date | None = None) -> tuple[Period, PeriodForm]:
    """The period that an address asks for: ``?period=month``, or ``?since=2026-03-01&until=2026-03-31`` (one end open: to
    today, or from the year's beginning); this year where it asks for none or cannot be read."""
    today = today or timezone.localdate()
    form = PeriodForm(data)
    first: dt.date | None = None
    last: dt.date | None = None
    if form.is_valid():
        first, last = form.cleaned_data["since"], form.cleaned_data["until"]
    if first is not None:
        return Period(first, last or max(today, first)), form
    if last is not None:
        return Period(dt.date(last.year, 1, 1), last), form
    name = data.get("period", "")
    return preset(name if name in PRESETS else USUAL, today), form
