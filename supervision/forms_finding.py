"""What was found, to whom it goes, what was done, and whether it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from liaison.lib.fields import DayField, FilesField, LongText, ShortText, field_of
from stations.fields import Field
from supervision import findings, photos
from supervision.forms_inspection import in_a_month
from supervision.forms_project import DepartmentChoice
from supervision.models import Finding, Inspection

if TYPE_CHECKING:
    from accounts.models import User

OFFERED = 200  # earlier problems


class PhotosField(FilesField):
    def __init__(self, **kwargs: Any) -> None:
        more = {"label": "照片", "help_text": f"jpg 或 png，一次最多 {photos.MOST} 张；拍摄地点等信息会自动去掉。"}
        super().__init__(**{**more, **kwargs})
        self.widget.attrs["accept"] = "image/jpeg,image/png,image/webp"


class EarlierChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.inspection.date:%Y-%m-%d} {obj.title}（{obj.place}）"


class FindingForm(forms.Form):
    title = ShortText(label="问题", max_length=80, placeholder="如：人民路窨井盖松动")
    place = ShortText(label="地点", max_length=80, placeholder="如：人民路与文化路口东侧")
    field = forms.ChoiceField(label="领域", choices=[("", "请选择"), *Field.choices])
    problem = LongText(label="问题描述", max_length=1000, rows=4, placeholder="看到了什么，有什么影响。")
    previous = EarlierChoice(
        label="是以前的问题又出现了吗",
        queryset=Finding.objects.none(),
        required=False,
        empty_label="不是，第一次发现",
        widget=forms.Select(attrs={"data-filterable": "输入问题或地点"}),
        help_text="是的话请选上一次，页面会显示这个问题出现过几次。",
    )
    files = PhotosField()  # type: ignore[assignment]

    def __init__(self, *args: Any, inspection: Inspection, finding: Finding | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        earlier = findings.earlier(inspection.county_id, before=finding)
        field_of(self, "previous", EarlierChoice).queryset = earlier
        if inspection.group is not None:
            self.initial = {"field": inspection.group.field, **self.initial}
        if finding is not None:
            del self.fields["files"]
            names = ("title", "place", "field", "problem", "previous")
            self.initial = {**self.initial, **{name: getattr(finding, name) for name in names}}

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class SendForm(forms.Form):
    department = DepartmentChoice(
        error_messages={"required": "请选责任单位。", "invalid_choice": "这个单位已停用，或不归您交办，请重新选。"}
    )
    due_on = DayField(label="整改时限")
    text = LongText(label="整改要求", max_length=1000, rows=3, placeholder="请单位做什么，做到什么程度。")

    def __init__(self, *args: Any, user: User, finding: Finding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "department", DepartmentChoice).queryset = findings.departments_for(user, finding)
        self.fields["due_on"].widget.attrs["min"] = timezone.localdate().isoformat()
        project = finding.inspection.project
        self.initial = {
            "due_on": in_a_month(),
            "department": project.department_id if project else None,
            **self.initial,
        }


class DropForm(forms.Form):
    reason = ShortText(label="不交办的原因", max_length=200, placeholder="如：现场已经改正")


class ReportForm(forms.Form):
    text = LongText(label="整改情况", max_length=1000, rows=5, placeholder="怎样整改的，什么时候完成，结果怎样。")
    files = PhotosField(label="整改后的照片")  # type: ignore[assignment]


class CheckForm(forms.Form):
    passed = forms.TypedChoiceField(
        label="复查结果",
        choices=[("yes", "合格"), ("no", "不合格，退回重新整改")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选合格还是不合格。"},
    )
    text = LongText(label="复查情况", max_length=1000, rows=4, placeholder="到现场看到了什么。")
    due_on = DayField(label="新的整改时限", required=False, help_text="不合格的才填。")
    files = PhotosField(label="复查照片")  # type: ignore[assignment]
