"""One form per kind of entry: it asks what that kind has, and no more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from deputies.models import DutyEntry, DutyKind, DutyWeight, Scored
from deputies.models.duty import GIVEN
from liaison.lib.fields import DayField, FilesField, LongText, NoIdNumber, ShortText
from stations.models import County

HINTS = {
    DutyKind.MEETING: "如：县十六届人大五次会议",
    DutyKind.INSPECTION: "如：视察民生实事项目进展",
    DutyKind.TRAINING: "如：县人大代表履职能力提升班",
    DutyKind.ACTIVITY: "如：代表小组学习讨论",
    DutyKind.REPORT: "如：向原选区选民述职并接受评议",
    DutyKind.COMMENDATION: "如：县优秀人大代表",
}
NUMBER = {"inputmode": "numeric"}
VOTES = ("satisfied", "basically", "dissatisfied")


class DutyForm(NoIdNumber):
    happened_on = DayField(label="日期")
    title = ShortText(label="标题", max_length=80)
    place = ShortText(label="地点", max_length=80, required=False)
    amount = forms.DecimalField(
        label="数量",
        min_value=Decimal("0.01"),
        max_value=Decimal("9999999999"),
        decimal_places=2,
        error_messages={"required": "请填写数量。"},
    )
    satisfied = forms.IntegerField(label="满意（票）", min_value=0, max_value=100_000, required=False)
    basically = forms.IntegerField(label="基本满意（票）", min_value=0, max_value=100_000, required=False)
    dissatisfied = forms.IntegerField(label="不满意（票）", min_value=0, max_value=100_000, required=False)
    detail = LongText(label="内容和成效", max_length=4000, rows=4, required=False)
    files = FilesField(label="照片和佐证材料")  # type: ignore[assignment]

    def __init__(self, *args: Any, kind: DutyKind, entry: DutyEntry | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        today = timezone.localdate()
        self.fields["happened_on"].widget.attrs["max"] = today.isoformat()
        self.fields["title"].widget.attrs["placeholder"] = HINTS.get(kind, "")
        if kind in GIVEN:
            self.fields["title"].label = "重点项目"
            self.fields["amount"].label = f"{kind.label}（{GIVEN[kind]}）"
        else:
            del self.fields["amount"]
        if kind != DutyKind.REPORT:
            for name in VOTES:
                del self.fields[name]
        names = [name for name in self.fields if name != "files"]
        start = {name: getattr(entry, name) for name in names} if entry else {"happened_on": today}
        self.initial = {**start, **self.initial}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        votes = [data.get(name) for name in VOTES]
        if any(vote is not None for vote in votes) and None in votes and not self.errors:
            raise ValidationError("三种票数请都填，没有的填 0。")
        return data

    def arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "kind": self.kind}


class WeightsForm(forms.Form):
    """Points and cap of each item; an item left empty weighs nothing."""

    def __init__(self, *args: Any, county: County, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = {row.item: row for row in DutyWeight.objects.filter(county=county)}
        for item in Scored:
            row = stored.get(item)
            for name, label in (("points", "每次得分"), ("most", "最高得分")):
                self.fields[f"{item}_{name}"] = forms.DecimalField(
                    label=f"{item.label}{label}",
                    min_value=0,
                    max_value=100,
                    decimal_places=1,
                    required=False,
                    initial=getattr(row, name, None),
                    widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.1"}),
                )

    @property
    def rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        return [(item.label, self[f"{item}_points"], self[f"{item}_most"]) for item in Scored]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for item in Scored:
            points, most = data.get(f"{item}_points"), data.get(f"{item}_most")
            if (points is None) != (most is None):
                self.add_error(f"{item}_most", f"{item.label}：每次得分和最高得分要么都填，要么都不填。")
            elif points is not None and most is not None and most < points:
                self.add_error(f"{item}_most", f"{item.label}：最高得分不能小于每次得分。")
        return data

    def weights(self) -> dict[str, tuple[Any, Any]]:
        data = self.cleaned_data
        return {
            item.value: (data[f"{item}_points"], data[f"{item}_most"])
            for item in Scored
            if data[f"{item}_points"] is not None
        }
