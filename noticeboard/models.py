"""Notices (公示) on a station's board, written by people or by the system, and the work groups they are sent to."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy
from liaison.lib.encryption import EncryptedTextField
from stations.models import County, Station

if TYPE_CHECKING:
    from accounts.models import User


class NoticeKind(models.TextChoices):
    RECEPTION = "reception", "接待安排"
    PLAN = "plan", "工作计划"
    SUMMARY = "summary", "接待小结"
    CONSULTATION = "consultation", "议事协商"
    RESULT = "result", "办理结果"
    RECTIFICATION = "rectification", "整改情况"
    OTHER = "other", "通知公告"


class NoticeState(models.TextChoices):
    DRAFT = "draft", "草稿"
    CHECKING = "checking", "待审核"
    SCHEDULED = "scheduled", "定时发布"
    RELEASED = "released", "已发布"
    WITHDRAWN = "withdrawn", "已撤下"
    REPLACED = "replaced", "旧版本"


def _on_board(now: dt.datetime | None = None) -> Q:
    return Q(state=NoticeState.RELEASED) | Q(state=NoticeState.SCHEDULED, release_at__lte=now or timezone.now())


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: User) -> NoticeQuerySet:
        """What is on the board is for everybody of the county; what is not yet, or no longer, for the staff who cover it."""
        seats = user.seats
        return self.filter(_on_board() & Q(county_id__in=seats.county_ids) | seats.subtree("station__"))

    def within_reach(self, user: User) -> NoticeQuerySet:
        """What the staff of the stations that the person covers look after."""
        return self.filter(user.seats.subtree("station__"))

    def public(self, now: dt.datetime | None = None) -> NoticeQuerySet:
        """What anybody may read. A scheduled notice counts from its time on, whether or not a task has run."""
        return self.filter(_on_board(now), station__is_active=True)


class Notice(models.Model):
    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="notices")
    station = models.ForeignKey(Station, verbose_name="站点", on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField("类别", max_length=14, choices=NoticeKind, default=NoticeKind.OTHER)
    title = models.CharField("标题", max_length=80)
    body = models.TextField("正文", max_length=8000)
    event_on = models.DateField("事项日期", null=True, blank=True, help_text="如接待日；板报按它排列近期安排。")
    # Shown with photo, field and constituency, never with a private phone.
    deputies = models.ManyToManyField(Deputy, verbose_name="涉及代表", blank=True, related_name="notices")
    state = models.CharField("状态", max_length=10, choices=NoticeState, default=NoticeState.DRAFT)
    # A new version under review; the text that is on the board stays until the new one is released.
    replaces = models.ForeignKey(
        "self", verbose_name="修订", null=True, blank=True, on_delete=models.PROTECT, related_name="revisions"
    )
    # What the system writes is written once per key ("reception:17") and brought up to date, not written again.
    key = models.CharField(max_length=60, unique=True, null=True, blank=True, editable=False)
    pinned = models.BooleanField("置顶", default=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="起草人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="发布人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField("起草时间", default=timezone.now)
    updated_at = models.DateTimeField("更新时间", default=timezone.now)
    release_at = models.DateTimeField("定时发布时间", null=True, blank=True)
    # Of a scheduled notice the time it will be: the board sorts by one column, whether or not a task has run.
    released_at = models.DateTimeField("发布时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤下时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="撤下人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    withdraw_reason = models.CharField("撤下原因", max_length=200, blank=True)
    # Grows with every change; a page that was opened at an older version is stale.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "公示"
        verbose_name_plural = "公示"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=NoticeState.RELEASED) | Q(released_at__isnull=False), name="released_notice_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state=NoticeState.SCHEDULED) | Q(release_at__isnull=False),
                name="scheduled_notice_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=NoticeState.WITHDRAWN) | ~Q(withdraw_reason=""), name="withdrawn_notice_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(state__in=(NoticeState.SCHEDULED, NoticeState.RELEASED)),
                name="new_version_takes_the_place",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(state__in=(NoticeState.DRAFT, NoticeState.CHECKING)),
                name="one_new_version_at_a_time",
            ),
        )
        indexes = (
            models.Index(fields=["station", "state", "-released_at"], name="notice_board"),
            models.Index(fields=["county", "state", "-id"], name="notice_county"),
            # The lists that the public reads, in their order: the first twenty cost the same however many there are.
            models.Index(fields=["county", "-released_at", "-id"], name="notice_county_board"),
            models.Index(fields=["station", "-released_at", "-id"], name="notice_station_board"),
            models.Index(fields=["station", "-pinned", "-released_at", "-id"], name="notice_station_pins"),
            models.Index(fields=["state", "release_at"], name="notice_due"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def chain(self) -> str:
        return f"notice:{self.pk}"

    @property
    def on_board(self) -> bool:
        return self.state == NoticeState.RELEASED or self.is_due

    @property
    def is_due(self) -> bool:
        """Scheduled, and its time has come: the public sees it already."""
        return self.state == NoticeState.SCHEDULED and self.release_at is not None and self.release_at <= timezone.now()


class NoticeFile(models.Model):
    """A picture or a document of a notice; public with it."""

    notice = models.ForeignKey(Notice, verbose_name="公示", on_delete=models.CASCADE, related_name="files")
    file = models.FileField("文件", upload_to="notices/%Y/%m/")
    name = models.CharField("文件名", max_length=120)
    media_type = models.CharField("类型", max_length=80)
    size = models.PositiveIntegerField("大小")
    caption = models.CharField("说明", max_length=80, blank=True)
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)

    class Meta:
        verbose_name = "公示附件"
        verbose_name_plural = "公示附件"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


class WorkGroup(models.Model):
    """工作群: a WeCom group with a robot, that notices of the station are sent to. The address is a secret."""

    station = models.ForeignKey(Station, verbose_name="站点", on_delete=models.PROTECT, related_name="work_groups")
    name = models.CharField("群名称", max_length=40)
    webhook = EncryptedTextField("机器人地址", help_text="企业微信群机器人的 Webhook 地址。")
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "工作群"
        verbose_name_plural = "工作群"
        ordering = ("station__path", "name")
        constraints = (models.UniqueConstraint(fields=["station", "name"], name="work_group_name_once"),)

    def __str__(self) -> str:
        return self.name
