"""Large exports, yearly reports; and what statistics keep, figures of days and of months, and the marks that say which days
are no longer as kept."""

from __future__ import annotations

from django.db import models

from reports.exports.models import ExportJob as ExportJob
from reports.yearly.models import HandlingReport as HandlingReport
from reports.yearly.models import ReportPart as ReportPart
from stations.models import County


class KeptKind(models.TextChoices):
    """Of what figures are kept. Points and deputies have so few cases a day that counting them is as quick."""

    COUNTY = "county", "县"
    STATION = "station", "乡镇（街道）站、县直工作室"
    FIELD = "field", "领域"
    DEPARTMENT = "department", "主办单位"


class KeptFigures(models.Model):
    """What of the cases that came in then is so now: a row for a county, a station below the hub with all below it, a
    field, a lead department. ``key`` is the station's or department's id or the field; empty for the county.

    Nothing in it changes by the passing of time: what is overdue is derived when it is asked for.
    """

    county = models.ForeignKey(County, verbose_name="县", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField("范围", max_length=10, choices=KeptKind)
    key = models.CharField("对象", max_length=20, blank=True)
    received = models.PositiveIntegerField("收到", default=0)
    in_time = models.PositiveIntegerField("按时答复", default=0)
    answered = models.PositiveIntegerField("已答复", default=0)
    solved = models.PositiveIntegerField("已解决", default=0)
    votes = models.PositiveIntegerField("已评价", default=0)
    content = models.PositiveIntegerField("满意或基本满意", default=0)
    escalated = models.PositiveIntegerField("上报过", default=0)
    # {"channel:web": 3, "flow:web:solved": 2, "took:17": 1, …}: reports/counting.py
    parts = models.JSONField("分项", default=dict)

    class Meta:
        abstract = True


class DailyFigures(KeptFigures):
    """Of the cases that came in on ``day``."""

    day = models.DateField("登记日期")

    class Meta:
        verbose_name = "每日数据"
        verbose_name_plural = "每日数据"
        constraints = (models.UniqueConstraint(fields=["county", "kind", "key", "day"], name="figures_once_a_day"),)
        indexes = (models.Index(fields=["county", "day", "kind"], name="figures_of_day"),)

    def __str__(self) -> str:
        return f"{self.county} {self.get_kind_display()}{self.key} {self.day}"


class MonthlyFigures(KeptFigures):
    """Of the cases that came in in the month that begins with ``month``, so that ten years are 120 rows and not 3,650.

    ``of`` and ``share`` name a part, which has no ``parts`` of its own: of a station its fields, departments and the
    stations in it where the cases came in; of a field the stations below the hub (and the hub) and the departments.
    Both are empty for the whole. By the day these would be more rows than there are cases.
    """

    month = models.DateField("登记月份")
    of = models.CharField("按何分", max_length=10, choices=KeptKind, blank=True)
    share = models.CharField("哪一份", max_length=20, blank=True)

    class Meta:
        verbose_name = "每月数据"
        verbose_name_plural = "每月数据"
        constraints = (
            models.UniqueConstraint(
                fields=["county", "kind", "key", "of", "share", "month"], name="figures_once_a_month"
            ),
        )
        indexes = (models.Index(fields=["county", "month", "of", "kind"], name="figures_of_month"),)

    def __str__(self) -> str:
        part = f" {self.get_of_display()}{self.share}" if self.of else ""
        return f"{self.county} {self.get_kind_display()}{self.key}{part} {self.month:%Y-%m}"


class TouchedDay(models.Model):
    """A day of which a case came, went or changed since its figures were kept. Written by the database itself
    (``reports/marks.py``), with the change and in its transaction; rows are added, never changed, so that writers do
    not wait for each other."""

    county_id = models.BigIntegerField("县")
    day = models.DateField("登记日期")

    class Meta:
        verbose_name = "待重算日"
        verbose_name_plural = "待重算日"
        indexes = (models.Index(fields=["county_id", "day"], name="touched_county_day"),)

    def __str__(self) -> str:
        return f"{self.county_id} {self.day}"
