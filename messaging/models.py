"""The outbox: one row per (what happened, recipient, channel), written in the transaction of what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import User


class Channel(models.TextChoices):
    IN_APP = "in_app", "站内消息"
    EMAIL = "email", "电子邮件"
    SMS = "sms", "短信"
    WECOM = "wecom", "企业微信群"


class RowState(models.TextChoices):
    WAITING = "waiting", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"
    DROPPED = "dropped", "不再需要"


class OutboxQuerySet(models.QuerySet["OutboxRow"]):
    def visible_to(self, user: User) -> OutboxQuerySet:
        """What left the application on behalf of the stations that ``user`` is staff of, or of stations below them.

        Whose a row is stands in it as the station's path, since this room knows no stations.
        """
        mine = Q(pk__in=[])
        for station in user.seats.stations:
            mine |= Q(scope__gte=station.path, scope__lt=station.path + ":")
        return self.filter(mine).exclude(channel=Channel.IN_APP)


class OutboxRow(models.Model):
    key = models.CharField("事由", max_length=120, help_text="同一事由对同一收件对象同一渠道只发一次。")
    # "user:5", "deputy:7", "officer:3", "group:2": whoever has a log-in is told as that user, in whatever seat.
    recipient = models.CharField("收件对象", max_length=40)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="收件账号",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="outbox_rows",
    )
    name = models.CharField("收件人", max_length=60)
    channel = models.CharField("渠道", max_length=10, choices=Channel)
    # Where the address is looked up when the row is sent ("deputies.reach.contact:7"), so that a corrected number
    # counts at once and the outbox holds no personal data.
    contact = models.CharField("联系方式来源", max_length=120, blank=True)
    # The path of the station on whose behalf it is told: who sees that it failed.
    scope = models.CharField("所属站点路径", max_length=40, blank=True)
    subject = models.CharField("标题", max_length=120)
    body = models.TextField("内容", blank=True)
    link = models.CharField("链接", max_length=200, blank=True)
    # The sender asks the room that wrote the row whether it is still true: "suggestions.relevance.still_there:17:assigned"
    relevance = models.CharField("有效条件", max_length=120, blank=True)
    # {"template": "reception", "params": ["博爱县", "11月25日"]}: SMS gateways send only templates they approved.
    sms = models.JSONField("短信模板", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=RowState, default=RowState.WAITING)
    created_at = models.DateTimeField("写入时间", default=timezone.now)
    next_try_at = models.DateTimeField("下次发送", default=timezone.now)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    # When a worker took it; once it was tried, when that ended (messaging/pace.py counts by it).
    claimed_at = models.DateTimeField("领取时间", null=True, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    error = models.CharField("失败原因", max_length=300, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = "待发消息"
        verbose_name_plural = "待发消息"
        constraints = (models.UniqueConstraint(fields=["key", "recipient", "channel"], name="outbox_once"),)
        indexes = (
            models.Index(fields=["state", "next_try_at"], name="outbox_due"),
            models.Index(fields=["person", "channel", "-id"], name="outbox_person"),
            models.Index(fields=["recipient", "channel", "claimed_at"], name="outbox_pace"),
            models.Index(fields=["scope", "state", "-id"], name="outbox_scope"),
        )

    def __str__(self) -> str:
        return f"{self.subject} → {self.name}（{self.get_channel_display()}）"
