"""Large exports, yearly reports; and the one table that statistics keep, daily figures, and the marks that say which days
are no longer as kept."""

from __future__ import annotations

from django.db import models

from reports.exports.models import ExportJob as ExportJob
from reports.yearly.models import HandlingReport as HandlingReport
from reports.yearly.models import ReportPart as ReportPart
from stations.models import County


class KeptKind(models.TextChoices):
    """Of what a day's figures are kept. Points and deputies have so few cases a day that counting them is as quick."""

    COUNTY = "county", "县"
    STATION = "station", "乡镇（街道）站、县直工作室"
    FIELD = "field", "领域"
    DEPARTMENT = "department", "主办单位"


class DailyFigures(models.Model):
    """What of the cases that came in on ``day`` is so now: a row per day, and county, station below the hub with all
    below it, field, lead department. ``key`` is the station's or department's id or the field; empty for the county.

    Nothing in it changes by the passing of time: what is overdue is derived when it is asked for.
    """

    county = models.ForeignKey(County, verbose_name="县", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField("范围", max_length=10, choices=KeptKind)
    key = models.CharField("对象", max_length=20, blank=True)
    day = models.DateField("登记日期")
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
        verbose_name = "每日数据"
        verbose_name_plural = "每日数据"
        constraints = (models.UniqueConstraint(fields=["county", "kind", "key", "day"], name="figures_once_a_day"),)
        indexes = (models.Index(fields=["county", "day", "kind"], name="figures_of_day"),)

    def __str__(self) -> str:
        return f"{self.county} {self.get_kind_display()}{self.key} {self.day}"


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
