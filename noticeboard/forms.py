"""What people write a notice with, and what they decide about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from deputies.models import Deputy
from liaison.lib.fields import DayField, FilesField, LongText, ShortText
from noticeboard.files import DOCUMENTS
from noticeboard.models import Notice, NoticeKind
from stations.models import Kind, Station

if TYPE_CHECKING:
    from accounts.models import User

SEPARATORS = re.compile(r"[、，,；;\s]+")
NAME = re.compile(r"([^（()）]+)(?:[（(]([^）)]*)[）)])?")
ACCEPT = ",".join([".jpg", ".jpeg", ".png", ".webp", ".gif", *DOCUMENTS])


def label(deputy: Deputy) -> str:
    """As it is typed where two deputies have the same name."""
    return f"{deputy.name}（{deputy.constituency or deputy.get_level_display()}）"


class NoticeForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=NoticeKind, initial=NoticeKind.OTHER)
    event_on = DayField(label="事项日期", required=False, help_text="如接待日、活动日，可以不填。")
    title = ShortText(label="标题", max_length=80, placeholder="例如：许良镇联络站 12 月接待安排")
    body = LongText(
        label="正文", max_length=8000, rows=10, placeholder="空一行另起一段。请不要写群众的姓名、电话和住址。"
    )
    deputies = ShortText(
        label="涉及代表",
        max_length=400,
        required=False,
        placeholder="例如：张为民、李建设",
        help_text="用顿号隔开。公示里显示照片、层级、领域和选区，不显示电话。",
    )
    attachments = FilesField(
        label="图片和文件",
        help_text="图片、PDF、Word、Excel，每个不超过 20 MB。图片自动缩小，并去掉拍摄地点等信息。",
    )

    def __init__(
        self, *args: Any, county_id: int, user: User | None = None, notice: Notice | None = None, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.county_id, self.notice = county_id, notice
        self.fields["attachments"].widget.attrs["accept"] = ACCEPT
        self.rows = list(notice.files.all()) if notice else []
        self.known = list(notice.deputies.select_related("constituency")) if notice else []
        for row in self.rows:
            self.fields[f"caption_{row.pk}"] = ShortText(label="说明", max_length=80, required=False)
            self.fields[f"remove_{row.pk}"] = forms.BooleanField(label="移除", required=False)
        if user is not None:
            self._add_station(user)

    def _add_station(self, user: User) -> None:
        stations = Station.objects.filter(user.seats.subtree(), is_active=True).order_by("path")
        offices = stations.filter(kind__in=[Kind.HUB, Kind.TOWNSHIP, Kind.STUDIO])
        small = [station for station in user.seats.stations if station.kind == Kind.POINT]
        chosen = offices | stations.filter(pk__in=[station.pk for station in small]) if small else offices
        if self.data.get("station") or self.initial.get("station"):  # a point, come from its own page
            chosen = chosen | stations.filter(pk=_number(self.data.get("station") or self.initial.get("station")))
        self.fields["station"] = forms.ModelChoiceField(chosen, label="公示在", empty_label=None)
        self.order_fields(["station", *self.fields])

    @classmethod
    def initial_of(cls, notice: Notice) -> dict[str, Any]:
        names = {name: getattr(notice, name) for name in ("kind", "event_on", "title", "body")}
        captions = {f"caption_{row.pk}": row.caption for row in notice.files.all()}
        return {**names, **captions, "deputies": "、".join(written_names(notice))}

    def file_rows(self) -> list[tuple[Any, Any, Any]]:
        """(file, field of its caption, field to take it off) of what the notice has already."""
        return [(row, self[f"caption_{row.pk}"], self[f"remove_{row.pk}"]) for row in self.rows]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        station = data.get("station")
        if "deputies" in data:
            county_id = station.county_id if station else self.county_id
            try:
                data["deputies"] = found_deputies(data["deputies"], county_id, self.known)
            except ValidationError as error:
                self.add_error("deputies", error)
        return data

    def arguments(self) -> dict[str, Any]:
        """For ``changes.write`` or ``changes.edit``."""
        data = self.cleaned_data
        content = {name: data[name] for name in ("kind", "title", "body", "event_on", "deputies")}
        content["files"] = data["attachments"]
        if self.notice is None:
            return {**content, "station": data["station"]}
        captions = {row.pk: data[f"caption_{row.pk}"] for row in self.rows}
        return {**content, "captions": captions, "removed": [row.pk for row in self.rows if data[f"remove_{row.pk}"]]}


def _number(text: Any) -> int:
    found = getattr(text, "pk", text)
    return int(found) if str(found).isascii() and str(found).isdigit() and len(str(found)) < 10 else 0


def written_names(notice: Notice) -> list[str]:
    """The deputies of a notice as one types them; with the constituency where the name alone would not do."""
    deputies = list(notice.deputies.select_related("constituency"))
    names = [deputy.name for deputy in deputies]
    same = Deputy.objects.filter(county_id=notice.county_id, name__in=names).values_list("name", flat=True)
    counts = {name: list(same).count(name) for name in names}
    return [label(deputy) if counts[deputy.name] > 1 else deputy.name for deputy in deputies]


def found_deputies(text: str, county_id: int, known: Sequence[Deputy] = ()) -> list[Deputy]:
    """The serving deputies (or ``known`` ones) that ``text`` names; ValidationError says what to type instead."""
    typed = [match.groups() for word in SEPARATORS.split(text) if (match := NAME.fullmatch(word))]
    rows = Deputy.objects.filter(county_id=county_id, name__in=[name for name, _ in typed]).select_related(
        "constituency"
    )
    by_name: dict[str, list[Deputy]] = {}
    for deputy in [*known, *rows.serving()]:
        if deputy not in by_name.setdefault(deputy.name, []):
            by_name[deputy.name].append(deputy)
    found, wrong = [], []
    for name, where in typed:
        fitting = [one for one in by_name.get(name, []) if not where or label(one) == f"{name}（{where}）"]
        if len(fitting) == 1:
            found.append(fitting[0])
        elif fitting:
            wrong.append(f"有 {len(fitting)} 名代表叫“{name}”，请写成：{'或'.join(map(label, fitting))}")
        else:
            wrong.append(f"没有找到在任代表“{name}”")
    if wrong:
        raise ValidationError(wrong)
    return list(dict.fromkeys(found))


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"


class ReleaseForm(forms.Form):
    when = forms.ChoiceField(
        label="什么时候发布",
        choices=[("now", "立即发布"), ("later", "定时发布")],
        initial="now",
        widget=forms.RadioSelect,
    )
    at = forms.DateTimeField(
        label="定时发布的时间",
        required=False,
        widget=MomentInput(format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": "时间不对，请写成 2026-11-23 09:00 这样。"},
        help_text="到了这个时间自动出现在公示栏上。",
    )
    confirmed = forms.BooleanField(label="已核对标出的内容，可以公开", required=False)

    def __init__(self, *args: Any, notice: Notice, found: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if notice.replaces_id is not None:
            del self.fields["when"], self.fields["at"]
        if not found:
            del self.fields["confirmed"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("when") == "later" and not data.get("at") and "at" not in self.errors:
            self.add_error("at", "请选定时发布的时间。")
        return data

    def arguments(self) -> dict[str, Any]:
        later = self.cleaned_data.get("when") == "later"
        return {
            "at": self.cleaned_data["at"] if later else None,
            "confirmed": self.cleaned_data.get("confirmed", False),
        }


class SendBackForm(forms.Form):
    note = LongText(label="退回原因", max_length=500, rows=3, required=False, placeholder="例如：请补上接待地点")

    def arguments(self) -> dict[str, Any]:
        return {"note": self.cleaned_data["note"]}


class WithdrawForm(forms.Form):
    reason = ShortText(label="撤下原因", max_length=200, placeholder="例如：接待日改期，另行公示")

    def arguments(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}
