from __future__ import annotations

from typing import Any

from django import forms

from liaison.lib.fields import LongText, ShortText
from liaison.lib.masking import findings
from receptions.forms_public import PublicTextForm
from receptions.models import Brand


class BrandForm(PublicTextForm, forms.ModelForm):
    name = ShortText(label="名称", max_length=30, placeholder="如：院落板凳会", help_text="不用加引号。")
    about = LongText(
        label="介绍", max_length=1000, rows=6, required=False, placeholder="在哪里、怎么开展，群众怎样参加。"
    )

    class Meta:
        model = Brand
        fields = ("name", "about", "since", "is_active")
        help_texts = {
            "since": "从哪一年开展，可以不填。",
            "is_active": "不再开展的，取消勾选；记录保留，公开页面不再显示。",
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        texts = (data.get("name", ""), data.get("about", ""))
        self.require_confirmed([found for text in texts for found in findings(text)], "名称和介绍")
        return data

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip('“”"「」 ')
        if not name:
            raise forms.ValidationError("请填写名称。")
        same: Any = Brand.objects.filter(station=self.instance.station_id, name=name).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError("这个站点已经有同名的特色载体。")
        return name
