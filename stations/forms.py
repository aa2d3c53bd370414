"""Forms of the network."""

from collections.abc import Iterator
from typing import Any

from django import forms

from accounts.models import User
from liaison.lib.phones import PhoneField
from stations import merging
from stations.fields import Field
from stations.models import ALLOWED_PARENTS, Department, Kind, ResidentOfficer, Rules, Station


def child_kinds(parent: Station) -> list[Kind]:
    return [kind for kind in Kind if parent.kind in ALLOWED_PARENTS[kind]]


class StationForm(forms.ModelForm):
    class Meta:
        model = Station
        fields = (
            "kind",
            "parent",
            "name",
            "trade",
            "address",
            "phone",
            "opening_hours",
            "head",
            "head_phone",
            "contact",
            "contact_phone",
            "code",
        )
        field_classes = {"phone": PhoneField, "head_phone": PhoneField, "contact_phone": PhoneField}
        help_texts = {"opening_hours": "如：周一至周五 8:30—17:30。", "code": "统计用区划代码，可以不填。"}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """``instance`` carries county and parent when it is new; where the station hangs can be changed only by
        somebody who works on its parent too, and only between places both of which that person works on."""
        station = kwargs["instance"]
        if station.pk is None:
            # A kind that is refused must leave an allowed one, or the model complains about a field not shown.
            station.kind = child_kinds(station.parent)[0]
        super().__init__(*args, **kwargs)
        if station.pk is None:
            del self.fields["parent"]
            kinds = [(kind.value, kind.label) for kind in child_kinds(station.parent)]
            self.fields["kind"] = forms.ChoiceField(label="类别", choices=kinds, widget=forms.RadioSelect)
        else:
            del self.fields["kind"]
            if station.parent is None or not user.seats.covers(station.parent) or station.children.exists():
                del self.fields["parent"]
            else:
                self.fields["parent"] = forms.ModelChoiceField(
                    Station.objects.filter(
                        user.seats.subtree(),
                        county=station.county,
                        kind__in=ALLOWED_PARENTS[station.kind],
                        is_active=True,
                    ),
                    label="上级站",
                    empty_label=None,
                )
            if station.kind != Kind.STUDIO:
                del self.fields["trade"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        parent = data.get("parent") or self.instance.parent
        kind = data.get("kind") or self.instance.kind
        if kind == Kind.STUDIO and not data.get("trade"):
            self.add_error("trade", "代表工作室要写明行业，如：教育。")
        same = Station.objects.filter(parent=parent, name=data.get("name")).exclude(pk=self.instance.pk)
        if data.get("name") and same.exists():
            self.add_error("name", "同一个上级站下已经有这个名称。")
        return data


class DepartmentForm(forms.ModelForm):
    fields_of_work = forms.MultipleChoiceField(
        label="主管领域",
        choices=Field.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="研判时，同一领域的意见优先推荐给这个单位。",
    )

    class Meta:
        model = Department
        fields = ("name", "head", "contact", "phone")
        field_classes = {"phone": PhoneField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields_of_work"].initial = [code for code in self.instance.fields.split(",") if code]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        same = Department.objects.filter(station_id=self.instance.station_id, name=name).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError("这个站点已经有同名的承办单位。")
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.instance.fields = ",".join(data.get("fields_of_work", []))
        return data


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(Department.objects.none(), label="并入哪个单位", empty_label="请选择")
    sure = forms.BooleanField(
        label="已核对上面的事项，确认合并",
        help_text="合并后这个单位停用，不能恢复；以前办理的记录仍记在它名下。",
        error_messages={"required": "请核对后勾选确认。"},
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = merging.successors(department)  # type: ignore[attr-defined]


class OfficerForm(forms.ModelForm):
    class Meta:
        model = ResidentOfficer
        fields = ("kind", "name", "employer", "phone", "is_active")
        field_classes = {"phone": PhoneField}
        help_texts = {"employer": "如：博爱县人民法院许良法庭。", "is_active": "不再驻站的，取消勾选；记录保留。"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        same = ResidentOfficer.objects.filter(
            station_id=self.instance.station_id, kind=data.get("kind"), name=data.get("name")
        ).exclude(pk=self.instance.pk)
        if same.exists():
            self.add_error("name", "这个站点已经有同名同类的驻站人员。")
        return data


# “3 月” would read as March.
UNITS = {"工作日": "个工作日", "月": "个月", "日": "天"}

RULE_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("受理与研判", ("accept_days", "triage_days", "redecide_days")),
    ("承办单位", ("take_days", "co_handler_months")),
    ("办理时限", ("county_months", "county_max_months", "township_days", "township_max_days")),
    ("反馈与回复", ("hand_over_days", "reply_days", "rate_remind_days", "archive_days")),
    ("重办、评估与回访", ("redo_months", "assess_months", "follow_up_months")),
    ("预警与催办", ("warn_days", "urge_repeat_days")),
    ("代表联系群众", ("county_contacts", "township_contacts")),
    ("站点吹哨、部门报到", ("whistle_days", "whistle_hours", "whistle_finish_days")),
    ("常委会满意度测评", ("pass_rate", "explain_days", "rectify_months")),
)


class RulesForm(forms.ModelForm):
    class Meta:
        model = Rules
        exclude = ("county",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control rule-number"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for shorter, longer in (("county_months", "county_max_months"), ("township_days", "township_max_days")):
            if data.get(shorter) and data.get(longer) and data[longer] < data[shorter]:
                self.add_error(longer, f"不能短于“{self.fields[shorter].label}”。")
        return data

    def groups(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Rows to show: name, unit, number, default, source and the bound field."""
        for title, names in RULE_GROUPS:
            rows = []
            for name in names:
                label, _, unit = str(self.fields[name].label).partition("（")
                model_field = Rules._meta.get_field(name)
                rows.append(
                    {
                        "field": self[name],
                        "name": label,
                        "unit": UNITS.get(unit.rstrip("）"), unit.rstrip("）")),
                        "number": getattr(self.instance, name),
                        "default": model_field.default,  # type: ignore[union-attr]
                        "source": self.fields[name].help_text,
                    }
                )
            yield title, rows
