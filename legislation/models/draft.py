"""A draft law that is open for opinions: its articles, its material."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from stations.models import County

if TYPE_CHECKING:
    from accounts.models import User


class DraftState(models.TextChoices):
    PREPARING = "preparing", "准备中"
    PUBLISHED = "published", "已公布"
    SENT = "sent", "已上报"
    CONCLUDED = "concluded", "已反馈"


PUBLIC_STATES = (DraftState.PUBLISHED, DraftState.SENT, DraftState.CONCLUDED)


class DraftLawQuerySet(models.QuerySet["DraftLaw"]):
    def public(self) -> DraftLawQuerySet:
        """What anybody may read: published, and not before its first day."""
        return self.filter(state__in=PUBLIC_STATES, opens_on__lte=timezone.localdate())

    def open(self) -> DraftLawQuerySet:
        """Those that take opinions today; both days of the period are included."""
        today = timezone.localdate()
        return self.filter(state=DraftState.PUBLISHED, opens_on__lte=today, closes_on__gte=today)

    def visible_to(self, user: User) -> DraftLawQuerySet:
        """The county office all; every other seat of the county what is published."""
        seats = user.seats
        published = Q(county__in=seats.county_ids, state__in=PUBLIC_STATES)
        return self.filter(Q(county__in=seats.office_county_ids) | published)


class DraftLaw(models.Model):
    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="draft_laws")
    title = models.CharField("名称", max_length=120)
    asked_by = models.CharField("征求意见的机关", max_length=80)
    about = models.TextField("说明", blank=True)
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("截止日期")
    state = models.CharField("状态", max_length=12, choices=DraftState, default=DraftState.PREPARING)
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    sent_at = models.DateTimeField("上报时间", null=True, blank=True)
    concluded_at = models.DateTimeField("反馈时间", null=True, blank=True)
    reminded_on = models.DateField("提醒整理日期", null=True, blank=True, editable=False)

    objects = DraftLawQuerySet.as_manager()

    class Meta:
        verbose_name = "立法草案"
        verbose_name_plural = "立法草案"
        ordering = ("-opens_on", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="draft_law_closes_after_opening"),
        )

    def __str__(self) -> str:
        return self.title

    def is_open(self, today: dt.date | None = None) -> bool:
        today = today or timezone.localdate()
        return self.state == DraftState.PUBLISHED and self.opens_on <= today <= self.closes_on

    @property
    def phase(self) -> str:
        """In words; of a published draft it follows from the dates."""
        today = timezone.localdate()
        if self.state != DraftState.PUBLISHED:
            return self.get_state_display()
        if today < self.opens_on:
            return "即将开始"
        return "正在征求意见" if today <= self.closes_on else "征集结束，整理中"


class Article(models.Model):
    """A part of the draft that an opinion can point at: 第七条, or what stands before the first article."""

    draft = models.ForeignKey(DraftLaw, verbose_name="草案", on_delete=models.CASCADE, related_name="articles")
    place = models.PositiveSmallIntegerField("顺序")
    chapter = models.CharField("章", max_length=80, blank=True)
    label = models.CharField("条", max_length=20)
    text = models.TextField("条文")

    class Meta:
        verbose_name = "条文"
        verbose_name_plural = "条文"
        ordering = ("draft", "place", "id")
        constraints = (models.UniqueConstraint(fields=["draft", "label"], name="article_once"),)

    def __str__(self) -> str:
        return self.label


class Material(models.Model):
    """A file that explains the draft; served by the scoped view, and by the portal once the draft is public."""

    draft = models.ForeignKey(DraftLaw, verbose_name="草案", on_delete=models.CASCADE, related_name="materials")
    file = models.FileField("文件", upload_to="legislation/%Y/%m/")
    name = models.CharField("文件名", max_length=120)
    media_type = models.CharField("类型", max_length=80)

    class Meta:
        verbose_name = "草案材料"
        verbose_name_plural = "草案材料"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name
