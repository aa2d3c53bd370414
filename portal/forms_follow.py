"""What voters fill in to follow their case."""

from __future__ import annotations

from django import forms

from liaison.lib.fields import LongText, ShortText
from portal.forms import PhotosField
from suggestions.choices import Satisfaction
from suggestions.forms_fields import CaseForm, ConsentField


class QueryForm(forms.Form):
    number = ShortText(label="编号", max_length=30, placeholder="如 BA2026-00012")
    code = ShortText(label="查询码", max_length=20, placeholder="8 位字母和数字")


YES_NO = [("", "不回答"), ("1", "是"), ("0", "否")]


def yes_no(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=YES_NO,
        required=False,
        coerce=lambda value: value == "1",
        empty_value=None,
        widget=forms.RadioSelect,
    )


class RateForm(CaseForm):
    satisfaction = forms.ChoiceField(
        label="您对结果满意吗",
        choices=Satisfaction,
        widget=forms.RadioSelect,
        error_messages={"required": "请选“满意”“基本满意”或“不满意”。"},
    )
    reason = LongText(
        label="哪里不满意", max_length=1000, rows=3, required=False, placeholder="选“不满意”时请写明，其他可以不写"
    )
    replied = yes_no("收到回复了吗")
    understood = yes_no("回复看得明白吗")
    solved = yes_no("问题解决了吗")
    in_time = yes_no("办得及时吗")


class SupplementForm(CaseForm):
    note = LongText(label="补充的内容", max_length=2000, rows=4, required=False)
    photos = PhotosField()


class WithdrawForm(CaseForm):
    WHY = [
        ("已经解决了", "已经解决了"),
        ("不想再反映了", "不想再反映了"),
        ("写错了，要重新留言", "写错了，要重新留言"),
        ("其他", "其他"),
    ]
    why = forms.ChoiceField(
        label="为什么撤回", choices=WHY, widget=forms.RadioSelect, error_messages={"required": "请选一个原因。"}
    )
    more = ShortText(label="还想说明的", max_length=200, required=False)

    @property
    def reason(self) -> str:
        return "：".join(part for part in (self.cleaned_data["why"], self.cleaned_data["more"]) if part)


class ConsentForm(CaseForm):
    may_publish = ConsentField(label="可以把这件事和办理结果公开吗")
