"""The user: somebody who can log in. What a user sees and may do follows from seats (stations/seats.py)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from stations.seats import Seats

mobile_number = RegexValidator(r"^1[3-9]\d{9}$", "请填写 11 位手机号。")


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    username = models.CharField(
        "用户名",
        max_length=60,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        help_text="登录用，可用汉字、字母、数字。",
    )
    phone = models.CharField(
        "手机号",
        max_length=11,
        unique=True,
        null=True,
        blank=True,
        validators=[mobile_number],
        help_text="也可用来登录。",
    )
    name = models.CharField("姓名", max_length=40)
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True, help_text="停用后不能登录；账号不删除，经办记录保留。")
    is_staff = models.BooleanField("技术管理员", default=False, help_text="可以进入技术管理后台。")
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    large_type = models.BooleanField("大字显示", default=False)
    date_joined = models.DateTimeField("建立时间", default=timezone.now, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"

    def __str__(self) -> str:
        return self.name or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.phone = self.phone or None  # two users without a phone are not two users with the same phone
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @cached_property
    def seats(self) -> Seats:
        """Where this person sits; computed once a request."""
        from stations.seats import seats_of  # the one upward import: seats live where stations do

        return seats_of(self)
