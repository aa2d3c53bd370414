"""What voters fill in: few fields, plain words, the least data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from deputies.models import Deputy
from liaison.lib.fields import FilesField, LongText, ShortText
from stations.models import Station
from suggestions.choices import Satisfaction
from suggestions.forms_fields import CallField, CaseForm

MOST_PHOTOS = 5


class DeputyChoice(forms.ModelChoiceField):
    def label_from_instance(self, deputy: Any) -> str:
        area = f"，{deputy.constituency}" if deputy.constituency else ""
        return f"{deputy.name}（{deputy.get_level_display()}{area}）"


class MessageForm(CaseForm):
    deputy = DeputyChoice(
        label="想留言给哪位代表", queryset=Deputy.objects.none(), required=False, empty_label="不指定，由联络站转交"
    )
    title = ShortText(label="一句话说明是什么事", max_length=80, placeholder="例如：村口路灯坏了半个月")
    content = LongText(
        label="详细情况", max_length=8000, rows=7, placeholder="什么时间、什么地方、什么情况，希望怎样解决"
    )
    place = ShortText(label="地点", max_length=80, required=False, placeholder="例如：许良村南头桥边")
    photos = FilesField(label="照片或材料", help_text=f"可以不传。最多 {MOST_PHOTOS} 个，每个不超过 20 MB。")
    name = ShortText(label="怎么称呼您", max_length=20, required=False, placeholder="真名、化名都可以")
    phone = CallField(label="联系电话", help_text="方便代表给您回话。不留电话，也能凭编号和查询码查看回复。")
    address = ShortText(label="您住在哪个村（社区）", max_length=60, required=False)
    may_publish = forms.BooleanField(
        label="办好以后，同意把这件事的内容（不含姓名、电话、住址）在公示栏公开", required=False
    )
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    def __init__(self, *args: Any, station: Station, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["deputy"]
        assert isinstance(field, DeputyChoice)
        field.queryset = deputies_of(station)

    def clean_photos(self) -> list[Any]:
        photos: list[Any] = self.cleaned_data["photos"]
        if len(photos) > MOST_PHOTOS:
            raise ValidationError(f"最多传 {MOST_PHOTOS} 个，您选了 {len(photos)} 个。")
        return photos

    @property
    def is_robot(self) -> bool:
        """People do not see the field; programs fill in every field there is."""
        return bool(self.data.get("website"))


def deputies_of(station: Station) -> Any:
    """Deputies a voter may write to here: those of the station and of the stations above it."""
    stations = [station.pk, station.parent_id, station.parent.parent_id if station.parent else None]
    return (
        Deputy.objects.serving()
        .filter(home_station__in=[pk for pk in stations if pk])
        .select_related("constituency")
        .order_by("home_station__kind", "pinyin")
    )


class QueryForm(forms.Form):
    number = ShortText(label="编号", max_length=30, placeholder="如 BA2026-00012")
    code = ShortText(label="查询码", max_length=20, placeholder="8 位字母和数字")


YES_NO = [("", "不回答"), ("1", "是"), ("0", "否")]


def yes_no(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=YES_NO,
        required=False,
        coerce=lambda value: value == "1",
        empty_value=None,
        widget=forms.RadioSelect,
    )


class RateForm(CaseForm):
    satisfaction = forms.ChoiceField(label="您对结果满意吗", choices=Satisfaction, widget=forms.RadioSelect)
    reason = LongText(
        label="哪里不满意", max_length=1000, rows=3, required=False, placeholder="不满意时请写明，我们会重新办理"
    )
    replied = yes_no("收到回复了吗")
    understood = yes_no("回复看得明白吗")
    solved = yes_no("问题解决了吗")
    in_time = yes_no("办得及时吗")
