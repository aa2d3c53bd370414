"""What is written down about a constituent and about a talk: on a phone, with one thumb."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from deputies.models import Constituent, Contact, Way
from liaison.lib.fields import DayField, LongText, NoIdNumber, ShortText, field_of
from liaison.lib.phones import CallField


class ConstituentForm(NoIdNumber):
    name = ShortText(label="姓名", max_length=30, placeholder="可用称呼")
    phone = CallField(label="电话")
    address = ShortText(label="住址", max_length=60, required=False, placeholder="村、组", attrs={"list": "places"})

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ContactForm(NoIdNumber):
    """What was said; the form of a new entry asks besides with whom."""

    way = forms.ChoiceField(label="方式", choices=Way.choices, widget=forms.RadioSelect, initial=Way.PHONE)
    happened_on = DayField(label="联系时间")
    summary = LongText(
        label="联系情况", max_length=2000, rows=3, required=False, placeholder="谈了什么，家里情况怎样。可以不写。"
    )
    asked = LongText(
        label="反映问题", max_length=4000, rows=3, required=False, placeholder="提了什么意见、要求。没有就不写。"
    )
    handling = LongText(
        label="处理情况", max_length=2000, rows=2, required=False, placeholder="怎样答复的，带给谁办。可以不写。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["happened_on"].widget.attrs["max"] = today.isoformat()
        self.initial = {"happened_on": today, **self.initial}

    @classmethod
    def of(cls, contact: Contact, data: Any = None) -> ContactForm:
        names = ("way", "happened_on", "summary", "asked", "handling")
        return cls(data, initial={name: getattr(contact, name) for name in names})

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class LogForm(ContactForm):
    token = forms.CharField(max_length=40, widget=forms.HiddenInput)
    constituents = forms.MultipleChoiceField(
        label="联系了谁",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选联系了哪位群众。", "invalid_choice": "所选群众已不在名单里，请重新选。"},
    )

    def __init__(self, *args: Any, people: Iterable[Constituent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in people}
        choices = [(pk, one.name) for pk, one in self.people.items()]
        field_of(self, "constituents", forms.MultipleChoiceField).choices = choices
        self.initial = {"token": uuid.uuid4().hex, **self.initial}
        if len(self.people) == 1:
            self.initial.setdefault("constituents", list(self.people))

    @property
    def cards(self) -> list[tuple[Constituent, bool]]:
        """Each person with whether the box is ticked."""
        chosen = set(map(str, self["constituents"].value() or []))
        return [(one, pk in chosen) for pk, one in self.people.items()]

    def arguments(self) -> dict[str, Any]:
        data = super().arguments()
        return {**data, "constituents": [self.people[pk] for pk in data["constituents"]]}
