"""交办 and 延期: what departments were asked to do, and until when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from stations.models import Department
from suggestions.choices import LimitRule, ResultKind
from suggestions.models.case import Suggestion


class AssignmentRole(models.TextChoices):
    LEAD = "lead", "主办"
    CO = "co", "协办"


class AssignmentState(models.TextChoices):
    SENT = "sent", "待签收"
    TAKEN = "taken", "已签收"
    OBJECTED = "objected", "已申退"
    REPORTED = "reported", "已办结"
    ENDED = "ended", "已撤销"


class Assignment(models.Model):
    """交办: one department's part in a case, one row per round (a redo is a new round)."""

    suggestion = models.ForeignKey(
        Suggestion, verbose_name="意见建议", on_delete=models.PROTECT, related_name="assignments"
    )
    department = models.ForeignKey(
        Department, verbose_name="承办单位", on_delete=models.PROTECT, related_name="assignments"
    )
    role = models.CharField("主办/协办", max_length=6, choices=AssignmentRole)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    state = models.CharField("状态", max_length=10, choices=AssignmentState, default=AssignmentState.SENT)
    is_current = models.BooleanField("当前有效", default=True)
    instruction = models.TextField("交办意见", max_length=2000, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="交办人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_at = models.DateTimeField("交办时间")
    due_on = models.DateField("办理期限")
    due_rule = models.CharField("期限依据", max_length=20, choices=LimitRule)
    due_amount = models.PositiveSmallIntegerField("期限数值", null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="签收人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    taken_at = models.DateTimeField("签收时间", null=True, blank=True)
    objection = models.TextField("申退理由", max_length=2000, blank=True)
    result_kind = models.CharField("办理结果", max_length=12, choices=ResultKind, blank=True)
    text = models.TextField("办理情况/协办意见", max_length=8000, blank=True)
    finished_at = models.DateTimeField("办结时间", null=True, blank=True)
    document_number = models.CharField("文号", max_length=40, blank=True)
    handler = models.CharField("承办人", max_length=20, blank=True)
    handler_phone = models.CharField("承办人电话", max_length=20, blank=True)

    class Meta:
        verbose_name = "交办"
        verbose_name_plural = "交办"
        ordering = ("suggestion", "round", "-role", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["suggestion"], condition=Q(role="lead", is_current=True), name="one_current_lead"
            ),
            models.UniqueConstraint(
                fields=["suggestion", "department"], condition=Q(is_current=True), name="department_once_per_round"
            ),
        )
        indexes = (models.Index(fields=["department", "is_current", "state"], name="assignment_department"),)

    def __str__(self) -> str:
        return f"{self.department}（{self.get_role_display()}）"


class ExtensionState(models.TextChoices):
    ASKED = "asked", "待批准"
    GRANTED = "granted", "已批准"
    DENIED = "denied", "未批准"


class Extension(models.Model):
    """延期: a row with the old date, the new date and the reason; never an overwritten date alone."""

    assignment = models.ForeignKey(Assignment, verbose_name="交办", on_delete=models.PROTECT, related_name="extensions")
    old_due_on = models.DateField("原期限")
    new_due_on = models.DateField("申请延至")
    reason = models.TextField("理由", max_length=2000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申请人", on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField("申请时间")
    state = models.CharField("状态", max_length=8, choices=ExtensionState, default=ExtensionState.ASKED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="批准人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    decision_note = models.TextField("批准意见", max_length=1000, blank=True)

    class Meta:
        verbose_name = "延期"
        verbose_name_plural = "延期"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(state="asked"), name="one_open_extension_per_assignment"
            ),
            models.CheckConstraint(condition=Q(new_due_on__gt=models.F("old_due_on")), name="extension_is_later"),
        )

    def __str__(self) -> str:
        return f"{self.old_due_on} → {self.new_due_on}"
