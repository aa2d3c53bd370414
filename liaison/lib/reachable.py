"""Somebody of whom name, telephone and address are kept: encrypted, found by a keyed index, shown in part, erasable."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models

from liaison.lib.encryption import EncryptedTextField, blind_index
from liaison.lib.masking import mask_address, mask_name, mask_phone


class Reachable(models.Model):
    """Personal data in a table of its own, so that it can be erased (个人信息保护法 art 47). Never an ID number."""

    name = EncryptedTextField("姓名", blank=True)
    phone = EncryptedTextField("联系电话", blank=True)
    phone_index = models.CharField(max_length=32, blank=True, editable=False, db_index=True)
    address = EncryptedTextField("住址（村/社区）", blank=True)
    erased_at = models.DateTimeField("删除时间", null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.masked_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.index_phone()
        super().save(*args, **kwargs)

    def index_phone(self) -> None:
        """Called by ``save``; who creates rows in bulk calls it for each."""
        self.phone_index = blind_index(self.phone) if self.phone else ""

    @property
    def masked_name(self) -> str:
        return masked_name(self.name, self.erased_at)

    @property
    def masked_phone(self) -> str:
        return masked_phone(self.phone)

    @property
    def masked_address(self) -> str:
        return mask_address(self.address)


def masked_name(name: str, erased_at: dt.datetime | None) -> str:
    if erased_at:
        return "（已删除）"
    return mask_name(name) if name else "未留姓名"


def masked_phone(phone: str) -> str:
    return mask_phone(phone) if phone else ""
