"""办理结果公开: the text about a case that staff released. Nothing else of a case is public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from stations.models import County, Station
from suggestions.choices import Field, ResultKind
from suggestions.models.case import Suggestion

if TYPE_CHECKING:
    from accounts.models import User


class ReleaseState(models.TextChoices):
    WAITING = "waiting", "待审核"
    RETURNED = "returned", "退回修改"
    RELEASED = "released", "已公开"
    WITHDRAWN = "withdrawn", "已撤下"


LIVE = (ReleaseState.WAITING, ReleaseState.RETURNED, ReleaseState.RELEASED)


class PublicResultQuerySet(models.QuerySet["PublicResult"]):
    def visible_to(self, user: User) -> PublicResultQuerySet:
        """Those who look after the case: staff who cover its desk."""
        return self.filter(user.seats.subtree("suggestion__desk__"))

    def public(self) -> PublicResultQuerySet:
        """What anybody may read."""
        return self.filter(state=ReleaseState.RELEASED, station__is_active=True)


class PublicResult(models.Model):
    """A text of its own, written from the case and masked: the case may hold whatever a voter typed."""

    suggestion = models.ForeignKey(
        Suggestion, verbose_name="意见建议", on_delete=models.PROTECT, related_name="public_results"
    )
    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(Station, verbose_name="站点", on_delete=models.PROTECT, related_name="public_results")
    title = models.CharField("标题", max_length=80)
    matter = models.TextField("反映事项", max_length=8000)
    answer = models.TextField("办理结果", max_length=8000)
    department = models.CharField("承办单位", max_length=60, blank=True)
    field = models.CharField("领域", max_length=14, choices=Field, blank=True)
    result_kind = models.CharField("结果类别", max_length=12, choices=ResultKind, blank=True)
    month = models.DateField("答复月份", help_text="当月第一天。")
    state = models.CharField("状态", max_length=10, choices=ReleaseState, default=ReleaseState.WAITING)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="起草人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField("起草时间", default=timezone.now)
    return_note = models.CharField("退回原因", max_length=500, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="审核人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    released_at = models.DateTimeField("公开时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="撤下人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField("撤下时间", null=True, blank=True)
    withdraw_reason = models.CharField("撤下原因", max_length=200, blank=True)
    # Grows with every change; a page that was opened at an older version is stale.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PublicResultQuerySet.as_manager()

    class Meta:
        verbose_name = "办理结果公开"
        verbose_name_plural = "办理结果公开"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["suggestion"], condition=Q(state__in=LIVE), name="one_live_release_per_suggestion"
            ),
            models.CheckConstraint(
                condition=~Q(state=ReleaseState.RELEASED) | Q(released_at__isnull=False, released_by__isnull=False),
                name="released_result_has_releaser",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReleaseState.WITHDRAWN) | ~Q(withdraw_reason=""), name="withdrawn_result_has_reason"
            ),
        )
        indexes = (
            models.Index(fields=["county", "state", "-released_at", "-id"], name="result_county"),
            models.Index(fields=["station", "state", "-released_at", "-id"], name="result_station"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def texts(self) -> tuple[str, str, str, str]:
        """Everything that was typed."""
        return self.title, self.matter, self.answer, self.department
