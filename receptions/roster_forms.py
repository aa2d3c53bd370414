"""Forms of rosters and duties, and how a period of months is read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from deputies.models import Deputy
from liaison.lib.fields import field_of
from receptions.dates import short_date
from receptions.models import ReceptionDay
from receptions.rosters import Period
from stations.models import Station

SPANS = (3, 6, 12)


def month(text: str) -> dt.date | None:
    """The first day of "2026-12"; None for anything else."""
    year, _, number = text.partition("-")
    if not (year.isdecimal() and number.isdecimal() and 2000 <= int(year) <= 2100 and 1 <= int(number) <= 12):
        return None
    return dt.date(int(year), int(number), 1)


def months_on(start: dt.date, months: int) -> dt.date:
    """The last day of a period of so many months."""
    number = start.year * 12 + start.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1) - dt.timedelta(days=1)


def period_of(station: Station, data: QueryDict) -> Period:
    """The period that the page's filter names; what cannot be read has its default (12 months from this one)."""
    start = month(data.get("start", "")) or timezone.localdate().replace(day=1)
    text = data.get("months", "")
    months = int(text) if text.isdecimal() and int(text) in SPANS else SPANS[-1]
    return Period(
        station, start, months_on(start, months), below=bool(data.get("below")), gaps_only=bool(data.get("gaps"))
    )


class AssignForm(forms.Form):
    deputy = forms.ModelChoiceField(Deputy.objects.none(), label="加一名代表", empty_label="请选择")

    def __init__(self, *args: Any, deputies: dict[int, str], **kwargs: Any) -> None:
        """``deputies``: who can serve, with what is worth knowing beside the name."""
        super().__init__(*args, **kwargs)
        field = field_of(self, "deputy", forms.ModelChoiceField)
        field.queryset = Deputy.objects.filter(pk__in=deputies)
        field.widget.attrs["data-filterable"] = "输入姓名"
        field.widget.choices = [("", "请选择"), *((str(pk), words) for pk, words in deputies.items())]


class LeaveForm(forms.Form):
    starts_on = forms.DateField(label="从哪天起", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(label="到哪天止", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(label="原因", max_length=120, help_text="简单写一句，如“外出学习”。")


class DecideLeaveForm(forms.Form):
    note = forms.CharField(
        label="批复意见", max_length=120, required=False, help_text="不批准时请写明原因，代表会看到。"
    )


class SwapForm(forms.Form):
    """``choice`` is "deputy" or "deputy-day", as offered."""

    choice = forms.ChoiceField(label="请谁来")
    reason = forms.CharField(label="原因", max_length=120, required=False, help_text="可以不写，对方会看到。")

    def __init__(self, *args: Any, partners: list[tuple[Deputy, list[ReceptionDay]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "choice", forms.ChoiceField).choices = [
            ("", "请选择"),
            *(self._group(deputy, days) for deputy, days in partners),
        ]

    @staticmethod
    def _group(deputy: Deputy, days: list[ReceptionDay]) -> tuple[str, list[tuple[str, str]]]:
        exchanges = [(f"{deputy.pk}-{day.pk}", f"和{deputy}换：我去值 {short_date(day.date)}") for day in days]
        return deputy.name, [*exchanges, (str(deputy.pk), f"请{deputy}替我一次，不换")]

    def clean_choice(self) -> tuple[int, int | None]:
        deputy, _, day = self.cleaned_data["choice"].partition("-")
        return int(deputy), int(day) if day else None
