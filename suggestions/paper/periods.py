"""The period that a list on paper is of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone


@dataclass(frozen=True)
class Period:
    """Both days belong to it."""

    starts: dt.date
    ends: dt.date

    @property
    def words(self) -> str:
        return f"{_day(self.starts)}至{_day(self.ends)}"

    @property
    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        """From the first moment of ``starts`` until before the second value."""
        after = self.ends + dt.timedelta(days=1)
        return (
            timezone.make_aware(dt.datetime.combine(self.starts, dt.time())),
            timezone.make_aware(dt.datetime.combine(after, dt.time())),
        )


def _day(date: dt.date) -> str:
    return f"{date.year}年{date.month}月{date.day}日"


def this_year() -> Period:
    today = timezone.localdate()
    return Period(today.replace(month=1, day=1), today)


class PeriodForm(forms.Form):
    """Left empty: this year so far."""

    starts = forms.DateField(label="从", required=False, widget=forms.DateInput({"type": "date"}))
    ends = forms.DateField(label="到", required=False, widget=forms.DateInput({"type": "date"}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        period = self._period(cleaned)
        if period.ends < period.starts:
            raise forms.ValidationError("结束日期不能早于开始日期。")
        if period.ends.year > 9000:  # the day after must still be a date
            raise forms.ValidationError("请填写正确的日期。")
        return cleaned

    @staticmethod
    def _period(cleaned: dict[str, Any]) -> Period:
        ends = cleaned.get("ends") or timezone.localdate()
        return Period(cleaned.get("starts") or ends.replace(month=1, day=1), ends)

    @property
    def period(self) -> Period:
        """What was asked for; this year where that cannot be read."""
        return self._period(self.cleaned_data) if self.is_valid() else this_year()


class CatalogueForm(PeriodForm):
    with_opinions = forms.BooleanField(label="含群众意见", required=False)
