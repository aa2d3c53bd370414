"""Projects, their tasks and milestones, and how far they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from liaison.lib.fields import DayField, LongText, ShortText, field_of
from stations.fields import Field
from stations.models import Department
from suggestions.models import Suggestion
from supervision.models import Group, Milestone, Project, ProjectKind, Task

if TYPE_CHECKING:
    from accounts.models import User

NO_OWNER = "请选责任单位：每个项目、每项任务都要有单位负责。"


class DepartmentChoice(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": "责任单位",
                "queryset": Department.objects.none(),
                "empty_label": "请选择",
                "widget": forms.Select(attrs={"data-filterable": "输入单位名称"}),
                "error_messages": {"required": NO_OWNER, "invalid_choice": "这个单位已停用或不在本县，请重新选。"},
                **kwargs,
            }
        )

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.station.name.replace('人大代表', '')}）" if not obj.station.is_hub else obj.name


def departments_of(county_ids: Iterable[int]) -> QuerySet[Department]:
    found = Department.objects.filter(is_active=True, station__county__in=county_ids)
    return found.select_related("station").order_by("station__path", "name")


class CasesField(forms.CharField):
    """Numbers of cases as people type them, apart by blanks, commas or lines; the cases that ``seen`` holds."""

    seen: QuerySet[Suggestion]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="有关意见建议",
            required=False,
            widget=forms.TextInput(attrs={"placeholder": "填编号，如 BA2026-00012，几件用空格隔开"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        numbers = [one.upper() for one in re.split(r"[\s,，、;；]+", super().clean(value)) if one]
        found = list(self.seen.filter(number__in=numbers))
        missing = [one for one in numbers if one not in {case.number for case in found}]
        if missing:
            raise ValidationError(f"没有找到编号为 {'、'.join(missing)} 的意见，请到台账核对。")
        return found


class ProjectForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=ProjectKind.choices, widget=forms.RadioSelect)
    year = forms.TypedChoiceField(label="年度", coerce=int)
    title = ShortText(label="名称", max_length=80, placeholder="如：城市窨井设施改造")
    goal = LongText(label="建设内容和目标", max_length=1000, rows=4, placeholder="做什么，做多少，年底达到什么样。")
    field = forms.ChoiceField(label="领域", choices=[("", "请选择"), *Field.choices])
    department = DepartmentChoice()
    group = forms.ModelChoiceField(
        label="监督小组",
        queryset=Group.objects.none(),
        required=False,
        empty_label="还没有确定",
        help_text="小组的代表能看到这个项目；逾期时告诉组长。",
    )
    cases = CasesField(help_text="重点建议请填它的编号；办理情况在意见页上看。")

    def __init__(
        self, *args: Any, user: User, county_ids: Sequence[int], project: Project | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        departments = departments_of(county_ids)
        if project is not None:
            departments |= Department.objects.filter(pk=project.department_id).select_related("station")
        field_of(self, "department", DepartmentChoice).queryset = departments
        groups = Group.objects.filter(county__in=county_ids)
        field_of(self, "group", forms.ModelChoiceField).queryset = groups
        field_of(self, "cases", CasesField).seen = Suggestion.objects.visible_to(user)
        year = timezone.localdate().year
        field_of(self, "year", forms.TypedChoiceField).choices = [(one, f"{one} 年") for one in (year, year + 1)]
        self.initial = {"year": year, "kind": ProjectKind.LIVELIHOOD, **self.initial}
        if project is not None:
            del self.fields["kind"], self.fields["year"]
            start = {name: getattr(project, name) for name in ("title", "goal", "field", "department", "group")}
            start["cases"] = " ".join(project.cases.values_list("number", flat=True))
            self.initial = {**start, **self.initial}

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class TaskForm(forms.Form):
    title = ShortText(label="任务", max_length=80, placeholder="如：主城区窨井排查建档")
    department = DepartmentChoice()
    contact = ShortText(label="责任人", max_length=20, required=False, placeholder="姓名，可以不填")

    def __init__(self, *args: Any, project: Project, task: Task | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = departments_of([project.county_id])
        if task is not None:
            departments |= Department.objects.filter(pk=task.department_id).select_related("station")
            start = {"title": task.title, "department": task.department_id, "contact": task.contact}
        else:
            start = {"department": project.department_id}
        field_of(self, "department", DepartmentChoice).queryset = departments
        self.initial = {**start, **self.initial}

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class MilestoneForm(forms.Form):
    title = ShortText(label="节点", max_length=80, placeholder="如：排查完成，建立台账")
    due_on = DayField(label="完成时限")

    def __init__(self, *args: Any, project: Project, milestone: Milestone | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = self.fields["due_on"].widget
        widget.attrs |= {"min": f"{project.year}-01-01", "max": project.last_day.isoformat()}
        if milestone is not None:
            self.initial = {"title": milestone.title, "due_on": milestone.due_on, **self.initial}

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ProgressForm(forms.Form):
    """On a phone: where it stands, what was done."""

    progress = forms.IntegerField(
        label="进度（%）",
        min_value=0,
        max_value=100,
        help_text="完成填 100。",
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": 5}),
        error_messages={
            "required": "请填 0 到 100。",
            "invalid": "请填 0 到 100 的整数。",
            "min_value": "进度填 0 到 100。",
            "max_value": "进度填 0 到 100。",
        },
    )
    done_on = DayField(label="完成日期", required=False, help_text="进度填 100 时有效；不填就是今天。")
    note = LongText(label="进展说明", max_length=500, rows=4, placeholder="做了什么，做到哪一步，有什么困难。")

    def __init__(self, *args: Any, milestone: Milestone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].widget.attrs["max"] = timezone.localdate().isoformat()
        start = {"progress": milestone.progress, "done_on": milestone.done_on, "note": milestone.note}
        self.initial = {**start, **self.initial}

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class StopForm(forms.Form):
    reason = ShortText(label="终止的原因", max_length=200)
