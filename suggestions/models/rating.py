"""满意度: what voters said of the reply."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from suggestions.choices import Satisfaction
from suggestions.models.case import Suggestion


class Rating(models.Model):
    """满意度: one per round of reply."""

    suggestion = models.ForeignKey(
        Suggestion, verbose_name="意见建议", on_delete=models.PROTECT, related_name="ratings"
    )
    round = models.PositiveSmallIntegerField("轮次", default=1)
    satisfaction = models.CharField("满意度", max_length=10, choices=Satisfaction)
    replied = models.BooleanField("收到回复", null=True, blank=True)
    understood = models.BooleanField("看得明白", null=True, blank=True)
    solved = models.BooleanField("问题解决", null=True, blank=True)
    in_time = models.BooleanField("办理及时", null=True, blank=True)
    reason = models.TextField("理由", max_length=1000, blank=True)
    rated_at = models.DateTimeField("评价时间")
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="回访人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="电话回访时由工作人员代填；选民本人评价时为空。",
    )

    class Meta:
        verbose_name = "评价"
        verbose_name_plural = "评价"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["suggestion", "round"], name="one_rating_per_round"),
            models.CheckConstraint(
                condition=~Q(satisfaction=Satisfaction.NOT) | ~Q(reason=""), name="dissatisfied_has_reason"
            ),
        )

    def __str__(self) -> str:
        return self.get_satisfaction_display()
