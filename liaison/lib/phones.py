"""Phone numbers as people type them."""

import re
import unicodedata
from typing import Any

from django import forms


def tidy(text: str) -> str:
    """Half-width digits without blanks and hyphens: ``１３８ 0391-0001`` → ``13803910001``."""
    return re.sub(r"[\s\-—–]", "", unicodedata.normalize("NFKC", text))


class PhoneField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return tidy(str(super().to_python(value) or ""))
