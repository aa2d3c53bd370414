"""The forms of 办理结果公开: the voter's word; write, release, send back, withdraw."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django import forms

from liaison.lib.fields import LongText, ShortText
from suggestions.forms import ActionForm
from suggestions.forms_fields import CaseForm, ConsentField
from suggestions.publicity import Texts, found_in


def mark(found: str) -> str:
    """The name of the box that confirms ``found``."""
    return f"confirm_{hashlib.sha256(found.encode()).hexdigest()[:12]}"


class Confirming(CaseForm):
    """One box for each thing that the detector found in ``texts``."""

    def look_at(self, texts: Sequence[str]) -> None:
        self.found = found_in(texts)
        for kind, found in self.found:
            self.fields[mark(found)] = forms.BooleanField(label=f"{kind}“{found}”可以公开", required=False)

    def boxes(self) -> list[Any]:
        return [self[mark(found)] for _, found in self.found]

    def confirmed(self) -> list[str]:
        return [found for _, found in self.found if self.cleaned_data.get(mark(found))]


class WriteResultForm(Confirming):
    title = ShortText(label="标题", max_length=80)
    matter = LongText(label="反映事项", max_length=8000, rows=7)
    answer = LongText(label="办理结果", max_length=8000, rows=7)
    department = ShortText(label="承办单位", max_length=60, required=False, help_text="没有承办单位的可以不填。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = list(Texts.__annotations__)
        source = self.data if self.is_bound else self.initial
        self.look_at([str(self.fields[name].to_python(source.get(name, ""))) for name in names])

    def texts(self) -> Texts:
        data = self.cleaned_data
        return Texts(title=data["title"], matter=data["matter"], answer=data["answer"], department=data["department"])


class ReleaseResultForm(Confirming):
    def __init__(self, *args: Any, texts: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.look_at(texts)

    def arguments(self) -> dict[str, Any]:
        return {"confirmed": self.confirmed()}


class SendBackResultForm(CaseForm):
    note = LongText(label="退回原因", max_length=500, rows=3, placeholder="例如：请把门牌号改成村名")

    def arguments(self) -> dict[str, Any]:
        return {"note": self.cleaned_data["note"]}


class WithdrawResultForm(CaseForm):
    reason = ShortText(label="撤下原因", max_length=200, placeholder="例如：来访人要求不再公开")

    def arguments(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


class ConsentForm(ActionForm):
    submit_label = "保存公开意愿"
    may_publish = ConsentField(label="选民的意愿")
    note = LongText(label="怎样得知的", max_length=500, rows=3, placeholder="例如：11月28日电话回访，本人表示不公开")

    def prepare(self) -> None:
        said = "同意公开" if self.case.may_publish else "没有同意公开"
        self.intro = f"现在登记的是：{said}。按选民本人的意愿更改；改为不公开，已经公开的办理结果立即撤下。"
