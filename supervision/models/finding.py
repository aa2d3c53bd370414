"""What an inspection found: sent to a department with a limit, put right, checked again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from stations.fields import Field
from stations.models import County, Department
from supervision.models.inspection import Inspection

if TYPE_CHECKING:
    from accounts.models import User


class FindingState(models.TextChoices):
    NOTED = "noted", "待交办"
    SENT = "sent", "整改中"
    REPORTED = "reported", "待复查"
    CLOSED = "closed", "已整改"
    DROPPED = "dropped", "不交办"


OPEN = (FindingState.NOTED, FindingState.SENT, FindingState.REPORTED)
WITH_DEPARTMENT = (FindingState.SENT, FindingState.REPORTED, FindingState.CLOSED)


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, user: User) -> FindingQuerySet:
        """Those of inspections one sees; those sent to one's department or to a department of one's stations."""
        seats = user.seats
        sent = Q(department__in=seats.department_ids) | seats.subtree("department__station__")
        seen = Inspection.objects.visible_to(user).values("pk")
        return self.filter(Q(inspection__in=seen) | (sent & Q(state__in=WITH_DEPARTMENT)))

    def open(self) -> FindingQuerySet:
        return self.filter(state__in=OPEN)

    def overdue(self, today: dt.date | None = None) -> FindingQuerySet:
        """The limit is over and nothing was reported. Due today is not overdue."""
        return self.filter(state=FindingState.SENT, due_on__lt=today or timezone.localdate())


class Finding(models.Model):
    """``previous`` is the same problem found before: this one came back. ``rounds`` counts how often it did not pass."""

    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="findings")
    inspection = models.ForeignKey(Inspection, verbose_name="视察", on_delete=models.PROTECT, related_name="findings")
    title = models.CharField("问题", max_length=80)
    problem = models.TextField("问题描述", max_length=1000)
    place = models.CharField("地点", max_length=80)
    field = models.CharField("领域", max_length=12, choices=Field)
    state = models.CharField("状态", max_length=10, choices=FindingState, default=FindingState.NOTED)
    department = models.ForeignKey(
        Department, verbose_name="责任单位", null=True, blank=True, on_delete=models.PROTECT, related_name="findings"
    )
    sent_on = models.DateField("交办日期", null=True, blank=True)
    due_on = models.DateField("整改时限", null=True, blank=True)
    overran = models.BooleanField("超过时限", default=False)
    rounds = models.PositiveSmallIntegerField("复查不合格（次）", default=0)
    closed_on = models.DateField("复查合格日期", null=True, blank=True)
    previous = models.ForeignKey(
        "self", verbose_name="以前的同一问题", null=True, blank=True, on_delete=models.PROTECT, related_name="returns"
    )
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="记录人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    noted_at = models.DateTimeField("记录时间", default=timezone.now)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "视察发现的问题"
        verbose_name_plural = "视察发现的问题"
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["state", "due_on"], name="finding_due"),
            models.Index(fields=["county", "field"], name="finding_field"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[FindingState.NOTED, FindingState.DROPPED])
                | Q(department__isnull=False, sent_on__isnull=False, due_on__isnull=False),
                name="finding_sent_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=FindingState.CLOSED, closed_on__isnull=False)
                | (~Q(state=FindingState.CLOSED) & Q(closed_on__isnull=True)),
                name="finding_closed_on",
            ),
            models.CheckConstraint(
                condition=Q(previous__isnull=True) | ~Q(previous=F("id")), name="finding_not_own_past"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def chain(self) -> str:
        return f"finding:{self.pk}"

    @property
    def is_overdue(self) -> bool:
        late = self.due_on is not None and self.due_on < timezone.localdate()
        return self.state == FindingState.SENT and late


class StepKind(models.TextChoices):
    SENT = "sent", "交办整改"
    REPORTED = "reported", "报告整改"
    PASSED = "passed", "复查合格"
    BACK = "back", "复查不合格"
    DROPPED = "dropped", "不交办"


class FindingStep(models.Model):
    """What was written at a step, in the order in which it happened."""

    finding = models.ForeignKey(Finding, verbose_name="问题", on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField("环节", max_length=10, choices=StepKind)
    text = models.TextField("说明", max_length=1000)
    due_on = models.DateField("整改时限", null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="经办人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = "问题整改记录"
        verbose_name_plural = "问题整改记录"
        ordering = ("finding", "id")

    def __str__(self) -> str:
        return f"{self.finding} {self.get_kind_display()}"


class FindingPhoto(models.Model):
    """Of what was found, or of a step; served only through the scoped view."""

    finding = models.ForeignKey(Finding, verbose_name="问题", on_delete=models.CASCADE, related_name="photos")
    step = models.ForeignKey(
        FindingStep, verbose_name="环节", null=True, blank=True, on_delete=models.CASCADE, related_name="photos"
    )
    file = models.FileField("照片", upload_to="supervision/%Y/%m/")
    name = models.CharField("文件名", max_length=120)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "问题照片"
        verbose_name_plural = "问题照片"
        ordering = ("finding", "id")

    def __str__(self) -> str:
        return self.name
