"""What a department hands in for its rectification, and what the county office notes down of it."""

from __future__ import annotations

from typing import Any

from liaison.lib.fields import DayField, FilesField, LongText, NoIdNumber


class HandInForm(NoIdNumber):
    text = LongText(label="", max_length=3000, rows=8)
    files = FilesField(label="盖章件、照片等材料")  # type: ignore[assignment]

    def __init__(self, *args: Any, label: str, placeholder: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
        self.fields["text"].widget.attrs["placeholder"] = placeholder


class ReturnForm(NoIdNumber):
    reason = LongText(label="哪里没有改到位", max_length=1000, rows=4)


class CommitteeForm(NoIdNumber):
    on = DayField(label="向常委会报告的日期")
    note = LongText(label="常委会的意见", max_length=2000, rows=4, required=False)
