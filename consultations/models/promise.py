"""承诺事项: what was promised at a consultation, by whom, until when, and how it goes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from consultations.models.consultation import Consultation
from stations.models import Department

if TYPE_CHECKING:
    from accounts.models import User


class PromiseState(models.TextChoices):
    OPEN = "open", "在办"
    KEPT = "kept", "已兑现"
    BROKEN = "broken", "未兑现"


class PromiseQuerySet(models.QuerySet["Promise"]):
    def visible_to(self, user: User) -> PromiseQuerySet:
        return self.filter(consultation__in=Consultation.objects.visible_to(user))

    def overdue(self, today: dt.date) -> PromiseQuerySet:
        """What is due today is not overdue."""
        return self.filter(state=PromiseState.OPEN, due_on__lt=today)


class Promise(models.Model):
    """The owner is a department, or somebody without one here, by name (村委会). The database refuses one without owner."""

    consultation = models.ForeignKey(
        Consultation, verbose_name="协商", on_delete=models.CASCADE, related_name="promises"
    )
    what = models.CharField("承诺事项", max_length=200)
    department = models.ForeignKey(
        Department, verbose_name="承诺单位", null=True, blank=True, on_delete=models.PROTECT, related_name="promises"
    )
    owner_name = models.CharField("其他承诺方", max_length=40, blank=True)
    due_on = models.DateField("兑现期限")
    state = models.CharField("状态", max_length=8, choices=PromiseState, default=PromiseState.OPEN)
    ended_on = models.DateField("兑现日期", null=True, blank=True)
    ending = models.TextField("兑现情况", max_length=1000, blank=True)
    created_at = models.DateTimeField("登记时间", default=timezone.now)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = "承诺事项"
        verbose_name_plural = "承诺事项"
        ordering = ("due_on", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(department__isnull=False, owner_name="") | Q(department__isnull=True) & ~Q(owner_name=""),
                name="promise_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(state=PromiseState.OPEN, ended_on__isnull=True)
                | ~Q(state=PromiseState.OPEN) & Q(ended_on__isnull=False) & ~Q(ending=""),
                name="ended_promise_says_how",
            ),
        )
        indexes = (models.Index(fields=["due_on", "id"], name="promise_open", condition=Q(state="open")),)

    def __str__(self) -> str:
        return self.what

    @property
    def owner(self) -> str:
        return str(self.department) if self.department else self.owner_name

    @property
    def is_overdue(self) -> bool:
        return self.state == PromiseState.OPEN and self.due_on < timezone.localdate()

    @property
    def in_time(self) -> bool:
        return self.state == PromiseState.KEPT and self.ended_on is not None and self.ended_on <= self.due_on


class Progress(models.Model):
    """进展: written by the owner's department or by the station. ``says_done``: the owner holds it for done, and the
    station looks whether it is."""

    promise = models.ForeignKey(Promise, verbose_name="承诺事项", on_delete=models.CASCADE, related_name="progress")
    happened_on = models.DateField("日期")
    text = models.TextField("进展", max_length=1000)
    says_done = models.BooleanField("已办好，请核实", default=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="填报人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField("填报时间", default=timezone.now)

    class Meta:
        verbose_name = "承诺进展"
        verbose_name_plural = "承诺进展"
        ordering = ("-happened_on", "-id")

    def __str__(self) -> str:
        return f"{self.promise}：{self.happened_on}"
