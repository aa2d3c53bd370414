"""Who is tied to whom, who sits on the committee, and what is written in a tie's log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils import timezone

from deputies import ties
from deputies.forms_contact import ContactForm
from deputies.models import Deputy, Level, Post, TieKind
from liaison.lib.fields import DayField, LongText
from stations.models import Station


class PersonField(forms.ModelChoiceField):
    def __init__(self, queryset: QuerySet[Any], *, label: str, hint: str, **kwargs: Any) -> None:
        widget = forms.Select(attrs={"data-filterable": hint})
        super().__init__(queryset, label=label, empty_label="请选择", widget=widget, **kwargs)

    def label_from_instance(self, one: Model) -> str:
        if isinstance(one, Deputy):
            home = f"，{one.home_station.name}" if one.home_station else ""
            return f"{one.name}（{one.get_level_display()}{home}）"
        return str(one)


class TieForm(forms.Form):
    """Offers at each end only who may still be tied."""

    since = DayField(label="开始日期")

    def __init__(self, *args: Any, kind: str, county_ids: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deputies = Deputy.objects.filter(county__in=county_ids).select_related("home_station").order_by("pinyin")
        ends: dict[str, forms.Field] = {}
        if kind == TieKind.MEMBER:
            ends["member"] = PersonField(ties.members(county_ids), label="常委会组成人员", hint="输入姓名")
            ends["deputy"] = PersonField(ties.without_member(deputies), label="联系的代表", hint="输入姓名")
        elif kind == TieKind.LEADER:
            ends["member"] = PersonField(ties.leaders(county_ids), label="主任会议成员", hint="输入姓名")
            stations = Station.objects.filter(county__in=county_ids, is_active=True).order_by("path")
            ends["station"] = PersonField(stations, label="联系的站点", hint="输入站点名称")
        else:
            ends["deputy"] = PersonField(ties.without_department(deputies), label="省、市代表", hint="输入姓名")
            ends["department"] = PersonField(
                ties.free_departments(county_ids), label="联系的县直部门", hint="输入单位名称"
            )
        self.fields = {**ends, **self.fields}
        self.initial = {"since": timezone.localdate(), **self.initial}

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class TieLogForm(ContactForm):
    summary = LongText(label="联系情况", max_length=2000, rows=3, placeholder="到了哪里，谈了什么。")
    asked = LongText(
        label="反映的意见建议", max_length=4000, rows=3, required=False, placeholder="对方提了什么。没有就不写。"
    )
    handling = None  # type: ignore[assignment]


class MemberForm(forms.Form):
    post = forms.ChoiceField(label="职务", choices=[("", "请选择"), *Post.choices])
    since = DayField(label="任职日期")

    def __init__(self, *args: Any, county_ids: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Deputy.objects.serving().filter(county__in=county_ids, level=Level.COUNTY)
        free = found.exclude(committee_seats__until__isnull=True, committee_seats__isnull=False)
        deputy = PersonField(free.select_related("home_station").order_by("pinyin"), label="县代表", hint="输入姓名")
        self.fields = {"deputy": deputy, **self.fields}
        self.initial = {"since": timezone.localdate(), **self.initial}

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
