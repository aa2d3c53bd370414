"""Who is there on a reception day: deputies on duty (值班) and resident officers."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy, Status
from receptions.models.day import ReceptionDay
from stations.models import ResidentOfficer


class DutyQuerySet(models.QuerySet["Duty"]):
    def shown(self, today: dt.date | None = None) -> DutyQuerySet:
        """Who is shown with a day outside the office: of days to come not those who were suspended, or whose office
        ended, after the roster was made; past days as they were."""
        return self.filter(Q(deputy__status=Status.SERVING) | Q(day__date__lt=today or timezone.localdate()))


class Duty(models.Model):
    """值班: one deputy on one reception day."""

    day = models.ForeignKey(ReceptionDay, verbose_name="接待日", on_delete=models.CASCADE, related_name="duties")
    deputy = models.ForeignKey(Deputy, verbose_name="代表", on_delete=models.PROTECT, related_name="duties")
    by_hand = models.BooleanField("手工安排", default=False, help_text="重新排班时保留。")
    # "收到" for the arrangement of that revision of the day; a moved day is acknowledged anew.
    acknowledged_at = models.DateTimeField("收到时间", null=True, blank=True)
    acknowledged_revision = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # The revision at which the deputy, who had not acknowledged, was told once more.
    again_revision = models.PositiveIntegerField(null=True, blank=True, editable=False)
    signed_in_at = models.DateTimeField("签到时间", null=True, blank=True)
    badge_worn = models.BooleanField("佩戴代表证", default=False)
    absent_reason = models.CharField("缺席原因", max_length=120, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = "值班"
        verbose_name_plural = "值班"
        ordering = ("day", "deputy__pinyin", "id")
        constraints = (models.UniqueConstraint(fields=["day", "deputy"], name="duty_once"),)

    def __str__(self) -> str:
        return f"{self.day}：{self.deputy}"

    @property
    def is_acknowledged(self) -> bool:
        """For the arrangement as it is now."""
        return self.acknowledged_revision == self.day.revision


class OfficerSignIn(models.Model):
    """A resident officer who was there on the day."""

    day = models.ForeignKey(
        ReceptionDay, verbose_name="接待日", on_delete=models.CASCADE, related_name="officer_sign_ins"
    )
    officer = models.ForeignKey(
        ResidentOfficer, verbose_name="驻站人员", on_delete=models.PROTECT, related_name="sign_ins"
    )
    signed_in_at = models.DateTimeField("签到时间", default=timezone.now)

    class Meta:
        verbose_name = "驻站人员签到"
        verbose_name_plural = "驻站人员签到"
        constraints = (models.UniqueConstraint(fields=["day", "officer"], name="officer_sign_in_once"),)

    def __str__(self) -> str:
        return f"{self.day}：{self.officer}"
