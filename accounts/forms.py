"""The log-in form."""

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest


class LoginForm(AuthenticationForm):
    error_messages = {
        "invalid_login": (
            f"用户名（手机号）或密码不对，请重新输入。连续输错 {settings.AXES_FAILURE_LIMIT} 次，账号会暂时锁定。"
        ),
        "inactive": "这个账号已停用，请联系本级人大办公室。",
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = "用户名或手机号"
        self.fields["username"].widget.attrs.update({"autocapitalize": "none", "spellcheck": "false"})
        self.fields["password"].label = "密码"
