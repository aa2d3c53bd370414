"""The meeting, a citizen who signs up, a deputy's answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from liaison.lib.fields import MISSING, DayField, LongText, NoIdNumber, ShortText
from liaison.lib.phones import CallField
from meetings.models import Meeting


def _count(label: str, most: int, hint: str) -> forms.IntegerField:
    limits = [MinValueValidator(1, "从 1 开始。"), MaxValueValidator(most, f"最多 {most}。")]
    messages = {**MISSING, "invalid": "请填数字，如 15。"}
    return forms.IntegerField(label=label, validators=limits, help_text=hint, error_messages=messages)


class MeetingForm(forms.Form):
    session = _count("第几届", 99, "如：15。")
    number = _count("第几次会议", 200, "本届第几次。")
    held_on = DayField(label="会议日期")
    starts_at = forms.TimeField(
        label="开始时间",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={**MISSING, "invalid": "时间不对，请写成 9:00 这样。"},
    )
    place = ShortText(label="地点", max_length=60, placeholder="如：县人大三楼会议室")
    agenda = LongText(
        label="议程", max_length=4000, rows=6, required=False, placeholder="一行一项，可以从会议通知里粘贴。"
    )

    @classmethod
    def of(cls, one: Meeting, data: Any = None) -> MeetingForm:
        return cls(data, initial={name: getattr(one, name) for name in cls.base_fields})


class CancelForm(forms.Form):
    reason = ShortText(label="取消的原因", max_length=200)


class CitizenForm(NoIdNumber):
    name = ShortText(label="姓名", max_length=30, required=False, placeholder="可用称呼，可以不填")
    phone = CallField(label="电话")
    address = ShortText(label="住址", max_length=60, required=False, placeholder="村（社区）或单位，可以不填")


COME, NOT = "yes", "no"


class AnswerForm(forms.Form):
    coming = forms.ChoiceField(
        label="能否参加",
        choices=((COME, "参加"), (NOT, "不能参加")),
        widget=forms.RadioSelect,
        error_messages={"required": "请选能否参加。"},
    )
    reason = ShortText(label="不能参加的原因", max_length=200, required=False, placeholder="参加的不用填")
