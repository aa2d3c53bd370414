"""What the county office types over from the platform's own page."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.models import Mode, WechatAccount
from portal.wechat import crypto
from portal.wechat.accounts import SECRETS

KEPT = "已填写，不再显示。要换新的才需要填。"
HELP = {
    "app_id": "在公众平台“设置与开发 → 基本配置”，以 wx 开头。",
    "mode": "要和公众平台上选的一样。安全模式下，消息在路上也是加密的。",
    "token": "自己定一个，3 到 32 位字母或数字；公众平台上填同一个。",
    "aes_key": "43 位字母或数字，公众平台上点“随机生成”得到。",
    "app_secret": "取照片时用。不填也能收照片，但要微信的照片地址没有过期。",
}


class WechatAccountForm(forms.ModelForm):
    class Meta:
        model = WechatAccount
        fields = ("app_id", "mode", "token", "aes_key", "app_secret", "is_active")
        widgets = {
            "mode": forms.RadioSelect,
            "app_id": forms.TextInput(attrs={"autocomplete": "off", "placeholder": "wx…"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = {name: getattr(self.instance, name) for name in SECRETS}
        self.fields["mode"] = forms.ChoiceField(
            label="消息加解密方式", choices=Mode.choices, widget=forms.RadioSelect, initial=Mode.SAFE
        )
        for name in SECRETS:
            field = self.fields[name]
            # One line, never filled in from what is stored: a page that is looked over the shoulder shows nothing.
            field.widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
            field.required = False
            self.initial[name] = ""
        for name, text in HELP.items():
            self.fields[name].help_text = f"{KEPT}{text}" if self.stored.get(name) else text
        self.fields["is_active"].help_text = "停用后，公众号发来的消息不再处理。"

    def clean_app_id(self) -> str:
        app_id = str(self.cleaned_data["app_id"]).strip()
        if not re.fullmatch(r"wx[0-9a-f]{16}", app_id):
            raise ValidationError("AppID 是 wx 加 16 位数字或小写字母，请重新复制。")
        other = WechatAccount.objects.filter(app_id=app_id).exclude(pk=self.instance.pk)
        if other.exists():
            raise ValidationError("这个公众号已经接到另一个县。")
        return app_id

    def clean_token(self) -> str:
        token = self._secret("token")
        if not re.fullmatch(r"[0-9A-Za-z]{3,32}", token):
            raise ValidationError("令牌要填 3 到 32 位字母或数字。" if token else "请填写令牌。")
        return token

    def clean_aes_key(self) -> str:
        key = self._secret("aes_key")
        if key:
            try:
                crypto.key_of(key)
            except crypto.BadMessage:
                raise ValidationError("EncodingAESKey 是 43 位字母或数字，请重新复制。") from None
        return key

    def clean_app_secret(self) -> str:
        secret = self._secret("app_secret")
        if secret and not re.fullmatch(r"[0-9a-f]{32}", secret):
            raise ValidationError("AppSecret 是 32 位数字或小写字母，请重新复制。")
        return secret

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("mode") != Mode.PLAIN and "aes_key" in data and not data["aes_key"]:
            self.add_error("aes_key", "安全模式和兼容模式要填 EncodingAESKey。")
        return data

    def _secret(self, name: str) -> str:
        """What was typed, or what is stored where nothing was."""
        return str(self.cleaned_data.get(name) or "").strip() or self.stored[name]

    @property
    def really_changed(self) -> list[str]:
        return [name for name in self.changed_data if name not in SECRETS or self.data.get(name)]
