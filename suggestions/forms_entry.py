"""What a visitor says on the reception day, taken down on one screen by keyboard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms

from liaison.lib.fields import LongText, ShortText, field_of
from receptions.models import Duty, ReceptionDay
from suggestions.choices import AgeBand, Channel, Field
from suggestions.forms_fields import CallField, CaseForm
from suggestions.forms_register import LATER, ON_THE_SPOT, new_token
from suggestions.registration import VoterData
from suggestions.triage import suggest_field

if TYPE_CHECKING:
    from accounts.models import User

TITLE = 30  # characters
VOTER = ("name", "phone", "address", "gender", "age_band")


class EntryForm(CaseForm):
    token = forms.CharField(max_length=40, widget=forms.HiddenInput)
    phone = CallField(label="电话")
    name = ShortText(label="姓名", max_length=30, required=False, placeholder="可用称呼")
    address = ShortText(
        label="村（社区）", max_length=60, required=False, attrs={"list": "villages"}, placeholder="村、组"
    )
    # The columns of the paper form; one key each, and neither has to be told.
    gender = forms.ChoiceField(
        label="性别", choices=[("男", "男"), ("女", "女")], required=False, widget=forms.RadioSelect
    )
    age_band = forms.ChoiceField(label="年龄段", choices=AgeBand.choices, required=False, widget=forms.RadioSelect)
    content = LongText(
        label="反映事项", max_length=8000, rows=3, placeholder="哪里的什么事，希望怎样解决。第一句作标题。"
    )
    deputy = forms.ChoiceField(label="接待代表", required=False)
    field = forms.ChoiceField(label="领域", choices=[("", "按内容自动判断"), *Field.choices], required=False)
    handling = forms.ChoiceField(
        label="处理方式",
        choices=[(LATER, "带回办理"), (ON_THE_SPOT, "当场答复")],
        widget=forms.RadioSelect,
        initial=LATER,
    )
    words = LongText(label="处理意见或答复内容", max_length=8000, rows=2, required=False)
    officer_help = ShortText(label="驻站人员协助", max_length=200, required=False, placeholder="谁帮了什么，可不写")

    def __init__(self, *args: Any, user: User, day: ReceptionDay, duties: Sequence[Duty], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.day = user, day
        self.deputies = {str(duty.deputy_id): duty.deputy for duty in duties}
        present = sorted(duties, key=lambda duty: duty.signed_in_at is None)
        field_of(self, "deputy", forms.ChoiceField).choices = [
            ("", "没有代表接待"),
            *((str(one.deputy_id), one.deputy.name) for one in present),
        ]
        own = next((pk for pk, one in self.deputies.items() if one.pk in user.seats.deputy_ids), "")
        signed = [str(duty.deputy_id) for duty in duties if duty.signed_in_at]
        usual = own or (signed[0] if len(signed) == 1 else "")
        self.initial = {"token": new_token(), "deputy": usual, **self.initial}

    def about(self) -> list[forms.BoundField]:
        return [self["gender"], self["age_band"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("handling") == ON_THE_SPOT:
            if not data.get("words") and "words" not in self.errors:
                self.add_error("words", "当场答复的，请写明怎样答复的。")
            if not self._may_answer(data.get("deputy", "")):
                self.add_error("handling", "当场答复由接待代表或本站工作人员登记；请选“带回办理”。")
        elif len(data.get("words") or "") > 2000:
            self.add_error("words", "处理意见最多 2000 字。")
        return data

    def _may_answer(self, deputy: str) -> bool:
        seats = self.user.seats
        return seats.covers(self.day.station) or (deputy in self.deputies and int(deputy) in seats.deputy_ids)

    @property
    def answer(self) -> str:
        return self.cleaned_data["words"] if self.cleaned_data["handling"] == ON_THE_SPOT else ""

    def arguments(self) -> dict[str, Any]:
        """What ``workflow.register`` takes."""
        data = self.cleaned_data
        title = title_of(data["content"])
        return {
            "token": data["token"],
            "station": self.day.station,
            "reception_day": self.day,
            "channel": Channel.RECEPTION,
            "title": title,
            "content": data["content"],
            "deputy": self.deputies.get(data["deputy"]),
            "field": data["field"] or suggest_field(title, data["content"]),
            "opinion": "" if self.answer else data["words"],
            "officer_help": data["officer_help"],
            "voters": [VoterData(**{name: data[name] for name in VOTER})],
        }


def title_of(content: str) -> str:
    """The first sentence; of a long one as many clauses as fit, else its beginning."""
    sentence = re.split(r"[。！？!?；;\n]", content.strip(), maxsplit=1)[0].strip("，, ") or content.strip()
    if len(sentence) <= TITLE:
        return sentence
    clauses = re.split(r"(?<=[，,、：:])", sentence)
    title = ""
    for clause in clauses:
        if len(title + clause) > TITLE + 1:
            break
        title += clause
    return title.rstrip("，,、：: ") or f"{sentence[: TITLE - 1]}…"
