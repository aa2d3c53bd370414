"""Log in by user name or by mobile number."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.models import User


class NameOrPhoneBackend(ModelBackend):
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if not username or password is None:
            return None
        name = username.strip()
        user = User.objects.filter(username=name).first() or User.objects.filter(phone=name).first()
        if user is None:
            User().set_password(password)  # the same time for an unknown name as for a wrong password
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None
