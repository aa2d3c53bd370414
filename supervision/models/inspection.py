"""视察、调研、执法检查: planned, answered by those who are asked, held with who came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy
from stations.models import County, Station
from supervision.models.group import Expert, Group
from supervision.models.project import Project

if TYPE_CHECKING:
    from accounts.models import User


class InspectionKind(models.TextChoices):
    INSPECTION = "inspection", "视察"
    RESEARCH = "research", "调研"
    ENFORCEMENT = "enforcement", "执法检查"


class InspectionState(models.TextChoices):
    PLANNED = "planned", "已安排"
    HELD = "held", "已开展"
    CANCELLED = "cancelled", "已取消"


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def visible_to(self, user: User) -> InspectionQuerySet:
        """The county office all; station staff those of their stations and of groups these work in; deputies those of
        their groups and those they are asked to."""
        seats = user.seats
        groups = Group.objects.of_deputies(user).values("pk")
        reached = Group.objects.filter(seats.subtree("stations__")).values("pk")
        asked = Participant.objects.filter(inspection=models.OuterRef("pk"), deputy__in=seats.deputy_ids)
        return self.filter(
            Q(county__in=seats.office_county_ids)
            | seats.subtree("station__")
            | Q(group__in=groups)
            | Q(group__in=reached)
            | models.Exists(asked)
        )

    def held(self) -> InspectionQuerySet:
        return self.filter(state=InspectionState.HELD)


class Inspection(models.Model):
    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="inspections")
    kind = models.CharField("类别", max_length=12, choices=InspectionKind)
    title = models.CharField("主题", max_length=80)
    matter = models.TextField("视察要点", max_length=1000, blank=True)
    date = models.DateField("日期")
    starts_at = models.TimeField("时间", null=True, blank=True)
    place = models.CharField("集合地点", max_length=80)
    group = models.ForeignKey(
        Group, verbose_name="监督小组", null=True, blank=True, on_delete=models.PROTECT, related_name="inspections"
    )
    station = models.ForeignKey(
        Station, verbose_name="组织站点", null=True, blank=True, on_delete=models.PROTECT, related_name="inspections"
    )
    project = models.ForeignKey(
        Project, verbose_name="有关项目", null=True, blank=True, on_delete=models.PROTECT, related_name="inspections"
    )
    state = models.CharField("状态", max_length=10, choices=InspectionState, default=InspectionState.PLANNED)
    summary = models.TextField("视察情况", max_length=2000, blank=True)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)
    revision = models.PositiveSmallIntegerField(default=1, editable=False)  # grows with date, time and place
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="安排人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("安排时间", default=timezone.now)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = "视察"
        verbose_name_plural = "视察"
        ordering = ("-date", "-id")
        indexes = (models.Index(fields=["county", "-date"], name="inspection_by_day"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(group__isnull=False) | Q(station__isnull=False), name="inspection_of_somebody"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def chain(self) -> str:
        return f"inspection:{self.pk}"

    @property
    def is_unanswered(self) -> bool:
        """Its day is over, and nobody has said who came."""
        return self.state == InspectionState.PLANNED and self.date < timezone.localdate()


class Answer(models.TextChoices):
    ASKED = "asked", "待答复"
    COMING = "coming", "参加"
    LEAVE = "leave", "请假"


class Participant(models.Model):
    """A deputy who is asked and answers, or a local expert, whom the office calls."""

    inspection = models.ForeignKey(
        Inspection, verbose_name="视察", on_delete=models.CASCADE, related_name="participants"
    )
    deputy = models.ForeignKey(
        Deputy, verbose_name="代表", null=True, blank=True, on_delete=models.PROTECT, related_name="inspections"
    )
    expert = models.ForeignKey(
        Expert, verbose_name="专业人才", null=True, blank=True, on_delete=models.PROTECT, related_name="inspections"
    )
    answer = models.CharField("答复", max_length=8, choices=Answer, default=Answer.ASKED)
    reason = models.CharField("请假原因", max_length=100, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    attended = models.BooleanField("到场", null=True, blank=True)

    class Meta:
        verbose_name = "视察人员"
        verbose_name_plural = "视察人员"
        ordering = ("inspection", "expert", "deputy__pinyin", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(deputy__isnull=False, expert__isnull=True) | Q(deputy__isnull=True, expert__isnull=False),
                name="participant_deputy_or_expert",
            ),
            models.UniqueConstraint(fields=["inspection", "deputy"], name="inspection_deputy_once"),
            models.UniqueConstraint(fields=["inspection", "expert"], name="inspection_expert_once"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """An expert's in part."""
        if self.deputy is not None:
            return self.deputy.name
        assert self.expert is not None
        return self.expert.masked_name

    @property
    def who(self) -> str:
        if self.deputy is not None:
            return str(self.deputy.get_level_display())
        assert self.expert is not None
        return f"{self.expert.get_kind_display()}，{self.expert.trade}"
