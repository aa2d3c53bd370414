"""Planning an inspection, answering the invitation, and who came."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy
from liaison.lib.fields import DayField, LongText, ShortText, field_of
from stations.models import Station
from supervision.forms_group import DeputiesChoice, of_county
from supervision.models import Answer, Expert, Group, Inspection, InspectionKind, Participant, Project

TICKS = forms.CheckboxSelectMultiple


class ExpertsChoice(forms.ModelMultipleChoiceField):
    """Named in part: the office looks numbers up on the group's page, where looking leaves an event."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.masked_name}（{obj.get_kind_display()}，{obj.trade}）"


class ArrangeForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=InspectionKind.choices, widget=forms.RadioSelect)
    title = ShortText(label="主题", max_length=80, placeholder="如：城区窨井盖改造现场查看")
    date = DayField(label="日期")
    starts_at = forms.TimeField(
        label="时间",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "时间不对，请写成 9:30 这样。"},
    )
    place = ShortText(label="集合地点", max_length=80)
    matter = LongText(label="视察要点", max_length=1000, rows=3, required=False, placeholder="看什么，问什么。")
    project = forms.ModelChoiceField(
        label="有关项目", queryset=Project.objects.none(), required=False, empty_label="没有"
    )

    def __init__(self, *args: Any, county_id: int, inspection: Inspection | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_projects(county_id, inspection)

    def offer_projects(self, county_id: int, inspection: Inspection | None = None) -> None:
        year = timezone.localdate().year
        running = Project.objects.running().filter(county=county_id, year__gte=year - 1)
        field_of(self, "project", forms.ModelChoiceField).queryset = running
        start: dict[str, Any] = {"kind": InspectionKind.INSPECTION}
        if inspection is not None:
            names = ("kind", "title", "date", "starts_at", "place", "matter", "project")
            start = {name: getattr(inspection, name) for name in names}
        self.initial = {**start, **self.initial}

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class PeopleForm(forms.Form):
    """Whom to ask: of a group its members, ticked, and its experts; besides anybody who serves in the county."""

    members = DeputiesChoice(label="小组代表", queryset=Deputy.objects.none(), required=False, widget=TICKS)
    experts = ExpertsChoice(
        label="专业人才",
        queryset=Expert.objects.none(),
        required=False,
        widget=TICKS,
        help_text="由工作人员电话通知，号码在小组页面查看。",
    )
    others = DeputiesChoice(
        label="其他代表",
        queryset=Deputy.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8, "data-filterable": "输入姓名或站点"}),
        help_text="先输入姓名或站点筛选，再按住 Ctrl 键点选几名；已经选的会留着。",
    )

    def __init__(
        self, *args: Any, county_id: int, group: Group | None, asked: Inspection | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer_people(county_id, group, asked)

    def offer_people(self, county_id: int, group: Group | None, asked: Inspection | None = None) -> None:
        there = Participant.objects.filter(inspection=asked)
        deputies = of_county(county_id).exclude(pk__in=there.filter(deputy__isnull=False).values("deputy"))
        if group is None:
            del self.fields["members"], self.fields["experts"]
            self.fields["others"].label = "参加的代表"
        else:
            inside = group.members.filter(until__isnull=True).values("deputy")
            members = deputies.filter(Q(pk__in=inside) | Q(pk=group.leader_id or 0))
            experts = Expert.objects.filter(group=group, until__isnull=True)
            experts = experts.exclude(pk__in=there.filter(expert__isnull=False).values("expert"))
            field_of(self, "members", DeputiesChoice).queryset = members
            field_of(self, "experts", ExpertsChoice).queryset = experts
            deputies = deputies.exclude(pk__in=members.values("pk"))
            self.initial = {"members": members, **self.initial}
        field_of(self, "others", DeputiesChoice).queryset = deputies

    def people(self) -> dict[str, Any]:
        data = self.cleaned_data
        deputies = [*data.get("members", ()), *data.get("others", ())]
        return {"deputies": deputies, "experts": list(data.get("experts", ()))}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not any(self.people().values()):
            raise ValidationError("请至少选一名参加的代表或专业人才。")
        return data


class PlanForm(PeopleForm, ArrangeForm):
    held = forms.BooleanField(
        label="已经开展，现在补登",
        required=False,
        help_text="上面所选的人就是到场人员，不再通知。",
    )
    summary = LongText(
        label="视察情况", max_length=2000, rows=4, required=False, placeholder="补登时填写：看到了什么。"
    )

    def __init__(self, *args: Any, county_id: int, group: Group | None, **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, **kwargs)
        self.offer_projects(county_id)
        self.offer_people(county_id, group)

    def clean(self) -> dict[str, Any]:
        data, today = super().clean(), timezone.localdate()
        date = data.get("date")
        if date is not None and date < today and not data.get("held"):
            self.add_error("date", "日期已经过了。补登已经开展的视察，请勾选“已经开展”，所选的人就是到场人员。")
        if data.get("held") and not data.get("summary"):
            self.add_error("summary", "补登时请写明视察情况。")
        return data

    def arguments(self) -> dict[str, Any]:
        names = ("kind", "title", "date", "starts_at", "place", "matter", "project")
        said = {name: self.cleaned_data[name] for name in names} | self.people()
        return said | ({"summary": self.cleaned_data["summary"]} if self.cleaned_data["held"] else {})


class AnswerForm(forms.Form):
    coming = forms.TypedChoiceField(
        label="能否参加",
        choices=[("yes", "参加"), ("no", "请假")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选参加还是请假。"},
    )
    reason = ShortText(label="请假原因", max_length=100, required=False, placeholder="请假的请写明原因")


class HoldForm(forms.Form):
    attended = forms.TypedMultipleChoiceField(
        label="到场人员",
        coerce=int,
        widget=TICKS,
        error_messages={"required": "没有人到场就不是一次视察：请勾选到场人员；没有开展的请取消。"},
    )
    summary = LongText(label="视察情况", max_length=2000, rows=6, placeholder="到了哪里，看到了什么，提了什么意见。")

    def __init__(self, *args: Any, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = list(inspection.participants.select_related("deputy", "expert"))
        choices = [(row.pk, f"{row.name}（{row.who}）{_said(row)}") for row in rows]
        field_of(self, "attended", forms.TypedMultipleChoiceField).choices = choices
        came = [row.pk for row in rows if row.attended or (row.attended is None and row.answer != Answer.LEAVE)]
        self.initial = {"attended": came, "summary": inspection.summary, **self.initial}


def _said(row: Participant) -> str:
    return {Answer.LEAVE: f"　请假：{row.reason}", Answer.COMING: "　答复参加"}.get(Answer(row.answer), "")


class CancelForm(forms.Form):
    reason = ShortText(label="取消的原因", max_length=200)


def stations_of(user: Any) -> list[Station]:
    """For whose inspections ``user`` may plan: the open stations one is staff of, the hub left to the groups."""
    return [station for station in user.seats.stations if not station.is_hub]


def in_a_month() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=30)
