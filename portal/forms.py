"""What voters fill in to leave a message: few fields, plain words, the least data."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone

from deputies.models import Deputy
from liaison.lib.fields import FilesField, LongText, ShortText
from portal.drafts import MOST_PHOTOS
from portal.held_words import LEAST_SIGNS, MOST_SIGNS, MOST_WORDS, fold, lines
from stations.models import Station
from suggestions.forms_fields import CallField, CaseForm, ConsentField

LEAST_TIME = timedelta(seconds=5)  # from the empty form to its first sending: nobody types a matter faster
SALT = "portal.opened"


class DeputyChoice(forms.ModelChoiceField):
    def label_from_instance(self, deputy: Any) -> str:
        area = f"，{deputy.constituency}" if deputy.constituency else ""
        return f"{deputy.name}（{deputy.get_level_display()}{area}）"


class PhotosField(FilesField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": "照片",
                "help_text": f"可以不传。最多 {MOST_PHOTOS} 张，每张不超过 20 MB。拍摄地点、手机型号等信息会自动去掉。",
                **kwargs,
            }
        )
        self.widget.attrs["accept"] = "image/jpeg,image/png,image/webp,image/gif"

    def clean(self, data: Any, initial: Any = None) -> Any:
        photos = super().clean(data, initial)
        if len(photos) > MOST_PHOTOS:
            raise ValidationError(f"最多传 {MOST_PHOTOS} 张，您选了 {len(photos)} 张。")
        return photos


class WatchedForm(forms.Form):
    """Knows a program by the field that people do not see, and by how fast it was."""

    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("opened", stamp())

    @property
    def opened_at(self) -> datetime:
        """When the empty form was shown; now, where that was made up or is missing."""
        try:
            seconds = signing.loads(self.data.get("opened", ""), salt=SALT, max_age=24 * 3600)
            return datetime.fromtimestamp(float(seconds), tz=timezone.get_current_timezone())
        except (signing.BadSignature, TypeError, ValueError):
            return timezone.now()

    @property
    def is_suspect(self) -> bool:
        """A program: it filled in the field that people do not see, or typed faster than anybody can. It is only asked a
        question: a browser's own filling-in looks the same."""
        return bool(self.data.get("website")) or timezone.now() - self.opened_at < LEAST_TIME


class MatterForm(WatchedForm, CaseForm):
    """Step one: what it is, where, to whom."""

    title = ShortText(label="一句话说明是什么事", max_length=80, placeholder="例如：村口路灯坏了半个月")
    content = LongText(
        label="详细情况", max_length=8000, rows=7, placeholder="什么时间、什么地方、什么情况，希望怎样解决"
    )
    place = ShortText(label="地点", max_length=80, required=False, placeholder="例如：许良村南头桥边")
    deputy = DeputyChoice(
        label="想留言给哪位代表", queryset=Deputy.objects.none(), required=False, empty_label="不指定，由联络站转交"
    )
    photos = PhotosField()

    def __init__(self, *args: Any, station: Station, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["deputy"]
        assert isinstance(field, DeputyChoice)
        field.queryset = deputies_of(station)


def stamp() -> str:
    return signing.dumps(timezone.now().timestamp(), salt=SALT)


def deputies_of(station: Station) -> Any:
    """Deputies a voter may write to here: those of the station and of the stations above it."""
    stations = [station.pk, station.parent_id, station.parent.parent_id if station.parent else None]
    return (
        Deputy.objects.serving()
        .filter(home_station__in=[pk for pk in stations if pk])
        .select_related("constituency")
        .order_by("home_station__kind", "pinyin")
    )


class ContactForm(CaseForm):
    """Step two: how to reach the voter, and the word about publicity, each asked by itself."""

    name = ShortText(label="怎么称呼您", max_length=20, required=False, placeholder="真名、化名都可以")
    phone = CallField(label="联系电话", help_text="方便代表给您回话。不留电话，也能凭编号和查询码查看回复。")
    address = ShortText(label="您住在哪个村（社区）", max_length=60, required=False)
    guardian = forms.BooleanField(
        label="反映人不满 14 周岁，我是孩子的父母或其他监护人，同意替孩子留言", required=False
    )
    may_publish = ConsentField(
        label="办好以后，可以把这件事公开吗",
        help_text="公开的只是事情和办理结果，由工作人员隐去姓名、电话、住址后放到公示栏。不同意也照样办理，以后凭查询码也能改。",
    )


class SendForm(forms.Form):
    """The question for whoever sends message after message; the right answer stands in the cache (``captcha.py``)."""

    captcha_key = forms.CharField(required=False, widget=forms.HiddenInput)
    captcha = ShortText(
        label="请写出图片里的 4 个数字，或者上面算术题的得数",
        max_length=20,
        required=False,
        attrs={"inputmode": "numeric", "autocomplete": "off"},
    )


class HeldWordsForm(forms.Form):
    words = LongText(label="待审词", max_length=60_000, rows=16, required=False)

    def clean_words(self) -> list[str]:
        words = lines(self.cleaned_data["words"])
        if len(words) > MOST_WORDS:
            raise ValidationError(f"最多 {MOST_WORDS} 个词，现在有 {len(words)} 个。")
        bad = [word for word in words if len(fold(word)) < LEAST_SIGNS or len(word) > MOST_SIGNS]
        if bad:
            raise ValidationError(f"每个词 {LEAST_SIGNS} 到 {MOST_SIGNS} 个字，请改：{'、'.join(bad[:10])}")
        return words
