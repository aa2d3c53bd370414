"""An opinion on a draft law as somebody without a log-in gives it."""

from __future__ import annotations

from typing import Any

from django import forms

from legislation.forms import OpinionForm
from legislation.models import DraftLaw
from liaison.lib.fields import ShortText
from liaison.lib.phones import CallField
from portal.forms import SendForm, WatchedForm
from stations.models import Kind, Station


class PublicOpinionForm(WatchedForm, OpinionForm, SendForm):
    name = ShortText(label="怎么称呼您", max_length=20, required=False, placeholder="真名、化名都可以，可以不填")
    phone = CallField(label="联系电话", help_text="可以不填。留了电话，意见被采纳时用短信告诉您。")

    def __init__(self, *args: Any, draft: DraftLaw, **kwargs: Any) -> None:
        super().__init__(*args, draft=draft, **kwargs)
        townships = Station.objects.filter(county=draft.county_id, kind=Kind.TOWNSHIP, is_active=True).order_by("path")
        self.fields["station"] = forms.ModelChoiceField(
            townships,
            label="您在哪个乡镇（街道）",
            required=False,
            empty_label="不选",
            error_messages={"invalid_choice": "没有这个联络站，请重新选。"},
        )

    @property
    def person(self) -> dict[str, str]:
        return {"name": self.cleaned_data["name"], "phone": self.cleaned_data["phone"]}
