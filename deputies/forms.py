"""The form of a deputy's record."""

from typing import Any

from django import forms

from accounts.models import User
from deputies.access import offered_stations
from deputies.models import Constituency, Deputy, Status, Term
from liaison.lib.phones import PhoneField
from liaison.lib.pictures import small_jpeg
from stations.models import Kind, Station

PORTRAIT_SIDE = 480  # pixels: sharp at the size shown, some 40 kB


def grouped_choices(stations: list[Station]) -> list[tuple[str, Any]]:
    """Options under the name of their township, as the tree has them."""
    tops: list[tuple[str, str]] = []
    groups: dict[str, list[tuple[str, str]]] = {}
    township = ""
    for station in stations:
        option = (str(station.pk), station.name)
        if station.kind == Kind.HUB:
            tops.append(option)
        elif station.kind == Kind.TOWNSHIP:
            township = station.name
            groups[township] = [option]
        elif station.kind == Kind.STUDIO and station.parent_kind == Kind.HUB:
            groups.setdefault("代表工作室", []).append(option)
        else:
            groups.setdefault(township or "联络点", []).append(option)
    return [*tops, *groups.items()]


class DeputyForm(forms.ModelForm):
    portrait = forms.FileField(
        label="照片",
        required=False,
        help_text="公示用的证件照，jpg 或 png。自动缩小，并去掉拍摄时间、地点等信息。",
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.webp,.heic"}),
    )
    remove_portrait = forms.BooleanField(label="撤下现在的照片", required=False)

    class Meta:
        model = Deputy
        fields = (
            "name",
            "gender",
            "ethnicity",
            "born_in",
            "party",
            "education",
            "post",
            "phone",
            "level",
            "term",
            "constituency",
            "certificate",
            "home_station",
            "group",
            "trade",
            "status",
            "status_note",
        )
        field_classes = {"phone": PhoneField}
        widgets = {"born_in": forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "1968-05"})}
        help_texts = {
            "born_in": "",
            "home_station": "每名代表编入一个站点。",
            "status_note": "暂停或终止的原因和日期。",
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """``instance`` carries the county. A station out of the user's reach can stay, but not be chosen."""
        super().__init__(*args, **kwargs)
        for name, empty in (("level", "请选择"), ("gender", "未填"), ("trade", "未填")):
            choices = [choice for choice in self._meta.model._meta.get_field(name).choices if choice[0]]
            self.fields[name].widget.choices = [("", empty), *choices]
        if not self.instance.photo:
            del self.fields["remove_portrait"]
        county_id = self.instance.county_id
        stations = offered_stations(user, county_id)
        current = self.instance.home_station
        if current is not None and current not in stations:
            stations.insert(0, current)
        home = forms.ModelChoiceField(
            Station.objects.filter(pk__in=[station.pk for station in stations]),
            label="联络站",
            required=not user.seats.is_office,
            help_text="每名代表编入一个站点。",
        )
        home.widget = forms.Select(
            choices=[("", "暂不编入"), *grouped_choices(stations)], attrs={"data-filterable": "输入站点名称"}
        )
        self.fields["home_station"] = home
        self.fields["term"] = forms.ModelChoiceField(
            Term.objects.filter(county_id=county_id), label="届次", required=False, empty_label="未填"
        )
        self.fields["constituency"] = forms.ModelChoiceField(
            Constituency.objects.filter(county_id=county_id).order_by("level", "name"),
            label="选区",
            required=False,
            empty_label="未填",
            widget=forms.Select(attrs={"data-filterable": "输入选区名称"}),
        )

    def clean_portrait(self) -> bytes | None:
        file = self.cleaned_data["portrait"]
        return small_jpeg(file, most_side=PORTRAIT_SIDE) if file else None

    def clean_born_in(self) -> str:
        born: str = (self.cleaned_data["born_in"] or "").strip().replace("年", "-").replace(".", "-").replace("月", "")
        if not born:
            return ""
        year, _, month = born.partition("-")
        if not (year.isdecimal() and month.isdecimal() and 1900 <= int(year) <= 2100 and 1 <= int(month) <= 12):
            raise forms.ValidationError("请写年和月，如 1968-05。")
        return f"{int(year):04d}-{int(month):02d}"

    def portrait_arguments(self) -> dict[str, Any]:
        """For ``changes.save``."""
        data = self.cleaned_data
        return {"portrait": data.get("portrait"), "remove_portrait": data.get("remove_portrait", False)}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        term, constituency, level = data.get("term"), data.get("constituency"), data.get("level")
        if term and level and term.level != level:
            self.add_error("term", "届次的层级与代表的层级不一致。")
            self.instance.term = None
        if constituency and level and constituency.level != level:
            self.add_error("constituency", "选区的层级与代表的层级不一致。")
        if data.get("status") in (Status.SUSPENDED, Status.ENDED) and not data.get("status_note"):
            self.add_error("status_note", "请写明原因和日期。")
        certificate = data.get("certificate")
        if certificate:
            same = Deputy.objects.filter(county_id=self.instance.county_id, level=level, certificate=certificate)
            if same.exclude(pk=self.instance.pk).exists():
                self.add_error("certificate", "同一层级已经有这个代表证号。")
        return data
