from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from liaison.lib.fields import field_of
from reports.yearly.content import LONGEST
from reports.yearly.models import Edition, HandlingReport
from stations.models import County


class ReportForm(forms.ModelForm):
    """Which report is begun: the dates follow from year and edition where they are left empty."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    last = forms.DateField(
        label="数据截止日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="不填：年中报告到 7 月 31 日，全年报告到 12 月 31 日。",
    )

    class Meta:
        model = HandlingReport
        fields = ("county", "year", "edition", "last")

    def __init__(self, *args: Any, counties: list[County], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = County.objects.filter(pk__in=[one.pk for one in counties])
        field_of(self, "county", forms.ModelChoiceField).queryset = asked
        self.initial.setdefault("county", counties[0].pk if counties else None)
        if len(counties) == 1:
            self.fields["county"].widget = forms.HiddenInput()
        today = timezone.localdate()
        self.initial.setdefault("year", today.year if today.month > 1 else today.year - 1)
        self.initial.setdefault("edition", Edition.MIDYEAR if 6 <= today.month <= 8 else Edition.YEAR)
        field_of(self, "edition", forms.ChoiceField).choices = Edition.choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        year, edition = data.get("year"), data.get("edition")
        if year and edition:
            self.instance.first = dt.date(year, 1, 1)
            if not data.get("last"):
                data["last"] = dt.date(year, 7, 31) if edition == Edition.MIDYEAR else dt.date(year, 12, 31)
            elif data["last"].year != year:
                self.add_error("last", f"截止日期要在 {year} 年内。")
        return data


class PartForm(forms.Form):
    text = forms.CharField(
        label="正文",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="每一行是一个自然段。",
        error_messages={"required": "请写下内容；不想自己写，可以“用自动文字”。"},
    )
    seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        return _lines(self.cleaned_data["text"])

    def clean_seen(self) -> str:
        return _lines(self.cleaned_data["seen"])


def _lines(text: str) -> str:
    """Browsers end lines in their own way."""
    return "\n".join(text.splitlines())
