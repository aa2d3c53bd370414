"""What the desk asks at the start, at the end and afterwards."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from liaison.lib.fields import FilesField, LongText, ShortText
from noticeboard.models import Notice
from receptions import photos, sittings, summaries
from receptions.forms_public import PublicTextForm
from receptions.models import Duty, ReceptionDay


class LateForm(forms.Form):
    """Opening a day after its date."""

    reason = ShortText(label="补开的原因", max_length=200, placeholder="如：当天停电，按纸质登记表补录")


class PhotosField(FilesField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "现场照片", "help_text": photos.ALLOWED, **kwargs})
        self.widget.attrs["accept"] = ",".join(photos.MEDIA_TYPES)


class CloseForm(PublicTextForm):
    """``absences()`` and the rest are what ``sittings.close`` takes; ``release`` puts the summary on the noticeboard."""

    visitors = forms.IntegerField(
        label="来访人次",
        min_value=0,
        max_value=sittings.MOST_VISITORS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    summary = LongText(
        label="接待小结",
        max_length=4000,
        rows=6,
        required=False,
        placeholder="接待了哪些方面的事，当场答复了什么，带回去办的有哪些。不写来访人的姓名和电话。",
    )
    photos = PhotosField()
    release = forms.BooleanField(
        label="把小结公示到本站公示栏",
        required=False,
        help_text="和其他公示一样由另一名工作人员审核后公示；县级中心站的直接公示。",
    )
    with_photos = forms.BooleanField(label="照片一起公示（照片里的群众已同意，或看不出是谁）", required=False)

    def __init__(self, *args: Any, day: ReceptionDay, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = day
        self.least = sittings.registered(day)
        self.fields["visitors"].help_text = f"已登记 {self.least} 位，不能比这少。"
        self.notice: Notice | None = None  # what came of ``release``
        self.duties = list(Duty.objects.filter(day=day, signed_in_at=None).select_related("deputy"))
        for duty in self.duties:
            self.fields[f"absent_{duty.pk}"] = ShortText(
                label=f"{duty.deputy.name}缺席的原因",
                max_length=120,
                initial=duty.absent_reason,
                placeholder="如：外出开会，已请假",
            )

    @property
    def absent_fields(self) -> list[forms.BoundField]:
        return [self[f"absent_{duty.pk}"] for duty in self.duties]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("release") and "summary" in data:
            self._check_release(data)
        return data

    def _check_release(self, data: dict[str, Any]) -> None:
        if not data["summary"]:
            self.add_error("summary", "要公示的，请写小结。")
        self.require_confirmed(summaries.findings_in(self.day, data["summary"]), "小结")

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        absences = {duty.pk: data[f"absent_{duty.pk}"] for duty in self.duties}
        return {"summary": data["summary"], "visitors": data["visitors"], "absences": absences}


class CorrectForm(CloseForm):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    reason = ShortText(label="更正的原因", max_length=200, placeholder="如：漏记了两位来访人")
    release = forms.BooleanField(label="把改后的小结公示到本站公示栏", required=False)

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "reason": self.cleaned_data["reason"], "seen_seq": self.cleaned_data["seen"]}

    def refresh(self) -> None:
        """After a stale page was said to be one: the next press counts as seen."""
        assert isinstance(self.data, QueryDict)
        typed = self.data.copy()
        typed["seen"] = str(sittings.seen(self.day))
        self.data = typed


def one_of(model_pk: str | None) -> int:
    """A key out of a form; ValidationError for anything else."""
    if not (model_pk and model_pk.isascii() and model_pk.isdigit() and len(model_pk) < 18):
        raise ValidationError("这个页面已经过期，请重新打开。")
    return int(model_pk)
