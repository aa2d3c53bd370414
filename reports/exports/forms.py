"""What one asks of an export: which matters, of which stations, from when to when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from liaison.lib.fields import DayField, field_of
from reports.exports.matters import offered
from stations.models import Kind, Station


class ExportForm(forms.Form):
    """Sent as the parameters of an address. Several matters make one workbook with a sheet each."""

    matter = forms.MultipleChoiceField(
        label="要导出的台账",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一种台账。", "invalid_choice": "没有这种台账，请重新选择。"},
    )
    station = forms.TypedChoiceField(
        label="站点", required=False, coerce=int, empty_value=None, error_messages={"invalid_choice": "没有这个站点。"}
    )
    since = DayField(label="从", required=False)
    until = DayField(label="到", required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matters = offered(user)
        places = Station.objects.visible_to(user).filter(is_active=True)
        if not user.seats.is_county_office:
            places = places.filter(user.seats.subtree()) if user.seats.stations else places.none()
        else:
            places = places.exclude(kind=Kind.POINT)
        matter, station = (field_of(self, name, forms.ChoiceField) for name in ("matter", "station"))
        matter.choices = [(one.key, one.label) for one in self.matters]
        station.choices = [("", "全部"), *places.order_by("path").values_list("pk", "name")]

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        since, until = asked.get("since"), asked.get("until")
        if since and until and until < since:
            raise ValidationError("结束日期在开始日期之前。")
        return asked
