"""The forms of 代表建议 and 议案: writing, whom to ask to sign, the check list, the opinion afterwards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from deputies.forms_tie import PersonField
from deputies.models import Deputy
from deputies.terms import newest
from liaison.lib.fields import LongText, ShortText
from suggestions import formal
from suggestions.choices import Field, Kind, Satisfaction
from suggestions.formal_filing import Check
from suggestions.forms_fields import CaseForm
from suggestions.models import Formal, Suggestion
from suggestions.models.formal import FORMAL_KINDS

if TYPE_CHECKING:
    from accounts.models import User

MOST_SOURCES = 20


class FormalForm(CaseForm):
    kind = forms.ChoiceField(label="类别", choices=FORMAL_KINDS, widget=forms.RadioSelect)
    in_session = forms.TypedChoiceField(
        label="什么时候提出",
        choices=[("1", "会议期间"), ("0", "闭会期间")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        help_text="议案只在会议期间提出。",
    )
    session = forms.IntegerField(
        label="第几次会议",
        min_value=1,
        max_value=formal.LONGEST_SESSION,
        help_text="填数字，如 3。闭会期间提的，填上一次会议。",
    )
    title = ShortText(label="标题", max_length=80, placeholder="如：关于整修许良镇灌溉渠的建议")
    matter = LongText(label="案由", max_length=1000, rows=2, required=False, placeholder="为什么提出。议案必填。")
    grounds = LongText(label="案据", max_length=2500, rows=4, required=False, placeholder="依据和情况。议案必填。")
    content = LongText(label="建议内容（议案写方案）", max_length=4000, rows=8, placeholder="情况、原因、具体建议。")
    field = forms.ChoiceField(label="领域", choices=[("", "不选"), *Field.choices], required=False)
    wished = ShortText(label="拟主办单位", max_length=60, required=False, placeholder="建议由哪个单位办，可以不填")
    delegation = ShortText(label="代表团", max_length=30, required=False, help_text="不填就按代表所在的乡镇（街道）。")
    sources = ShortText(
        label="来源意见编号",
        max_length=400,
        required=False,
        placeholder="如：BA2026-00012，几件用逗号隔开",
        help_text="由群众意见提出的填编号；立案时还没有交办的来源意见并入办理，来访人一起得到答复。",
    )

    def __init__(self, *args: Any, user: User, paper: Formal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.paper = user, paper
        if paper is not None:
            del self.fields["sources"]
            return
        offered = formal.leads_for(user).select_related("home_station").order_by("pinyin", "pk")
        lead = PersonField(offered, label="领衔代表", hint="输入姓名")
        self.fields = {"lead": lead, **self.fields}
        own = [one for one in user.seats.deputies if one.level in formal.LEVELS]
        start: dict[str, Any] = {"kind": Kind.SUGGESTION, "in_session": "0"}
        if own:
            start |= {"lead": own[0].pk, "session": self._session(own[0])}
        elif user.seats.stations and (first := offered.first()):
            start["session"] = self._session(first)
        self.initial = {**start, **self.initial}

    @staticmethod
    def _session(deputy: Deputy) -> int | None:
        term, office = newest(deputy.county, deputy.level), formal.office_of(deputy)
        return formal.default_session(office, term) if term and office else None

    def clean_sources(self) -> list[Suggestion]:
        numbers = list(dict.fromkeys(re.findall(r"[A-Z]{1,4}\d{4}-\d+", self.cleaned_data["sources"].upper())))
        if len(numbers) > MOST_SOURCES:
            raise ValidationError(f"一件最多由 {MOST_SOURCES} 件意见提出。")
        found = list(Suggestion.objects.visible_to(self.user).filter(number__in=numbers))
        if unknown := set(numbers) - {one.number for one in found}:
            raise ValidationError(f"没有这些编号，或者您看不到：{'、'.join(sorted(unknown))}。")
        if self.cleaned_data["sources"] and not numbers:
            raise ValidationError("编号要写成 BA2026-00012 这样。")
        return found

    def texts(self) -> formal.Texts:
        return {name: self.cleaned_data[name] for name in formal.Texts.__annotations__}  # type: ignore[return-value]


def initial_of(paper: Formal) -> dict[str, Any]:
    start = {name: getattr(paper, name) for name in formal.Texts.__annotations__}
    return start | {"in_session": "1" if paper.in_session else "0"}


def initial_from(cases: list[Suggestion]) -> dict[str, Any]:
    """The form of a paper that is raised from ``cases``: their words, to be written over."""
    if not cases:
        return {}
    parts = [one.content + (f"\n建议：{one.demand}" if one.demand else "") for one in cases]
    start: dict[str, Any] = {
        "title": cases[0].title if len(cases) == 1 else "",
        "content": "\n\n".join(parts),
        "field": cases[0].field,
        "sources": "，".join(one.number for one in cases),
    }
    return start | ({"lead": cases[0].deputy_id} if cases[0].deputy_id else {})


class AnswerForm(forms.Form):
    note = ShortText(label="说明", max_length=200, required=False)


class WithdrawForm(CaseForm):
    reason = ShortText(label="撤回的原因", max_length=200, placeholder="如：已经由别的部门解决")


class LeadForm(forms.Form):
    signer = forms.ChoiceField(label="改由谁领衔", widget=forms.RadioSelect)

    def __init__(self, *args: Any, paper: Formal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(str(one.pk), one.deputy.name) for one in formal.signers_of(paper) if one.counts]
        self.fields["signer"].choices = rows  # type: ignore[attr-defined]


class OpinionForm(CaseForm):
    satisfaction = forms.ChoiceField(label="对办理结果", choices=Satisfaction.choices, widget=forms.RadioSelect)
    opinion = LongText(
        label="意见", max_length=1000, rows=4, required=False, placeholder="不满意的请写明哪里不满意，便于重新办理。"
    )


class CheckForm(CaseForm):
    checks = forms.MultipleChoiceField(
        label="逐项核对，符合的打勾", choices=Check.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    merge = forms.BooleanField(label="来源意见并入这一件办理", required=False, initial=True)
    reason = LongText(
        label="退回修改的原因",
        max_length=1000,
        rows=3,
        required=False,
        placeholder="只在退回时填：哪里不符合，怎么改。",
    )
