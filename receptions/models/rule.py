"""How reception days are held: the rule of a station (接待日规则) and the theme of a quarter."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from stations.models import Station
from workdays.calendar import Move


def _number(label: str, most: int, source: str, *, least: int = 1) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label,
        null=True,
        blank=True,
        help_text=source,
        validators=[MinValueValidator(least), MaxValueValidator(most)],
    )


class ReceptionRule(models.Model):
    """How a station holds its reception days. What is empty is as at the station above; the hub's is the county's
    rule, and what is empty there too has the default of ``schedule.DEFAULTS``."""

    station = models.OneToOneField(
        Station, verbose_name="站点", on_delete=models.CASCADE, related_name="reception_rule"
    )
    holds = models.BooleanField(
        "设接待日", null=True, blank=True, help_text="默认：中心站和乡镇（街道）联络站设，其他不设。"
    )
    day = _number("每月几日", 31, "博爱县每月 25 日，禹州市每月 15 日。29—31 日在没有这一天的月份按月末计。")
    move = models.CharField(
        "遇休息日", max_length=14, choices=Move, blank=True, help_text="禹州市：15 日为周末的，提前或者延后 1 天。"
    )
    starts_at = models.TimeField("开始时间", null=True, blank=True)
    ends_at = models.TimeField("结束时间", null=True, blank=True)
    notice_days = _number("提前几天通知", 15, "禹州市：提前 5 天通知接待代表和驻站人员并公告。")
    again_days = _number("提前几天再次提醒", 10, "接待前 2 天仍未回复“收到”的再提醒一次。", least=0)
    on_duty = _number("每次值班代表（名）", 20, "各站按代表人数确定。")
    min_duties = _number("每名代表每年至少值班（次）", 12, "工作惯例：每名代表每年至少 2 次。", least=0)

    class Meta:
        verbose_name = "接待日规则"
        verbose_name_plural = "接待日规则"
        constraints = (
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="reception_rule_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.station}接待日规则"


class QuarterTheme(models.Model):
    """一季一主题: of a station; a station without one has that of the station above."""

    station = models.ForeignKey(Station, verbose_name="站点", on_delete=models.CASCADE, related_name="quarter_themes")
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度", validators=[MinValueValidator(1), MaxValueValidator(4)])
    theme = models.CharField("主题", max_length=60)

    class Meta:
        verbose_name = "季度主题"
        verbose_name_plural = "季度主题"
        ordering = ("station__path", "year", "quarter")
        constraints = (
            models.UniqueConstraint(fields=["station", "year", "quarter"], name="quarter_theme_once"),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="quarter_is_one_to_four"),
        )

    def __str__(self) -> str:
        return f"{self.station} {self.year} 年第 {self.quarter} 季度：{self.theme}"
