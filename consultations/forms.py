"""What is asked at each step of a consultation."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from consultations.models import Consultation, PartyKind, Step
from consultations.releases import findings_in
from liaison.lib.fields import DayField, FilesField, LongText, NoIdNumber, ShortText, field_of
from noticeboard.forms import SEPARATORS, found_deputies
from receptions import brands
from receptions.forms_public import PublicTextForm
from receptions.forms_schedule import BrandField, ClockField
from receptions.schedule import line
from stations.models import Department, Kind, Station
from suggestions.choices import Satisfaction
from suggestions.models import Suggestion

if TYPE_CHECKING:
    from accounts.models import User

MOST_CASES = 20


def office_name(station: Station) -> str:
    """The congress office that a station works for: 许良镇人大主席团, 清化镇街道人大联络处, the county's 代表工委."""
    town = station
    while town.kind != Kind.TOWNSHIP and town.parent is not None:
        town = town.parent
    if town.kind != Kind.TOWNSHIP:
        return f"{station.county.name}人大常委会代表工委"
    place = town.place
    return f"{place}人大联络处" if place.endswith("街道") else f"{place}人大主席团"


class PrepareForm(NoIdNumber):
    """协商前. The station is fixed before: which departments and forms there are follows from it."""

    topic = ShortText(label="议题", max_length=80, placeholder="如：南道村废弃荒地怎么用")
    background = LongText(
        label="事由",
        max_length=4000,
        rows=5,
        placeholder="群众反映什么、要商量什么、有哪几种办法。不写群众的姓名和电话。",
    )
    cases = ShortText(
        label="来自哪些意见",
        max_length=400,
        required=False,
        placeholder="意见编号，几件合在一起商量的用顿号隔开",
        help_text="不是由意见引起的不填。",
    )
    brand = BrandField()
    date = DayField(label="协商日期")
    starts_at = ClockField(label="开始时间")
    place = ShortText(label="地点", max_length=120)
    office = ShortText(label="召集单位", max_length=60, help_text="乡镇人大主席团或街道人大联络处。")
    deputies = ShortText(
        label="人大代表", max_length=400, placeholder="如：张为民、李建设", help_text="姓名，用顿号隔开。"
    )
    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(), label="责任方：承办单位", required=False, widget=forms.CheckboxSelectMultiple
    )
    others = ShortText(
        label="其他责任方",
        max_length=200,
        required=False,
        placeholder="如：许良村村委会、施工单位",
        help_text="不是承办单位的写在这里，用顿号隔开；他们没有账号，由工作人员代为登记。",
    )
    residents = ShortText(
        label="邀请的群众", max_length=200, required=False, placeholder="如：受积水影响的住户代表 12 人"
    )
    attachments = FilesField(label="会前材料")

    def __init__(
        self,
        *args: Any,
        user: User,
        station: Station,
        consultation: Consultation | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.station, self.consultation = user, station, consultation
        self.known = _deputies_of(consultation) if consultation else []
        known = [one.pk for one in consultation.cases.all()] if consultation else []
        self.joined = Suggestion.objects.filter(pk__in=known)
        brand = field_of(self, "brand", BrandField)
        brand.label, brand.empty_label = "形式", "一般协商会"
        brand.queryset = brands.for_days_of(station, was=consultation.brand_id if consultation else None)
        if not brand.queryset.exists():
            del self.fields["brand"]
        departments = field_of(self, "departments", forms.ModelMultipleChoiceField)
        departments.queryset = departments_for(station, consultation)

    @classmethod
    def initial_of(cls, one: Consultation) -> dict[str, Any]:
        names = ("topic", "background", "date", "starts_at", "place", "office", "residents")
        parties = list(one.parties.select_related("deputy", "department"))
        return {
            **{name: getattr(one, name) for name in names},
            "brand": one.brand_id,
            "cases": "、".join(case.number for case in one.cases.order_by("pk")),
            "deputies": "、".join(party.label for party in parties if party.kind == PartyKind.DEPUTY),
            "departments": [party.department_id for party in parties if party.department_id],
            "others": "、".join(party.name for party in parties if party.name),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._read(data, "deputies", lambda text: found_deputies(text, self.station.county_id, self.known))
        self._read(data, "cases", self._found_cases)
        self._read(data, "others", _found_names)
        if not data.get("departments") and not data.get("others") and "others" not in self.errors:
            self.add_error("others", "331 协商要有责任方：请选承办单位，或写明其他责任方。")
        return data

    def _read(self, data: dict[str, Any], name: str, read: Any) -> None:
        if name not in data:
            return
        try:
            data[name] = read(data[name])
        except ValidationError as error:
            self.add_error(name, error)

    def _found_cases(self, text: str) -> list[Suggestion]:
        """The cases of these numbers that one sees, or that are joined already."""
        numbers = list(dict.fromkeys(word.upper() for word in SEPARATORS.split(text) if word))
        if len(numbers) > MOST_CASES:
            raise ValidationError(f"一次协商最多合并 {MOST_CASES} 件意见。")
        seen = Suggestion.objects.visible_to(self.user) | self.joined
        rows = {one.number: one for one in seen.filter(number__in=numbers, county=self.station.county_id).distinct()}
        if wrong := [number for number in numbers if number not in rows]:
            raise ValidationError(f"没有找到编号为{'、'.join(wrong)}的意见，请核对。")
        return [rows[number] for number in numbers]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("topic", "background", "date", "starts_at", "place", "office", "residents")
        table = {name: data[name] for name in ("deputies", "departments", "others", "cases")}
        content = {name: data[name] for name in names}
        return {**content, "brand": data.get("brand"), "table": table, "files": data["attachments"]}


def _deputies_of(consultation: Consultation) -> list[Any]:
    parties = consultation.parties.filter(deputy__isnull=False).select_related("deputy__constituency")
    return [party.deputy for party in parties]


def _found_names(text: str) -> list[str]:
    names = list(dict.fromkeys(word for word in SEPARATORS.split(text) if word))
    if long := [name for name in names if len(name) > 40]:
        raise ValidationError(f"“{long[0][:20]}…”太长了，每个责任方最多 40 字，之间用顿号隔开。")
    return names


def departments_for(station: Station, consultation: Consultation | None = None) -> Any:
    """Departments of the station and of those above it, the nearest first; those that sit at the table already stay."""
    near = Department.objects.filter(is_active=True, station__path__in=line(station.path))
    there = Department.objects.filter(consultations__consultation=consultation) if consultation else near.none()
    return (near | there).distinct().select_related("station").order_by("-station__path", "name")


class CancelForm(forms.Form):
    reason = ShortText(label="取消的原因", max_length=200, help_text="已通知的各方会收到，里面写明原因。")

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


def _with_files(data: dict[str, Any]) -> dict[str, Any]:
    """A form has ``files`` of its own, so that the field is called otherwise."""
    return {**{name: value for name, value in data.items() if name != "attachments"}, "files": data["attachments"]}


class ConcludeForm(NoIdNumber):
    chair = ShortText(label="主持人", max_length=40, placeholder="姓名和职务，如：刘建国 镇人大主席")
    residents_came = forms.IntegerField(
        label="到场群众（人）",
        min_value=0,
        max_value=9999,
        initial=0,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    minutes = LongText(
        label="协商纪要", max_length=8000, rows=8, placeholder="各方说了什么、有哪些不同意见、怎么形成一致。"
    )
    agreement = LongText(
        label="协商结果",
        max_length=4000,
        rows=4,
        placeholder="商定了什么。由谁办、什么时候办好，下一步逐项登记为承诺事项。",
    )
    attachments = FilesField(
        label="现场照片和材料", help_text="照片会自动缩小，并去掉拍摄地点等信息。每个不超过 20 MB。"
    )

    def arguments(self) -> dict[str, Any]:
        return _with_files(self.cleaned_data)


class RatingCountForm(forms.Form):
    satisfied = forms.IntegerField(label="满意（票）", min_value=0, max_value=9999)
    basically = forms.IntegerField(label="基本满意（票）", min_value=0, max_value=9999)
    dissatisfied = forms.IntegerField(label="不满意（票）", min_value=0, max_value=9999)

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class RateForm(forms.Form):
    satisfaction = forms.ChoiceField(choices=Satisfaction, error_messages={"required": "请选满意、基本满意或不满意。"})
    note = ShortText(label="说明", max_length=200, required=False)

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class FinishForm(NoIdNumber):
    outcome = LongText(
        label="办结情况", max_length=4000, rows=5, placeholder="问题解决得怎么样，群众现在怎么样，还有什么要接着办。"
    )

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class MaterialForm(forms.Form):
    step = forms.ChoiceField(label="属于哪一步", choices=Step)
    attachments = FilesField(label="材料或照片", required=True)

    def arguments(self) -> dict[str, Any]:
        return _with_files(self.cleaned_data)


class ReleaseForm(PublicTextForm):
    title = ShortText(label="标题", max_length=80)
    body = LongText(label="正文", max_length=8000, rows=14)
    with_photos = forms.BooleanField(label="照片一起公示（照片里的群众已同意，或看不出是谁）", required=False)

    def __init__(self, *args: Any, consultation: Consultation, step: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consultation = consultation
        if not any(row.is_picture for row in consultation.files.filter(step=step)):
            del self.fields["with_photos"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "body" in data and "title" in data:
            self.require_confirmed(findings_in(self.consultation, data["title"], data["body"]), "标题和正文")
        return data

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"title": data["title"], "body": data["body"], "with_photos": data.get("with_photos", False)}


class PromiseForm(NoIdNumber):
    what = ShortText(
        label="承诺事项", max_length=200, placeholder="办什么、办到什么程度，如：清淤并硬化排水沟 3.2 千米"
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label="承办单位",
        required=False,
        empty_label="不是承办单位",
        help_text="单位的经办人会收到消息，到期没有兑现的每周提醒。",
    )
    owner_name = ShortText(
        label="其他承诺方",
        max_length=40,
        required=False,
        placeholder="如：许良村村委会",
        help_text="不是承办单位的写在这里。",
    )
    due_on = DayField(label="兑现期限")

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department = field_of(self, "department", forms.ModelChoiceField)
        department.queryset = departments_for(consultation.station, consultation)
        department.widget.attrs["data-filterable"] = "输入单位名称"
        self.names = [party.name for party in consultation.parties.all() if party.name]
        if self.names:
            self.fields["owner_name"].help_text = f"不是承办单位的写在这里。参加协商的有：{'、'.join(self.names)}。"

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ProgressForm(NoIdNumber):
    text = LongText(label="进展", max_length=1000, rows=4, placeholder="做到哪一步了，接下来做什么。")
    happened_on = DayField(label="日期")
    says_done = forms.BooleanField(label="已经办好，请站点核实", required=False)

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class EndForm(NoIdNumber):
    kept = forms.TypedChoiceField(
        label="兑现了没有",
        choices=[("yes", "已兑现"), ("no", "没有兑现")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    ended_on = DayField(label="日期", help_text="办好的那一天；没有兑现的填认定的日期。")
    ending = LongText(
        label="兑现情况", max_length=1000, rows=4, placeholder="办成了什么样；没有兑现的写明原因和下一步。"
    )

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ReopenForm(forms.Form):
    reason = ShortText(label="为什么要继续办", max_length=200)

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


def next_week(today: dt.date) -> dt.date:
    """When a new consultation is proposed: parties need some days to prepare."""
    return today + dt.timedelta(days=7)
