"""The handling reports of a county, and what its office wrote in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from stations.models import County

if TYPE_CHECKING:
    from accounts.models import User


class Edition(models.TextChoices):
    """河南省代表建议办理办法 art 28: by 31 August and at the end of the year."""

    MIDYEAR = "midyear", "年中"
    YEAR = "year", "全年"


class HandlingReportQuerySet(models.QuerySet["HandlingReport"]):
    def visible_to(self, user: User) -> HandlingReportQuerySet:
        """Those of the person's county offices."""
        return self.filter(county_id__in=user.seats.office_county_ids)


class HandlingReport(models.Model):
    """年度办理情况报告 of a county. Its figures are those of the moment until it is finished; then ``kept`` holds all of it."""

    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    edition = models.CharField("期别", max_length=8, choices=Edition)
    first = models.DateField("起始日期")
    last = models.DateField("截止日期")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="建立人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField("建立时间", default=timezone.now)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="定稿人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    finished_at = models.DateTimeField("定稿时间", null=True, blank=True)
    kept = models.JSONField("定稿内容", default=dict, blank=True)

    objects: ClassVar = HandlingReportQuerySet.as_manager()

    class Meta:
        verbose_name = "办理情况报告"
        verbose_name_plural = "办理情况报告"
        ordering = ("-last", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["county", "year", "edition"],
                name="one_report_an_edition",
                violation_error_message="这一期的报告已经建立，请在列表里打开。",
            ),
            models.CheckConstraint(
                condition=models.Q(first__lte=models.F("last")),
                name="report_ends_after_its_start",
                violation_error_message="截止日期不能早于起始日期。",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        span = "年上半年" if self.edition == Edition.MIDYEAR else "年度"
        return f"{self.county.name}{self.year}{span}群众意见建议办理情况报告"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    def get_absolute_url(self) -> str:
        return reverse("reports:yearly", args=[self.pk])


class ReportPart(models.Model):
    """What the office wrote in place of what a part says by itself."""

    report = models.ForeignKey(HandlingReport, verbose_name="报告", on_delete=models.CASCADE, related_name="parts")
    key = models.CharField("部分", max_length=20)
    text = models.TextField("内容", max_length=6000)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="编写人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    edited_at = models.DateTimeField("编写时间", default=timezone.now)

    class Meta:
        verbose_name = "报告正文"
        verbose_name_plural = "报告正文"
        constraints = (models.UniqueConstraint(fields=["report", "key"], name="a_part_once_a_report"),)

    def __str__(self) -> str:
        return f"{self.report} {self.key}"
