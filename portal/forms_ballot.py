"""The ballot of a satisfaction round: its code, and one mark for each subject."""

from __future__ import annotations

from typing import Any

from django import forms

from liaison.lib.fields import ShortText
from supervision.ballots import LONGEST
from supervision.models import Choice, Round, Subject


class CodeForm(forms.Form):
    code = ShortText(
        label="投票码",
        max_length=LONGEST,
        placeholder="票签上的 8 位字母和数字",
        attrs={"autocapitalize": "characters"},
    )


class BallotForm(forms.Form):
    def __init__(self, *args: Any, one: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subjects = list(one.subjects.select_related("department"))
        for number, subject in enumerate(self.subjects, start=1):
            self.fields[self._name(subject)] = forms.ChoiceField(
                label=f"{number}. {subject}",
                choices=Choice,
                widget=forms.RadioSelect,
                error_messages={"required": "请选一项，不想评价的选“弃权”。"},
            )

    @staticmethod
    def _name(subject: Subject) -> str:
        return f"s{subject.pk}"

    def choices(self) -> dict[int, str]:
        """Subject id → choice."""
        return {subject.pk: self.cleaned_data[self._name(subject)] for subject in self.subjects}

    def marks(self) -> list[tuple[forms.BoundField, str, str]]:
        """For the last look: field, value, its label."""
        found = [(self[self._name(subject)], self.cleaned_data[self._name(subject)]) for subject in self.subjects]
        return [(field, value, Choice(value).label) for field, value in found]
