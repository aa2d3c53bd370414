"""The form of a work group."""

from __future__ import annotations

from typing import Any

from django import forms

from messaging.senders import wecom
from noticeboard.groups import key_end, same_robot
from noticeboard.models import WorkGroup

EXAMPLE = f"https://{wecom.HOST}{wecom.PATH}?key=…"


class WorkGroupForm(forms.ModelForm):
    """The robot's address is typed in and never shown again; left empty it stays as it is."""

    webhook = forms.CharField(
        label="机器人地址（Webhook）",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": EXAMPLE}),
        help_text="在企业微信群里添加“群机器人”后，复制它的 Webhook 地址。知道地址的人都能往群里发消息，请不要外传。",
    )

    class Meta:
        model = WorkGroup
        fields = ("name",)
        help_texts = {"name": "如：许良镇代表工作群。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            field = self.fields["webhook"]
            field.required = False
            field.help_text = f"已保存，密钥末四位 {key_end(self.instance)}，不再显示。换机器人时填新地址，不换就留空。"

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        same = WorkGroup.objects.filter(station_id=self.instance.station_id, name=name).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError("这个站点已经有同名的工作群。")
        return name

    def clean_webhook(self) -> str:
        address: str = self.cleaned_data["webhook"]
        if not address:
            return ""
        wecom.check_address(address)
        if other := same_robot(address, but=self.instance):
            mine = other.station.county_id == self.instance.station.county_id
            where = f"{other.station}的“{other.name}”" if mine else "另一个县的工作群"
            raise forms.ValidationError(f"这个机器人已经登记给{where}；一个机器人只登记一次。")
        return address

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("webhook"):
            self.instance.webhook = data["webhook"]
        return data
