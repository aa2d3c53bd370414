"""Asking a department in, answering, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from liaison.lib.fields import LongText, ShortText, field_of
from receptions import invitations
from receptions.models import Invitation, ReceptionDay
from stations.models import Department

if TYPE_CHECKING:
    from accounts.models import User

COME, STAY = "accept", "decline"


class _Departments(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        department: Department = obj
        return (
            f"{department.name}（{department.station.name}{f'，负责人 {department.head}' if department.head else ''}）"
        )


class _Deputies(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.get_level_display()}）"


class InviteForm(forms.Form):
    department = _Departments(label="邀请哪个单位", queryset=Department.objects.none(), empty_label="请选择单位")
    deputy = _Deputies(label="联系代表", queryset=None, required=False, empty_label="没有")
    matter = LongText(
        label="事由", max_length=500, rows=4, placeholder="请负责人到站解答什么事，如：主街路灯改造什么时候完成。"
    )

    def __init__(self, *args: Any, user: User, day: ReceptionDay, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department, deputy = field_of(self, "department", _Departments), field_of(self, "deputy", _Deputies)
        department.queryset = invitations.departments_for(day)
        department.widget.attrs["data-filterable"] = "输入单位名称"
        deputy.queryset = invitations.deputies_for(user, day)
        if not user.seats.covers(day.station):
            deputy.required = True
            deputy.help_text = "您以省、市代表所在站的身份邀请，请选是哪位代表联系的单位。"


class AnswerForm(forms.Form):
    coming = forms.ChoiceField(
        label="能否到站", choices=[(COME, "应邀到站"), (STAY, "不能到站")], widget=forms.RadioSelect
    )
    guest = ShortText(label="到站负责人", max_length=40, required=False, placeholder="姓名和职务，如：李强 副局长")
    note = ShortText(label="说明", max_length=200, required=False, placeholder="不能到站的，请写原因")

    def __init__(self, *args: Any, one: Invitation, **kwargs: Any) -> None:
        head = f"{one.department.head} 负责人" if one.department.head and not one.guest else one.guest
        state = {"accepted": COME, "declined": STAY}.get(one.state)
        kwargs["initial"] = {"coming": state, "guest": head, "note": one.answer, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("coming") == COME and not data.get("guest"):
            self.add_error("guest", "请写明到站负责人的姓名和职务。")
        if data.get("coming") == STAY and not data.get("note"):
            self.add_error("note", "请写明不能到站的原因。")
        return data


class WithdrawForm(forms.Form):
    reason = ShortText(label="撤回的原因", max_length=200)


class OutcomeForm(forms.Form):
    came = forms.TypedChoiceField(
        label="是否到站",
        choices=[("yes", "到站了"), ("no", "没有到站")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    outcome = LongText(
        label="结果", max_length=1000, rows=4, required=False, placeholder="答复了什么，答应了什么、什么时候办好。"
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("came") and not data.get("outcome"):
            self.add_error("outcome", "请写明到站答复了什么、答应了什么。")
        return data
