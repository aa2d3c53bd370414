"""What a round is about, and the tally of paper ballots."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from liaison.lib.fields import DayField, LongText, ShortText, field_of
from meetings.models import Meeting, MeetingState
from stations.models import County, Department
from supervision import rounds
from supervision.models import Choice, Project, Rectification, Round, RoundKind, Subject, Way

MOST = 999  # ballots; a committee has some dozens of members


def _whole(label: str, most: int = MOST, **kwargs: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "class": "number-input"})
    words = {"required": "请填写。", "invalid": "请填整数。", "min_value": "不能是负数。", "max_value": "数太大了。"}
    return forms.IntegerField(label=label, min_value=0, max_value=most, widget=widget, error_messages=words, **kwargs)


class _Meetings(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.held_on:%Y-%m-%d} {obj.title}"


class _Projects(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title}（{obj.get_kind_display()}，{obj.department.name}）"


class SittingForm(forms.Form):
    """Where and how it is voted: all that a re-vote still asks."""

    title = ShortText(label="名称", max_length=80)
    held_on = DayField(label="测评日期")
    meeting = _Meetings(
        queryset=Meeting.objects.none(), label="在哪次常委会会议上", required=False, empty_label="没有登记会议"
    )
    way = forms.ChoiceField(label="投票方式", choices=Way, widget=forms.RadioSelect, initial=Way.CODES)
    present = _whole("出席人数", help_text="到会参加投票的组成人员人数，一人一票。")

    def __init__(self, *args: Any, county: County, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        since = timezone.localdate() - dt.timedelta(days=366)
        found = Meeting.objects.filter(county=county, held_on__gte=since).exclude(state=MeetingState.CANCELLED)
        field_of(self, "meeting", _Meetings).queryset = found
        members = rounds.members_of(county.pk)
        self.fields["present"].help_text += f"在任组成人员 {members} 人，过半数才能开会。"
        self.initial = {"held_on": timezone.localdate(), **self.initial}

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class AgainForm(SittingForm):
    def __init__(self, *args: Any, one: Rectification, **kwargs: Any) -> None:
        subject = one.subject
        start = {"title": f"{subject.round.year}年{subject.matter or subject.department.name}整改复评"}
        super().__init__(*args, county=subject.round.county, initial=start, **kwargs)


class RoundForm(SittingForm):
    field_order = ("kind", "year", "title", "departments", "projects", "held_on", "meeting", "way", "present")
    kind = forms.ChoiceField(label="哪一次", choices=RoundKind.choices[:2], widget=forms.RadioSelect)
    year = _whole("年度", most=9999)
    departments: forms.ModelMultipleChoiceField[Department] = forms.ModelMultipleChoiceField(
        queryset=None, label="测评哪些单位的工作", required=False, widget=forms.CheckboxSelectMultiple
    )
    projects = _Projects(
        queryset=None, label="测评哪些民生实事、重点建议", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, county: County, one: Round | None = None, **kwargs: Any) -> None:
        super().__init__(*args, county=county, **kwargs)
        self.one = one
        today = timezone.localdate()
        departments = field_of(self, "departments", forms.ModelMultipleChoiceField)
        departments.queryset = rounds.departments_of([county.pk])
        running = Q(county=county, year__gte=today.year - 1, stopped_on__isnull=True)
        projects = Project.objects.filter(running).select_related("department")
        field_of(self, "projects", _Projects).queryset = projects
        if not projects.exists():
            del self.fields["projects"]
        self.initial = {**(self._start(county, today) if one is None else self._of(one)), **self.initial}
        if one is not None and one.kind == RoundKind.AGAIN:
            for name in ("kind", "year", "departments", "projects"):
                self.fields.pop(name, None)

    def _start(self, county: County, today: dt.date) -> dict[str, Any]:
        kind = RoundKind.MID_YEAR if today.month <= 9 else RoundKind.YEAR_END
        return {"kind": kind, "year": today.year, "title": f"{county.name}{today.year}年{kind.label[:2]}满意度测评"}

    def _of(self, one: Round) -> dict[str, Any]:
        subjects = list(one.subjects.all())
        names = ("kind", "year", "title", "held_on", "meeting", "way", "present")
        return {
            **{name: getattr(one, name) for name in names},
            "departments": [subject.department_id for subject in subjects if subject.project_id is None],
            "projects": [subject.project_id for subject in subjects if subject.project_id],
        }

    def arguments(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        chosen = [*said.pop("departments", ()), *said.pop("projects", ())]
        if self.one is not None and self.one.kind == RoundKind.AGAIN:
            rows = self.one.subjects.select_related("department", "project__department")
            chosen = [subject.project or subject.department for subject in rows]
        return {**said, "subjects": chosen}


class ReasonForm(forms.Form):
    reason = LongText(label="原因", max_length=200, rows=3)


class TallyForm(forms.Form):
    """``rows`` pairs each subject with its four fields."""

    issued = _whole("发出票数")
    returned = _whole("收回票数")
    valid = _whole("有效票数", help_text="弃权的票也是有效票；没法认定的是无效票。")

    def __init__(self, *args: Any, one: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subjects = list(one.subjects.select_related("department"))
        returned_before = one.valid is not None
        self.initial = {"issued": one.issued or one.present, "returned": one.returned, "valid": one.valid}
        for number, subject in enumerate(self.subjects, start=1):
            for choice in Choice:
                name = self._name(subject, choice)
                self.fields[name] = _whole(choice.label)
                self.fields[name].error_messages["required"] = f"第 {number} 项没有填，没有的填 0。"
                self.initial[name] = getattr(subject, choice) if returned_before else None

    @staticmethod
    def _name(subject: Subject, choice: str) -> str:
        return f"s{subject.pk}_{Choice(choice).value}"

    @property
    def rows(self) -> list[tuple[Subject, list[forms.BoundField]]]:
        return [(one, [self[self._name(one, choice)] for choice in Choice]) for one in self.subjects]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        counts = {one.pk: {choice: data[self._name(one, choice)] for choice in Choice.values} for one in self.subjects}
        return {**{name: data[name] for name in ("issued", "returned", "valid")}, "counts": counts}
