"""Forms of accounts: one's own, and those an office keeps."""

from typing import Any

from django import forms
from django.contrib.auth.forms import PasswordChangeForm

from accounts.models import User, mobile_number
from liaison.lib.phones import PhoneField


class ChangePasswordForm(PasswordChangeForm):
    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["old_password"].label = "现在的密码"
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password1"].help_text = "至少 10 位，同时有字母和数字；不要用姓名、生日或手机号。"
        self.fields["new_password2"].label = "再输一次新密码"
        self.fields["new_password2"].help_text = ""

    def clean_new_password1(self) -> str:
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise forms.ValidationError("新密码不能和现在的密码相同。")
        return password


class PhoneMixin(forms.ModelForm):
    """A phone is a log-in name as well, so the two must never point at different people."""

    class Meta:
        model = User
        fields: tuple[str, ...] = ("phone", "email")
        field_classes = {"phone": PhoneField}

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data.get("phone") or ""
        others = User.objects.exclude(pk=self.instance.pk)
        if phone and (others.filter(phone=phone).exists() or others.filter(username=phone).exists()):
            raise forms.ValidationError("这个手机号已经用于另一个账号；同一个人请在那个账号里添加岗位。")
        return phone

    def validate_unique(self) -> None:
        """Done in the clean methods, in words that say what to do."""


class MeForm(PhoneMixin):
    class Meta(PhoneMixin.Meta):
        help_texts = {"phone": "可以用来登录。", "email": "填写后，提醒也会发到邮箱。"}


class AccountForm(PhoneMixin):
    class Meta(PhoneMixin.Meta):
        fields = ("name", "phone", "username", "email")
        help_texts = {"phone": "可以用来登录，建议填写。", "email": "填写后，提醒也会发到邮箱。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.fields["username"].widget.attrs.update({"autocomplete": "off", "autocapitalize": "none"})
        if self.instance.pk is None:
            self.fields["username"].required = False
            self.fields["username"].help_text = "可以不填，用姓名的拼音。"

    def clean_username(self) -> str:
        username: str = User.normalize_username(self.cleaned_data.get("username") or "").strip()
        others = User.objects.exclude(pk=self.instance.pk)
        if username and others.filter(username=username).exists():
            raise forms.ValidationError("这个用户名已经有人用，请换一个。")
        return username

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        username = data.get("username") or ""
        looks_like_phone = mobile_number.regex.match(username)  # type: ignore[union-attr]
        if looks_like_phone and username != data.get("phone"):
            self.add_error("username", "用户名如果是手机号，必须是本人的手机号。")
        return data
