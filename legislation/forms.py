"""The draft, an opinion, and what the office writes about one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms

from legislation import splitting
from legislation.models import Article, DraftLaw, Opinion, Outcome
from liaison.lib.fields import DayField, FilesField, LongText, NoIdNumber, ShortText, field_of
from stations.models import Station


class DraftForm(forms.Form):
    title = ShortText(label="草案名称", max_length=120, placeholder="如：《许昌市养犬管理条例（草案）》")
    asked_by = ShortText(label="征求意见的机关", max_length=80, placeholder="如：许昌市人大常委会法制工作委员会")
    opens_on = DayField(label="开始日期")
    closes_on = DayField(label="截止日期", help_text="截止当天还可以提交。")
    about = LongText(
        label="说明",
        max_length=4000,
        rows=3,
        required=False,
        placeholder="为什么制定，主要规定什么，想重点听哪方面的意见。",
    )
    text = LongText(
        label="草案全文",
        max_length=200_000,
        rows=16,
        placeholder="从文件里整篇粘贴。系统按“第…条”自动分条，保存后可以核对。",
    )
    materials = FilesField(label="材料", help_text="草案说明、对照表等，最多 5 个文件。公布后所有人可以下载。")

    @classmethod
    def of(cls, draft: DraftLaw, data: Any = None, files: Any = None) -> DraftForm:
        names = ("title", "asked_by", "opens_on", "closes_on", "about")
        text = splitting.join(draft.articles.values_list("chapter", "label", "text"))
        return cls(data, files, initial={**{name: getattr(draft, name) for name in names}, "text": text})


class ArticleChoice(forms.ModelChoiceField):
    def label_from_instance(self, one: Any) -> str:
        return f"{one.label}　{one.text[:24]}{'…' if len(one.text) > 24 else ''}"


class OpinionForm(NoIdNumber):
    """On an article or the whole; the same for deputies, staff and the public."""

    token = forms.CharField(max_length=40, widget=forms.HiddenInput, required=False)
    article = ArticleChoice(
        label="对哪一条",
        queryset=Article.objects.none(),
        required=False,
        empty_label="整部草案",
        error_messages={"invalid_choice": "这一条已经不在草案里，请重新选。"},
    )
    text = LongText(label="意见", max_length=4000, rows=5, placeholder="哪里不合适，为什么。")
    wording = LongText(
        label="建议修改为", max_length=4000, rows=3, required=False, placeholder="会写的写上，不会写可以不写。"
    )

    def __init__(self, *args: Any, draft: DraftLaw, stations: Sequence[Station] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "article", ArticleChoice).queryset = draft.articles.all()
        self.initial = {"token": uuid.uuid4().hex, **self.initial}
        if len(stations) > 1:
            pks = [station.pk for station in stations]
            self.fields["station"] = forms.ModelChoiceField(
                Station.objects.filter(pk__in=pks).order_by("path"), label="征集站点", initial=pks[0], empty_label=None
            )


class ReasonForm(forms.Form):
    reason = ShortText(label="不作为意见的原因", max_length=200, placeholder="如：与草案无关")


class MarkForm(forms.Form):
    outcome = forms.ChoiceField(
        label="采纳情况",
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选采纳情况。"},
    )
    adopted_text = LongText(
        label="通过后的条文",
        max_length=8000,
        rows=4,
        required=False,
        placeholder="采纳、部分采纳的，抄录法规通过后的条文。",
    )
    outcome_reason = LongText(
        label="理由", max_length=2000, rows=3, required=False, placeholder="部分采纳、未采纳的，写明理由。"
    )

    @classmethod
    def of(cls, one: Opinion, data: Any = None) -> MarkForm:
        names = ("outcome", "adopted_text", "outcome_reason")
        start = {name: getattr(one, name) for name in names}
        if not start["adopted_text"] and one.wording:
            start["adopted_text"] = one.wording
        return cls(data, initial=start)
