"""专业监督小组: the group, its deputies, its local experts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from deputies.models import Deputy
from liaison.lib.fields import LongText, NoIdNumber, ShortText, field_of
from liaison.lib.phones import CallField
from stations.models import Station
from supervision import groups
from supervision.models import Expert, ExpertKind, Group


class DeputyChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return deputy_label(obj)


class DeputiesChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return deputy_label(obj)


def deputy_label(deputy: Deputy) -> str:
    home = f"，{deputy.home_station.name.replace('人大代表', '')}" if deputy.home_station else ""
    return f"{deputy.name}（{deputy.get_level_display()}{home}）"


def of_county(county_id: int) -> QuerySet[Deputy]:
    found = Deputy.objects.serving().filter(county=county_id)
    return found.select_related("home_station").order_by("pinyin", "pk")


class GroupForm(forms.Form):
    name = ShortText(label="名称", max_length=40)
    lead_committee = ShortText(label="牵头工委", max_length=40, attrs={"list": "committees"})
    leader = DeputyChoice(
        label="组长",
        queryset=Deputy.objects.none(),
        required=False,
        empty_label="还没有确定",
        widget=forms.Select(attrs={"data-filterable": "输入姓名"}),
    )
    duties = LongText(
        label="监督内容", max_length=500, rows=3, required=False, placeholder="如：窨井盖、雨污分流、老旧小区改造。"
    )
    stations = forms.ModelMultipleChoiceField(
        label="联系站点",
        queryset=Station.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8, "data-filterable": "输入站点名称"}),
        help_text="按住 Ctrl 键点选几个。所选站点的工作人员能看到本组的项目和视察。",
    )

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "leader", DeputyChoice).queryset = of_county(group.county_id)
        stations = Station.objects.filter(county=group.county_id, is_active=True).order_by("path")
        field_of(self, "stations", forms.ModelMultipleChoiceField).queryset = stations
        names = ("name", "lead_committee", "duties")
        start = {name: getattr(group, name) for name in names}
        self.initial = {**start, "leader": group.leader_id, "stations": group.stations.all(), **self.initial}

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class MembersForm(forms.Form):
    deputies = DeputiesChoice(
        label="加入小组的代表",
        queryset=Deputy.objects.none(),
        widget=forms.SelectMultiple(attrs={"size": 14, "data-filterable": "输入姓名或站点"}),
        help_text="先输入姓名或站点筛选，再按住 Ctrl 键点选几名；已经选的会留着。",
        error_messages={"required": "请选代表。"},
    )

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = groups.free_deputies(group).select_related("home_station").order_by("pinyin", "pk")
        field_of(self, "deputies", DeputiesChoice).queryset = free


class ExpertForm(NoIdNumber):
    name = ShortText(label="姓名", max_length=30)
    phone = CallField(label="电话", required=True, error_messages={"required": "请填写，视察前要联系。"})
    kind = forms.ChoiceField(label="类别", choices=[("", "请选择"), *ExpertKind.choices])
    trade = ShortText(label="专长", max_length=40, placeholder="如：给排水、小学数学、四大怀药种植")
    station = forms.ModelChoiceField(
        label="推荐站点",
        queryset=Station.objects.none(),
        required=False,
        empty_label="县人大推荐",
        widget=forms.Select(attrs={"data-filterable": "输入站点名称"}),
    )

    def __init__(self, *args: Any, group: Group, expert: Expert | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stations = Station.objects.filter(county=group.county_id, is_active=True).order_by("path")
        field_of(self, "station", forms.ModelChoiceField).queryset = stations
        if expert is not None:
            names = ("name", "phone", "kind", "trade", "station")
            self.initial = {**{name: getattr(expert, name) for name in names}, **self.initial}

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
