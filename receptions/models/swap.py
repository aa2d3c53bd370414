"""换班."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from deputies.models import Deputy
from receptions.models.day import ReceptionDay


class SwapState(models.TextChoices):
    ASKED = "asked", "待对方同意"
    AGREED = "agreed", "已换班"
    DECLINED = "declined", "对方未同意"
    WITHDRAWN = "withdrawn", "已撤回"
    VOID = "void", "已失效"


class Swap(models.Model):
    """换班: ``deputy`` gives the duty of ``day`` to ``partner``, and takes the partner's of ``partner_day`` where there is
    one. The partner agrees, the office is told."""

    day = models.ForeignKey(ReceptionDay, verbose_name="接待日", on_delete=models.CASCADE, related_name="swaps")
    deputy = models.ForeignKey(Deputy, verbose_name="申请代表", on_delete=models.PROTECT, related_name="swaps_asked")
    partner = models.ForeignKey(
        Deputy, verbose_name="对方代表", on_delete=models.PROTECT, related_name="swaps_received"
    )
    partner_day = models.ForeignKey(
        ReceptionDay, verbose_name="对方接待日", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField("原因", max_length=120, blank=True)
    state = models.CharField("状态", max_length=10, choices=SwapState, default=SwapState.ASKED)
    asked_at = models.DateTimeField("申请时间", default=timezone.now)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    # What the partner says with it, or why it came to nothing.
    answer = models.CharField("答复说明", max_length=120, blank=True)

    class Meta:
        verbose_name = "换班"
        verbose_name_plural = "换班"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=~Q(deputy=F("partner")), name="swap_with_somebody_else"),
            models.UniqueConstraint(
                fields=["day", "deputy"], condition=Q(state=SwapState.ASKED), name="swap_asked_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.deputy} ⇄ {self.partner}（{self.day}）"
