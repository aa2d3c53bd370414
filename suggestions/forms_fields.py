"""The fields that forms about a case are made of, and what all these forms refuse."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from liaison.lib.masking import has_id_number
from liaison.lib.phones import PhoneField


class CallField(PhoneField):
    """A number that can be called: mobile, or landline with or without its area code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, **kwargs})
        self.widget.attrs.setdefault("placeholder", "手机或座机")

    def to_python(self, value: Any) -> str:
        number = re.sub(r"[()]", "", super().to_python(value))
        return re.sub(r"^(\+|00)?86(?=1[3-9]\d{9}$)", "", number)

    def validate(self, value: str) -> None:
        super().validate(value)
        if not value or has_id_number(value):  # what is wrong with the latter, the form says
            return
        if not re.fullmatch(r"1[3-9]\d{9}|0\d{9,11}|[2-8]\d{6,7}", value):
            raise ValidationError("电话号码不对：手机号是 11 位，座机请加区号，如 0391-8681234。")


class ConsentField(forms.TypedChoiceField):
    """The voter's word about publicity, a bool; never chosen beforehand."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "choices": [("1", "可以公开"), ("0", "不公开")],
                "coerce": lambda value: value == "1",
                "widget": forms.RadioSelect,
                "error_messages": {"required": "请选“可以公开”或“不公开”。"},
                **kwargs,
            }
        )


class CaseForm(forms.Form):
    """Every form about a case: no field takes an ID number (个人信息保护法 art 6: the least that is needed)."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, value in list(data.items()):
            if isinstance(value, str) and has_id_number(value):
                self.add_error(name, "这里有一串像身份证号的数字。本系统不登记身份证号，请删去。")
        return data
