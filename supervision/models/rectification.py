"""整改: what follows when a subject is rated under the line at year end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from stations.models import Department
from supervision.models.round import Subject

if TYPE_CHECKING:
    from accounts.models import User


class RectificationState(models.TextChoices):
    ASKED = "asked", "待书面说明"
    WORKING = "working", "整改中"
    REPORTED = "reported", "整改待认定"
    ACCEPTED = "accepted", "待复评"
    PASSED = "passed", "复评达标"
    FAILED = "failed", "复评未达标"


ENDED = (RectificationState.PASSED, RectificationState.FAILED)
WITH_DEPARTMENT = (RectificationState.ASKED, RectificationState.WORKING)


def of_departments(pks: Iterable[int]) -> Q:
    """Those that one of these departments has to put right."""
    return Q(successor__in=pks) | Q(successor__isnull=True, subject__department__in=pks)


class RectificationQuerySet(models.QuerySet["Rectification"]):
    def visible_to(self, user: User) -> RectificationQuerySet:
        """The county office and the department itself."""
        seats = user.seats
        return self.filter(Q(subject__round__county__in=seats.office_county_ids) | of_departments(seats.department_ids))

    def running(self) -> RectificationQuerySet:
        return self.exclude(state__in=ENDED)


class Rectification(models.Model):
    """Opened by the publication of a result under the line (博爱县：年终测评满意度低于80%的，向常委会报告，由承办单位
    做出书面说明，限期1个月内整改完成), ended by the re-vote."""

    subject = models.OneToOneField(
        Subject, verbose_name="测评对象", on_delete=models.PROTECT, related_name="rectification"
    )
    # Where the department was merged: the subject stays what it was, since the result is sealed with it.
    successor = models.ForeignKey(
        Department,
        verbose_name="接替单位",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="inherited_rectifications",
        editable=False,
    )
    state = models.CharField("状态", max_length=10, choices=RectificationState, default=RectificationState.ASKED)
    opened_on = models.DateField("开始日期")
    explain_due = models.DateField("书面说明期限")
    rectify_due = models.DateField("整改期限")
    explanation = models.TextField("书面说明", blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="说明人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    explained_at = models.DateTimeField("说明时间", null=True, blank=True)
    result = models.TextField("整改情况", blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="报告人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reported_at = models.DateTimeField("报告整改时间", null=True, blank=True)
    returned = models.TextField("退回原因", blank=True)
    accepted_at = models.DateTimeField("认定时间", null=True, blank=True)
    committee_on = models.DateField("向常委会报告日期", null=True, blank=True)
    committee_note = models.TextField("常委会意见", blank=True)

    objects = RectificationQuerySet.as_manager()

    class Meta:
        verbose_name = "测评整改"
        verbose_name_plural = "测评整改"
        ordering = ("-opened_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state=RectificationState.ASKED) | ~Q(explanation=""), name="rectification_explained"
            ),
            models.CheckConstraint(
                condition=Q(state__in=WITH_DEPARTMENT) | ~Q(result=""), name="rectification_reported"
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} 整改"

    @property
    def chain(self) -> str:
        return f"rectification:{self.pk}"

    @property
    def department(self) -> Department:
        """Who puts it right now."""
        return self.successor or self.subject.department

    @property
    def department_id(self) -> int:
        return self.successor_id or self.subject.department_id

    @property
    def due_on(self) -> dt.date | None:
        """The limit that runs for the department now."""
        if self.state == RectificationState.ASKED:
            return min(self.explain_due, self.rectify_due)
        return self.rectify_due if self.state == RectificationState.WORKING else None


class Part(models.TextChoices):
    EXPLANATION = "explanation", "书面说明"
    RESULT = "result", "整改情况"


class RectificationFile(models.Model):
    """What the department hands in; served only through the scoped view."""

    rectification = models.ForeignKey(
        Rectification, verbose_name="测评整改", on_delete=models.CASCADE, related_name="files"
    )
    part = models.CharField("属于", max_length=12, choices=Part)
    file = models.FileField("文件", upload_to="rectification/%Y/%m/")
    name = models.CharField("文件名", max_length=120)
    media_type = models.CharField("类型", max_length=80)

    class Meta:
        verbose_name = "整改材料"
        verbose_name_plural = "整改材料"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name
