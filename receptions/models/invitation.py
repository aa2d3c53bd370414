"""邀请单位进站."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy
from receptions.models.day import ReceptionDay
from stations.models import Department

if TYPE_CHECKING:
    from accounts.models import User


class InvitationState(models.TextChoices):
    ASKED = "asked", "待答复"
    ACCEPTED = "accepted", "应邀"
    DECLINED = "declined", "不能到站"
    WITHDRAWN = "withdrawn", "已撤回"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User) -> InvitationQuerySet:
        """The department's, those of days one arranges, those made for a deputy of one's stations or for oneself."""
        seats = user.seats
        condition = seats.subtree("day__station__") | seats.subtree("deputy__home_station__")
        condition |= Q(department_id__in=seats.department_ids) | Q(deputy_id__in=seats.deputy_ids)
        return self.filter(condition)


class Invitation(models.Model):
    """The head of a department is invited to the station to explain (seed: 适时邀请其负责人进站解疑答惑)."""

    day = models.ForeignKey(ReceptionDay, verbose_name="接待日", on_delete=models.CASCADE, related_name="invitations")
    department = models.ForeignKey(
        Department, verbose_name="单位", on_delete=models.PROTECT, related_name="invitations"
    )
    deputy = models.ForeignKey(
        Deputy, verbose_name="联系代表", null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )
    matter = models.TextField("事由", max_length=500)
    guest = models.CharField("到站负责人", max_length=40, blank=True, help_text="姓名和职务。")
    state = models.CharField("状态", max_length=10, choices=InvitationState, default=InvitationState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="邀请人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField("邀请时间", default=timezone.now)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="答复人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer = models.CharField("答复说明", max_length=200, blank=True)
    came = models.BooleanField("到站", null=True, blank=True)
    outcome = models.TextField("结果", max_length=1000, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "邀请单位进站"
        verbose_name_plural = "邀请单位进站"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["day", "department"], condition=~Q(state=InvitationState.WITHDRAWN), name="invited_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day}：{self.department}"
