"""The fields that forms about a case are made of; those that other rooms' forms have too come from ``liaison.lib``."""

from __future__ import annotations

from typing import Any

from django import forms

from liaison.lib.fields import NoIdNumber as CaseForm
from liaison.lib.phones import CallField

__all__ = ["CallField", "CaseForm", "ConsentField"]


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
