"""The form that a clerk fills in while the visitor talks: by keyboard, in under a minute."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from deputies.models import Deputy
from liaison.lib.fields import DayField, FilesField, LongText, ShortText
from stations.models import Kind, Station
from suggestions.choices import STAFF_CHANNELS, AgeBand, Channel, Field
from suggestions.forms_fields import CallField, CaseForm
from suggestions.registration import VoterData
from suggestions.triage import suggest_field

if TYPE_CHECKING:
    from accounts.models import User

LATER, ON_THE_SPOT = "later", "spot"


def new_token() -> str:
    return uuid.uuid4().hex


def deputies_of(station: Station) -> list[Deputy]:
    """Who may be receiving there: the deputies of the township that ``station`` belongs to, at the hub of the county."""
    top = station if station.kind in (Kind.HUB, Kind.TOWNSHIP) else station.parent or station
    serving = Deputy.objects.serving().filter(county_id=station.county_id).select_related("home_station")
    if top.kind != Kind.HUB:
        serving = serving.filter(home_station__path__gte=top.path, home_station__path__lt=top.path + ":")
    return sorted(serving, key=lambda deputy: deputy.home_station_id != station.pk)


class DeputyField(forms.CharField):
    """A deputy by name or by the initials of the name's pinyin, out of a list that the browser offers while one types."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(
            attrs={"list": "deputies", "autocomplete": "off", "placeholder": "姓名，或拼音首字母如 zwm"}
        )
        super().__init__(widget=widget, required=False, **kwargs)
        self.deputies: dict[str, Deputy] = {}

    def offer(self, deputies: list[Deputy]) -> None:
        self.deputies = {}  # a new one: the fields of all forms of a class share what they were made with
        names = [deputy.name for deputy in deputies]
        for deputy in deputies:
            label, number = deputy.name, 2
            if names.count(deputy.name) > 1:
                label = f"{deputy.name}（{deputy.get_level_display()}）"
            while label in self.deputies:
                label, number = f"{deputy.name}（{deputy.get_level_display()} {number}）", number + 1
            self.deputies[label] = deputy

    def label_of(self, deputy: Deputy | None) -> str:
        return next((label for label, one in self.deputies.items() if one == deputy), "")

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text or text in self.deputies:
            return self.deputies.get(text)
        found = [
            label for label, one in self.deputies.items() if one.name == text or one.initials.lower() == text.lower()
        ]
        if len(found) == 1:
            return self.deputies[found[0]]
        if found:
            raise ValidationError(f"有 {len(found)} 位：{'、'.join(found)}。请写清是哪一位。")
        raise ValidationError("本站没有这位在任代表。请从列表中选；没有代表接待的，留空。")


class RegisterForm(CaseForm):
    token = forms.CharField(max_length=40, widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label="反映渠道", choices=[(one.value, one.label) for one in STAFF_CHANNELS], widget=forms.RadioSelect
    )
    deputy = DeputyField(label="接待代表")
    happened_on = DayField(label="反映日期")
    title = ShortText(label="标题", max_length=80, placeholder="哪里的什么事，如：许良村东头排水渠堵塞")
    content = LongText(label="反映事项", max_length=8000, rows=5, placeholder="时间、地点、经过、影响到谁。")
    demand = LongText(label="诉求", max_length=1000, rows=2, required=False, placeholder="希望怎样解决。")
    place = ShortText(label="地点", max_length=80, required=False, placeholder="如：许良村三组")
    field = forms.ChoiceField(label="领域", choices=[("", "按内容自动判断"), *Field.choices], required=False)
    handling = forms.ChoiceField(
        label="处理方式",
        choices=[(LATER, "保存，待研判"), (ON_THE_SPOT, "当场答复")],
        widget=forms.RadioSelect,
        initial=LATER,
    )
    words = LongText(
        label="处理意见或答复内容",
        max_length=8000,
        rows=3,
        required=False,
        placeholder="待研判的写处理意见（可不写）；当场答复的写怎样答复的。",
    )
    may_publish = forms.BooleanField(
        label="来访人同意：办结后可以公开经工作人员隐去个人信息的摘要。不同意不影响办理。", required=False
    )
    files = FilesField(label="照片和材料")  # type: ignore[assignment]

    def __init__(self, *args: Any, user: User, station: Station, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.station = user, station
        deputy = self.fields["deputy"]
        deputy.offer(deputies_of(station))  # type: ignore[attr-defined]
        self.offered = deputy.deputies  # type: ignore[attr-defined]
        today = timezone.localdate()
        self.fields["happened_on"].widget.attrs["max"] = today.isoformat()
        own = next((one for one in self.offered.values() if one.pk in user.seats.deputy_ids), None)
        defaults = {
            "token": new_token(),
            "channel": Channel.RECEPTION,
            "happened_on": today,
            "deputy": deputy.label_of(None if user.seats.stations else own),  # type: ignore[attr-defined]
        }
        self.initial = {**defaults, **self.initial}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("handling") == ON_THE_SPOT:
            if not data.get("words") and "words" not in self.errors:
                self.add_error("words", "当场答复的，请写明怎样答复的。")
            if not self._may_answer(data.get("deputy")):
                self.add_error("handling", "当场答复由接待代表或本站工作人员登记；请选“保存，待研判”。")
        return data

    def _may_answer(self, deputy: Deputy | None) -> bool:
        seats = self.user.seats
        return seats.covers(self.station) or (deputy is not None and deputy.pk in seats.deputy_ids)

    def arguments(self) -> dict[str, Any]:
        """What ``workflow.register`` takes, without the voters."""
        names = ("token", "channel", "deputy", "happened_on", "title", "content", "demand", "place", "may_publish")
        data = self.cleaned_data
        return {name: data[name] for name in (*names, "files")} | {
            "field": data["field"] or suggest_field(data["title"], data["content"]),
            "opinion": "" if self.answer else data["words"],
        }

    @property
    def answer(self) -> str:
        return self.cleaned_data["words"] if self.cleaned_data["handling"] == ON_THE_SPOT else ""


class VoterForm(CaseForm):
    name = ShortText(label="姓名", max_length=30, required=False, placeholder="可用称呼")
    phone = CallField(label="电话")
    address = ShortText(
        label="村（社区）", max_length=60, required=False, placeholder="村、组", attrs={"list": "villages"}
    )
    gender = forms.ChoiceField(label="性别", choices=[("", "—"), ("男", "男"), ("女", "女")], required=False)
    age_band = forms.ChoiceField(label="年龄段", choices=[("", "—"), *AgeBand.choices], required=False)


class _Voters(forms.BaseFormSet):
    def voters(self) -> list[VoterData]:
        return [VoterData(**form.cleaned_data) for form in self.forms if any(form.cleaned_data.values())]

    def clean(self) -> None:
        numbers = [form.cleaned_data.get("phone") for form in self.forms if form.is_valid()]
        named = [number for number in numbers if number]
        if len(named) != len(set(named)):
            raise ValidationError("两位来访人写了同一个电话，请核对。")


VoterFormSet = forms.formset_factory(VoterForm, formset=_Voters, extra=0, max_num=50, absolute_max=50, min_num=1)
