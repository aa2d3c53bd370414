"""Who brought a matter: the one table of a case that holds personal data."""

from __future__ import annotations

from typing import Any

from django.db import models

from liaison.lib.encryption import EncryptedTextField, blind_index
from liaison.lib.masking import mask_name, mask_phone
from suggestions.choices import AgeBand
from suggestions.models.case import Suggestion


class Voter(models.Model):
    """Who brought the matter: personal data, encrypted, apart from the case and its history, so it can be erased.

    A joint case has several; each gets the answer (河南省代表建议办理办法 2017 art 21). Never an ID number.
    """

    suggestion = models.ForeignKey(Suggestion, verbose_name="意见建议", on_delete=models.PROTECT, related_name="voters")
    name = EncryptedTextField("姓名", blank=True)
    phone = EncryptedTextField("联系电话", blank=True)
    phone_index = models.CharField(max_length=32, blank=True, editable=False, db_index=True)
    address = EncryptedTextField("住址（村/社区）", blank=True)
    gender = models.CharField("性别", max_length=1, choices=[("男", "男"), ("女", "女")], blank=True)
    age_band = models.CharField("年龄段", max_length=10, choices=AgeBand, blank=True)
    erased_at = models.DateTimeField("删除时间", null=True, blank=True)

    class Meta:
        verbose_name = "来访人"
        verbose_name_plural = "来访人"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.masked_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.phone_index = blind_index(self.phone) if self.phone else ""
        super().save(*args, **kwargs)

    @property
    def masked_name(self) -> str:
        if self.erased_at:
            return "（已删除）"
        return mask_name(self.name) if self.name else "未留姓名"

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone) if self.phone else ""
