"""Forms of the schedule: one day, the rule, the themes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms

from liaison.lib.fields import DayField, ShortText, field_of
from receptions import brands, rules
from receptions.changes import stamp
from receptions.models import Brand, ReceptionDay, ReceptionRule
from receptions.schedule import Rule, Sourced, quarter
from stations.models import Station
from workdays.calendar import Move


class ClockField(forms.TimeField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "widget": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
                "input_formats": ["%H:%M", "%H:%M:%S", "%H：%M"],
                "error_messages": {"invalid": "时间不对，请写成 9:00 这样。"},
                **kwargs,
            }
        )


class Hours(forms.Form):
    starts_at = ClockField(label="开始时间")
    ends_at = ClockField(label="结束时间")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "结束时间要晚于开始时间。")
        return data


class BrandField(forms.ModelChoiceField):
    def __init__(self) -> None:
        super().__init__(Brand.objects.none(), label="特色载体", required=False, empty_label="不属于特色载体")

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class Branded(forms.Form):
    """The question under which brand a day is held, where there is one to choose."""

    brand = BrandField()

    def offer(self, station: Station, was: int | None = None) -> None:
        offered = brands.for_days_of(station, was=was)
        if offered.exists():
            field_of(self, "brand", BrandField).queryset = offered
        else:
            del self.fields["brand"]


class Acting(forms.Form):
    """Sent with the stamp of the page it stands on, so that a stale page is found out."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, day: ReceptionDay, **kwargs: Any) -> None:
        kwargs["initial"] = {"seen": stamp(day), **kwargs.pop("initial", {})}
        super().__init__(*args, **kwargs)


class AddForm(Branded, Hours):
    date = DayField(label="日期")
    place = ShortText(label="地点", max_length=120, required=False)
    theme = ShortText(label="主题", max_length=60, required=False, help_text="不填则用本季度主题。")
    activity = ShortText(label="活动", max_length=200, required=False)
    reason = ShortText(label="说明", max_length=100, required=False, help_text="为什么加开，如：代表接待月活动。")
    field_order = ("date", "starts_at", "ends_at", "place", "theme", "activity", "brand", "reason")

    def __init__(self, *args: Any, station: Station, rule: Rule, **kwargs: Any) -> None:
        kwargs["initial"] = {"starts_at": rule.starts_at, "ends_at": rule.ends_at, "place": station.address}
        super().__init__(*args, **kwargs)
        self.offer(station)


class MoveForm(Acting):
    to = DayField(label="改到")
    despite = forms.CharField(required=False, widget=forms.HiddenInput)  # the date whose trouble was read already
    reason = ShortText(label="原因", max_length=100, help_text="已通知的人会收到改期通知，里面写明原因。")


class CancelForm(Acting):
    reason = ShortText(label="取消原因", max_length=200, help_text="已通知的人会收到取消通知，里面写明原因。")


class ReopenForm(Acting):
    pass


class FollowRuleForm(Acting):
    pass


class EditForm(Acting, Branded, Hours):
    place = ShortText(label="地点", max_length=120, required=False)
    theme = ShortText(label="主题", max_length=60, required=False, help_text="不填则用本季度主题。")
    activity = ShortText(label="本月活动", max_length=200, required=False)
    field_order = ("starts_at", "ends_at", "place", "theme", "activity", "brand", "seen")

    def __init__(self, *args: Any, day: ReceptionDay, **kwargs: Any) -> None:
        names = ("starts_at", "ends_at", "place", "theme", "activity")
        kwargs["initial"] = {**{name: getattr(day, name) for name in names}, "brand": day.brand_id}
        super().__init__(*args, day=day, **kwargs)
        self.offer(day.station, was=day.brand_id)

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class RuleForm(forms.Form):
    """A station's own rule. What is left empty is as at the station above."""

    holds = forms.TypedChoiceField(
        label="设接待日",
        choices=[("", "按类别"), ("1", "设"), ("0", "不设")],
        required=False,
        coerce=lambda value: value == "1",
        empty_value=None,
    )
    day = forms.IntegerField(label="每月几日", required=False, min_value=1, max_value=31)
    move = forms.ChoiceField(label="遇休息日", required=False, choices=[("", "按上级规则"), *Move.choices])
    starts_at = ClockField(label="开始时间", required=False)
    ends_at = ClockField(label="结束时间", required=False)
    notice_days = forms.IntegerField(label="提前几天通知", required=False, min_value=1, max_value=15)
    again_days = forms.IntegerField(label="提前几天再次提醒", required=False, min_value=0, max_value=10)
    on_duty = forms.IntegerField(label="每次值班代表（名）", required=False, min_value=1, max_value=20)
    min_duties = forms.IntegerField(label="每名代表每年至少值班（次）", required=False, min_value=0, max_value=12)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, station: Station, own: ReceptionRule, sourced: Sourced, **kwargs: Any) -> None:
        self.station, self.own, self.sourced = station, own, sourced
        initial = {name: getattr(own, name) for name in rules.FIELDS}
        initial["holds"] = "" if own.holds is None else str(int(own.holds))
        kwargs["initial"] = {**initial, "seen": rules.stamp(own)}
        super().__init__(*args, **kwargs)
        if station.parent is None:
            field_of(self, "move", forms.ChoiceField).choices = [("", "按默认"), *Move.choices]
        for name in rules.FIELDS:
            field = self.fields[name]
            wide = isinstance(field, (forms.ChoiceField, forms.TimeField))
            field.widget.attrs["class"] = (
                "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            ) + (" rule-choice" if wide else " rule-number")
            if self.errors.get(name):
                field.widget.attrs["class"] += " is-invalid"
                field.widget.attrs["aria-describedby"] = f"id_{name}_error"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["move"] = data.get("move") or ""
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if "starts_at" in data and "ends_at" in data and bool(starts_at) != bool(ends_at):
            self.add_error("ends_at" if starts_at else "starts_at", "开始和结束时间要么都填，要么都不填。")
        elif starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "结束时间要晚于开始时间。")
        notice, again = data.get("notice_days"), data.get("again_days")
        if again is not None and again >= (notice or self.sourced.rule.notice_days):
            self.add_error("again_days", "再次提醒要在通知之后：天数要比提前通知的天数小。")
        elif again is None and notice is not None and self.sourced.rule.again_days >= notice:
            self.add_error("again_days", f"提前 {notice} 天通知，再次提醒的天数要比它小，请一并填写。")
        return data

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in rules.FIELDS}

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each value in force, the station it comes from, its source and the bound field."""
        above = {station.pk: station for station in self._line()}
        for name in rules.FIELDS:
            pk = self.sourced.sources[name]
            yield {
                "field": self[name],
                "label": self.fields[name].label,
                "value": said(name, getattr(self.sourced.rule, name)),
                "from": above.get(pk) if pk else None,
                "own": pk == self.station.pk,
                "source": SOURCES[name] or HOURS_SOURCE,
            }

    def _line(self) -> Iterator[Station]:
        station: Station | None = self.station
        while station is not None:
            yield station
            station = station.parent


SOURCES = {field.name: str(field.help_text) for field in ReceptionRule._meta.fields}
HOURS_SOURCE = "各站按农时和群众习惯确定；默认上午 9:00—11:30。"


def said(name: str, value: Any) -> str:
    """A value of a rule in words."""
    if name == "holds":
        return "设" if value else "不设"
    if name == "move":
        return str(Move(value).label)
    if isinstance(value, dt.time):
        return f"{value:%-H:%M}"
    units = {"day": " 日", "on_duty": " 名", "min_duties": " 次"}
    return f"{value}{units.get(name, ' 天')}"


class ThemesForm(forms.Form):
    """The four themes of a year, and an activity for each day of it that a rule made."""

    def __init__(
        self, *args: Any, themes: dict[int, str], above: dict[int, str], days: list[ReceptionDay], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.days = days
        for number in range(1, 5):
            self.fields[f"theme_{number}"] = ShortText(
                label="主题",
                max_length=60,
                required=False,
                initial=themes.get(number, ""),
                placeholder=f"同上级：{above[number]}" if above.get(number) else "",
            )
        for day in days:
            self.fields[f"activity_{day.pk}"] = ShortText(
                label=f"{day.date:%-m月%-d日}", max_length=200, required=False, initial=day.activity
            )

    def themes(self) -> dict[int, str]:
        return {number: self.cleaned_data[f"theme_{number}"] for number in range(1, 5)}

    def activities(self) -> dict[int, str]:
        return {day.pk: self.cleaned_data[f"activity_{day.pk}"] for day in self.days}

    def quarters(self) -> Iterator[dict[str, Any]]:
        for number in range(1, 5):
            days = [self[f"activity_{day.pk}"] for day in self.days if quarter(day.date) == number]
            yield {"name": f"第{'一二三四'[number - 1]}季度", "theme": self[f"theme_{number}"], "days": days}
