"""Phone numbers as people type them."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from liaison.lib.masking import has_id_number


def tidy(text: str) -> str:
    """Half-width digits without blanks and hyphens: ``１３８ 0391-0001`` → ``13803910001``."""
    return re.sub(r"[\s\-—–]", "", unicodedata.normalize("NFKC", text))


class PhoneField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return tidy(str(super().to_python(value) or ""))


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
