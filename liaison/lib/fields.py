"""Form fields that say in words what is wrong, and never cut what was typed."""

from __future__ import annotations

import unicodedata
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError

from liaison.lib.masking import has_id_number
from liaison.lib.text import clean
from liaison.lib.uploads import ALLOWED, MEDIA_TYPES

MISSING = {"required": "请填写。"}  # Django's own words talk of fields
F = TypeVar("F", bound=forms.Field)


def field_of(form: forms.BaseForm, name: str, kind: type[F]) -> F:
    """The field ``name`` of ``form``, which is of that kind: for what only such a field has (queryset, choices)."""
    field = form.fields[name]
    assert isinstance(field, kind)
    return field


class LongText(forms.CharField):
    """Several lines. No ``maxlength`` in the browser, which would cut what is pasted without a word; a count instead."""

    def __init__(self, *, max_length: int, rows: int = 6, placeholder: str = "", **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, "placeholder": placeholder, "data-count": max_length})
        super().__init__(widget=widget, **{"error_messages": MISSING, **kwargs})
        self.most = max_length

    def to_python(self, value: Any) -> str:
        # A line's end, which browsers send as two characters, counts as one.
        return clean(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        over = len(value) - self.most
        if over > 0:
            raise ValidationError(
                f"最多 {self.most} 字，现在是 {len(value)} 字。请删减 {over} 字，或把详细材料作为附件上传。"
            )


class ShortText(forms.CharField):
    """One line; too long is said in words, never cut."""

    def __init__(
        self, *, max_length: int, placeholder: str = "", attrs: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        widget = forms.TextInput(attrs={"placeholder": placeholder, "autocomplete": "off", **(attrs or {})})
        super().__init__(widget=widget, **{"error_messages": MISSING, **kwargs})
        self.most = max_length

    def to_python(self, value: Any) -> str:
        return " ".join(clean(super().to_python(value) or "").split())

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise ValidationError(f"最多 {self.most} 字，现在是 {len(value)} 字。")


class DayField(forms.DateField):
    """A day, chosen with the browser's own calendar or typed in the ways people write it (2026-11-23, 2026年11月23日)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
                "input_formats": ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"],
                "error_messages": {**MISSING, "invalid": "日期不对，请写成 2026-11-23 这样。"},
                **kwargs,
            }
        )

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).replace(" ", "")
        return super().to_python(value)


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; type, size and content are checked where they are stored."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": "附件",
                "required": False,
                "widget": _Files(attrs={"multiple": True, "accept": ",".join(MEDIA_TYPES)}),
                "help_text": f"{ALLOWED}，每个不超过 20 MB，一次最多 10 个。",
                **kwargs,
            }
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not files and self.required:
            raise ValidationError(self.error_messages["required"])
        one = super().clean
        return [one(file, initial) for file in files if file]


class NoIdNumber(forms.Form):
    """Every form that people write about people in: no field takes an ID number (个人信息保护法 art 6: the least that is needed)."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, value in list(data.items()):
            if isinstance(value, str) and has_id_number(value):
                self.add_error(name, "这里有一串像身份证号的数字。本系统不登记身份证号，请删去。")
        return data
