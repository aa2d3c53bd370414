"""What is supervised through the year: 民生实事项目 and 重点建议, each divided into tasks with their milestones."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from stations.fields import Field
from stations.models import County, Department
from suggestions.models import Suggestion
from supervision.models.group import Group

if TYPE_CHECKING:
    from accounts.models import User


class ProjectKind(models.TextChoices):
    LIVELIHOOD = "livelihood", "民生实事项目"
    KEY_SUGGESTION = "key", "重点建议"


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: User) -> ProjectQuerySet:
        """The county office all; township staff those of their departments and of groups their stations work in;
        departments those they answer for or have a task in; deputies those of their groups."""
        seats = user.seats
        own = Q(department__in=seats.department_ids) | seats.subtree("department__station__")
        groups = Group.objects.of_deputies(user).values("pk")
        reached = Group.objects.filter(seats.subtree("stations__")).values("pk")
        tasks = Task.objects.filter(
            Q(department__in=seats.department_ids) | seats.subtree("department__station__"),
            project=models.OuterRef("pk"),
        )
        return self.filter(
            Q(county__in=seats.office_county_ids)
            | own
            | Q(group__in=groups)
            | Q(group__in=reached)
            | models.Exists(tasks)
        )

    def running(self) -> ProjectQuerySet:
        return self.filter(stopped_on__isnull=True)


class Project(models.Model):
    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="supervised_projects")
    kind = models.CharField("类别", max_length=12, choices=ProjectKind)
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("序号", help_text="当年同类里的第几件。")
    title = models.CharField("名称", max_length=80)
    goal = models.TextField("建设内容和目标", max_length=1000)
    field = models.CharField("领域", max_length=12, choices=Field)
    department = models.ForeignKey(
        Department, verbose_name="责任单位", on_delete=models.PROTECT, related_name="supervised_projects"
    )
    group = models.ForeignKey(
        Group, verbose_name="监督小组", null=True, blank=True, on_delete=models.PROTECT, related_name="projects"
    )
    cases = models.ManyToManyField(
        Suggestion, verbose_name="有关意见建议", blank=True, related_name="supervised_projects"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("登记时间", default=timezone.now)
    stopped_on = models.DateField("终止日期", null=True, blank=True)
    stop_reason = models.CharField("终止原因", max_length=200, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "监督项目"
        verbose_name_plural = "监督项目"
        ordering = ("-year", "kind", "number")
        constraints = (
            models.UniqueConstraint(fields=["county", "kind", "year", "number"], name="project_number_once"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def chain(self) -> str:
        return f"project:{self.pk}"

    @property
    def number_words(self) -> str:
        return f"{self.year}年第{self.number}件{self.get_kind_display()}"

    @property
    def last_day(self) -> dt.date:
        """No milestone is later: what is promised for a year is due in it."""
        return dt.date(self.year, 12, 31)


class Task(models.Model):
    """任务分解: a part of a project with one department that answers for it."""

    project = models.ForeignKey(Project, verbose_name="项目", on_delete=models.CASCADE, related_name="tasks")
    title = models.CharField("任务", max_length=80)
    department = models.ForeignKey(
        Department, verbose_name="责任单位", on_delete=models.PROTECT, related_name="supervised_tasks"
    )
    contact = models.CharField("责任人", max_length=20, blank=True)

    class Meta:
        verbose_name = "项目任务"
        verbose_name_plural = "项目任务"
        ordering = ("project", "id")

    def __str__(self) -> str:
        return self.title


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def late(self, today: dt.date | None = None) -> MilestoneQuerySet:
        """Due before ``today`` and not done, of projects that go on. Due today is not late."""
        found = self.filter(done_on__isnull=True, due_on__lt=today or timezone.localdate())
        return found.filter(task__project__stopped_on__isnull=True)


class Milestone(models.Model):
    """时间节点. ``progress`` in per cent; 100 exactly when ``done_on`` is set."""

    task = models.ForeignKey(Task, verbose_name="任务", on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField("节点", max_length=80)
    due_on = models.DateField("完成时限")
    progress = models.PositiveSmallIntegerField("进度（%）", default=0, validators=[MaxValueValidator(100)])
    done_on = models.DateField("完成日期", null=True, blank=True)
    note = models.TextField("进展说明", max_length=500, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="填报人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reported_at = models.DateTimeField("填报时间", null=True, blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = "项目时间节点"
        verbose_name_plural = "项目时间节点"
        ordering = ("task", "due_on", "id")
        indexes = (models.Index(fields=["done_on", "due_on"], name="milestone_due"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(done_on__isnull=False, progress=100) | Q(done_on__isnull=True, progress__lt=100),
                name="milestone_done_at_100",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_late(self) -> bool:
        return self.done_on is None and self.due_on < timezone.localdate()
