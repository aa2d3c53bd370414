"""Typing in days off and make-up workdays, and asking where a limit ends."""

import datetime as dt
from typing import Any

from django import forms

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LONGEST = 40  # days; no holiday is longer, and a slip of the year is caught
FIRST, LAST = 2004, 2100  # years; the published calendar begins in 2004


class CalendarDateField(forms.DateField):
    """A day of a year that the page can show."""

    widget = DATE

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and not FIRST <= value.year <= LAST:
            raise forms.ValidationError(f"请填 {FIRST} 年至 {LAST} 年之间的日期。")


class DaysForm(forms.Form):
    first = CalendarDateField(label="从")
    last = CalendarDateField(label="到", required=False, help_text="只有一天可以不填。")
    is_workday = forms.TypedChoiceField(
        label="这些天",
        choices=[("0", "放假"), ("1", "上班（调休）")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        initial="0",
    )
    name = forms.CharField(label="说明", max_length=30, help_text="如：春节放假、国庆节调休上班。")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first = data.get("first")
        last = data.get("last") or first
        if first and last:
            if last < first:
                self.add_error("last", "结束日期不能早于开始日期。")
            elif (last - first).days >= LONGEST:
                self.add_error("last", f"一次最多 {LONGEST} 天。")
            data["last"] = last
        return data

    def dates(self) -> list[dt.date]:
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


class CountForm(forms.Form):
    start = CalendarDateField(label="从")
    days = forms.IntegerField(label="工作日", min_value=1, max_value=250)
