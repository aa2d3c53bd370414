"""Blowing a whistle, and what each side does with a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from consultations import whistling
from consultations.models import Ground, Justified, Response, Solved
from liaison.lib.fields import DayField, LongText, NoIdNumber, ShortText, field_of
from liaison.lib.masking import mask_text
from stations.models import Department, Station
from suggestions.choices import Satisfaction

if TYPE_CHECKING:
    from accounts.models import User
    from suggestions.models import Suggestion

CHOOSE = {"required": "请选择一项。"}


def _radio(label: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=CHOOSE)


class BlowForm(NoIdNumber):
    ground = _radio("属于哪种情形", Ground.choices)
    title = ShortText(label="什么事", max_length=60, placeholder="一句话，如：主街污水管塌陷，污水上路")
    matter = LongText(
        label="情况说明", max_length=1000, rows=4, placeholder="发生了什么，站点做过什么，需要单位来做什么。"
    )
    place = ShortText(label="到哪里报到", max_length=120, placeholder="如：许良村村委会，或现场的具体位置")
    departments = forms.ModelMultipleChoiceField(
        label="叫哪些单位来",
        queryset=Department.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请选择叫哪些单位来。",
            "invalid_choice": "有单位已停用，或者不是本站和上级站的承办单位，请重新选择。",
        },
    )
    due_day = DayField(label="报到期限（日期）", required=False)
    due_time = forms.TimeField(
        label="时间",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "时间不对，请写成 15:30 这样。"},
    )

    def __init__(self, *args: Any, user: User, station: Station, case: Suggestion | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.station, self.case = station, case
        self.levels: list[tuple[str, list[tuple[Department, int]]]] = []
        chosen = field_of(self, "departments", forms.ModelMultipleChoiceField)
        chosen.queryset = whistling.departments_for(station)
        start = {"place": station.address or station.name}
        if case is not None:
            start |= {
                "title": case.title[:60],
                "matter": mask_text(case.content)[:1000],
                "place": case.place or start["place"],
            }
        self.initial = {**start, **self.initial}

    def levels_of_departments(self) -> list[dict[str, Any]]:
        """For the boxes: each level with its departments, those of the case's field first."""
        picked = {str(value) for value in self["departments"].value() or ()}
        field = self.case.field if self.case else ""
        found: dict[int, dict[str, Any]] = {}
        for one in whistling.departments_for(self.station):
            level = found.setdefault(one.station_id, {"name": _level(one), "hub": one.station.is_hub, "boxes": []})
            fits = bool(field) and field in one.fields.split(",")
            level["boxes"].append({"pk": one.pk, "name": one.name, "fits": fits, "on": str(one.pk) in picked})
        for level in found.values():
            level["boxes"].sort(key=lambda box: not box["fits"])
            level["open"] = not level["hub"] or len(found) == 1 or any(b["on"] or b["fits"] for b in level["boxes"])
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        day, time = data.pop("due_day", None), data.pop("due_time", None)
        if time and not day and "due_day" not in self.errors:
            self.add_error("due_day", "写了时间，还要写日期。")
        data["due_at"] = whistling.end_of(day, time) if day else None
        return data


def _level(one: Department) -> str:
    return "县直单位" if one.station.is_hub else f"{one.station.name}的承办单位"


class CheckInForm(NoIdNumber):
    who = ShortText(label="谁来报到", max_length=60, placeholder="姓名和职务，几个人都写上")
    where = ShortText(label="在哪里报到", max_length=120, required=False)


class NoteForm(NoIdNumber):
    text = LongText(label="进展", max_length=500, rows=4, placeholder="今天做了什么，下一步做什么。")


class ReportForm(NoIdNumber):
    text = LongText(label="办理结果", max_length=2000, rows=5, placeholder="怎么解决的，什么时候办完，还有什么要跟进。")


class RefuseForm(NoIdNumber):
    reason = LongText(
        label="退哨理由", max_length=500, rows=4, placeholder="为什么这件事不归本单位，归哪个单位，依据是什么。"
    )


class AnswerForm(NoIdNumber):
    agree = _radio("是否同意退哨", [("yes", "同意，这个单位不用来"), ("no", "不同意，报县人大常委会代表工委裁定")])
    text = LongText(
        label="说明", max_length=500, rows=3, required=False, placeholder="不同意的，请写明理由，县里好裁定。"
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("agree") == "no" and not data.get("text"):
            self.add_error("text", "请写明为什么不同意退哨，县里好裁定。")
        return data


class DecideForm(NoIdNumber):
    must_come = forms.TypedChoiceField(
        label="裁定",
        choices=[("yes", "应当到场，重新计算报到期限"), ("no", "同意退哨，不用来")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    text = LongText(label="裁定意见", max_length=500, rows=3, placeholder="依据什么，这件事由哪个单位负责。")


class ReasonForm(NoIdNumber):
    text = LongText(label="原因", max_length=500, rows=3)


class RateForm(NoIdNumber):
    response = _radio("响应：来得怎么样", Response.choices)
    solved = _radio("解决：事情办得怎么样", Solved.choices)
    content = _radio("满意：总的满意吗", Satisfaction.choices)
    remark = ShortText(label="说明", max_length=200, required=False, placeholder="不满意的，请写明哪里不满意")


class JudgeForm(NoIdNumber):
    justified = _radio("这次吹哨吹得准不准", Justified.choices)
    remark = ShortText(label="说明", max_length=200, required=False, placeholder="认为不该吹哨的，请写明理由")


def into(form: forms.Form, error: ValidationError) -> None:
    """Put what the act refuses on its field, where the form has one, else above the form."""
    for name, texts in getattr(error, "message_dict", {"": error.messages}).items():
        form.add_error(name if name in form.fields else None, texts)
