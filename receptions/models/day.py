"""The reception day (接待日) itself, and its photos."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from noticeboard.models import Notice
from receptions.models.brand import Brand
from stations.models import County, Station

if TYPE_CHECKING:
    from accounts.models import User


class DayState(models.TextChoices):
    PLANNED = "planned", "待接待"
    OPEN = "open", "接待中"
    CLOSED = "closed", "已结束"
    CANCELLED = "cancelled", "已取消"


UNFINISHED = (DayState.PLANNED, DayState.OPEN)  # still to be held, or being held


class ReceptionDayQuerySet(models.QuerySet["ReceptionDay"]):
    def visible_to(self, user: User) -> ReceptionDayQuerySet:
        """Every reception day of the counties one has a seat in: when a station is open is public anyway."""
        return self.filter(county_id__in=user.seats.county_ids)

    def standing(self) -> ReceptionDayQuerySet:
        return self.exclude(state=DayState.CANCELLED)

    def upcoming(self, today: dt.date | None = None) -> ReceptionDayQuerySet:
        return self.standing().filter(date__gte=today or timezone.localdate())


class ReceptionDay(models.Model):
    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="reception_days")
    station = models.ForeignKey(Station, verbose_name="站点", on_delete=models.PROTECT, related_name="reception_days")
    # The month whose day the rule made ("2026-11"); empty for a day that the office added.
    period = models.CharField("月份", max_length=7, blank=True, editable=False)
    planned_on = models.DateField("规则日", editable=False)
    date = models.DateField("接待日")
    starts_at = models.TimeField("开始时间")
    ends_at = models.TimeField("结束时间")
    place = models.CharField("地点", max_length=120, blank=True)
    why = models.CharField("日期说明", max_length=200, blank=True)
    provisional = models.BooleanField("暂定", default=False, help_text="当年节假日安排尚未公布，公布后自动确定。")
    by_hand = models.BooleanField("手工确定", default=False, editable=False)
    theme = models.CharField("主题", max_length=60, blank=True, help_text="不填则用本季度主题。")
    activity = models.CharField("本月活动", max_length=200, blank=True)
    brand = models.ForeignKey(
        Brand, verbose_name="特色载体", null=True, blank=True, on_delete=models.PROTECT, related_name="days"
    )
    state = models.CharField("状态", max_length=10, choices=DayState, default=DayState.PLANNED)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)
    # Grows with each change of date, time, place or state that those already told must hear of.
    revision = models.PositiveIntegerField(default=1, editable=False)
    # Whether somebody still has to hear something: the reminder looks for these, and clears it with what it writes.
    to_tell = models.BooleanField("待通知", default=True, editable=False)
    told_at = models.DateTimeField("通知时间", null=True, blank=True, editable=False)
    told_revision = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # How often it was told, and as what ({"date", "hours", "place", "state", "was"}): what is other now is said so.
    told_round = models.PositiveIntegerField(default=0, editable=False)
    told_as = models.JSONField(default=dict, blank=True, editable=False)
    notice = models.ForeignKey(
        Notice, verbose_name="公示", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    opened_at = models.DateTimeField("开始接待", null=True, blank=True)
    visitors = models.PositiveIntegerField("来访人次", default=0)
    summary = models.TextField("接待小结", max_length=4000, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="结束人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    summary_notice = models.ForeignKey(
        Notice,
        verbose_name="小结公示",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )

    objects = ReceptionDayQuerySet.as_manager()

    class Meta:
        verbose_name = "接待日"
        verbose_name_plural = "接待日"
        ordering = ("date", "starts_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["station", "period"], condition=~Q(period=""), name="reception_day_once_a_month"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="reception_day_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(state=DayState.CANCELLED) | ~Q(cancel_reason=""), name="cancelled_day_has_reason"
            ),
        )
        indexes = (
            models.Index(fields=["county", "date"], name="reception_county_date"),
            models.Index(fields=["station", "date"], name="reception_station_date"),
            models.Index(fields=["date", "id"], name="reception_to_tell", condition=Q(to_tell=True)),
        )

    def __str__(self) -> str:
        return f"{self.station} {self.date:%Y-%m-%d} 接待日"

    @property
    def chain(self) -> str:
        return f"day:{self.pk}"


class DayPhoto(models.Model):
    day = models.ForeignKey(ReceptionDay, verbose_name="接待日", on_delete=models.CASCADE, related_name="photos")
    file = models.FileField("照片", upload_to="receptions/%Y/%m/")
    name = models.CharField("文件名", max_length=120)
    media_type = models.CharField("类型", max_length=80)
    caption = models.CharField("说明", max_length=80, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)

    class Meta:
        verbose_name = "接待日照片"
        verbose_name_plural = "接待日照片"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name
