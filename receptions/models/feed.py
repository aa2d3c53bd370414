"""日历订阅."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy
from stations.models import Station


class CalendarFeed(models.Model):
    """A secret .ics address of a deputy or of a station, that a calendar program subscribes to."""

    token = models.CharField(max_length=64, unique=True, editable=False)
    deputy = models.ForeignKey(
        Deputy, verbose_name="代表", null=True, blank=True, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    station = models.ForeignKey(
        Station, verbose_name="站点", null=True, blank=True, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="建立人", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField("建立时间", default=timezone.now)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)
    read_at = models.DateTimeField("最近读取", null=True, blank=True)

    class Meta:
        verbose_name = "日历订阅"
        verbose_name_plural = "日历订阅"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(deputy__isnull=False, station__isnull=True) | Q(deputy__isnull=True, station__isnull=False),
                name="feed_of_deputy_or_station",
            ),
        )

    def __str__(self) -> str:
        return f"{self.deputy or self.station} 日历订阅"
