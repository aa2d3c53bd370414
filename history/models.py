"""What happened, for good: events are appended, never changed or deleted, and chained by hash.

A *chain* is one thing's history: ``case:17`` for a case, ``county:3`` for everything a county's people do outside
cases (exports, account changes, rule changes). Each event carries the hash of the one before it in its chain.

The free text of an event (``note``) may name people. The hash covers only a salted digest of it, so the text can be
erased on a person's request (个人信息保护法 art 47) while the chain still verifies.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class EventQuerySet(models.QuerySet["Event"]):
    def update(self, **fields: Any) -> NoReturn:
        raise TypeError("events are never changed")

    def delete(self) -> NoReturn:
        raise TypeError("events are never deleted")


class Event(models.Model):
    chain = models.CharField("对象", max_length=40)
    seq = models.PositiveIntegerField("序号")
    at = models.DateTimeField("时间")
    action = models.CharField("动作", max_length=40)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="操作人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    seat = models.CharField("身份", max_length=80, blank=True, help_text="当时以什么身份操作。")
    address = models.GenericIPAddressField("来源地址", null=True, blank=True)
    before = models.JSONField("变更前", default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField("变更后", default=dict, encoder=DjangoJSONEncoder)
    note = models.TextField("说明", blank=True)
    note_salt = models.CharField(max_length=32, editable=False)
    note_digest = models.CharField(max_length=64, editable=False)
    note_erased = models.BooleanField("说明已删除", default=False)
    previous_hash = models.CharField(max_length=64, editable=False)
    hash = models.CharField("指纹", max_length=64, editable=False)

    objects: ClassVar[models.Manager[Event]] = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "操作记录"
        verbose_name_plural = "操作记录"
        ordering = ("chain", "seq")
        constraints = (models.UniqueConstraint(fields=["chain", "seq"], name="event_chain_seq"),)
        indexes = (models.Index(fields=["actor", "-at"], name="event_actor_at"),)

    def __str__(self) -> str:
        return f"{self.chain} #{self.seq} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("events are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("events are never deleted")
