"""A large export: who asked for what, how far it is, and the file until it expires."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from liaison.lib.jobs import Job, JobQuerySet

if TYPE_CHECKING:
    from accounts.models import User


FOLDER = "exports"  # of the files, in the storage


class JobState(models.TextChoices):
    WAITING = "waiting", "排队中"
    WRITING = "writing", "生成中"
    READY = "ready", "已完成"
    FAILED = "failed", "未完成"


def new_place(job: ExportJob, name: str) -> str:
    """Where the file lies: a name that says nothing and cannot be guessed."""
    return f"{FOLDER}/{secrets.token_hex(16)}.xlsx"


class ExportJobQuerySet(JobQuerySet):
    def visible_to(self, user: User) -> ExportJobQuerySet:
        """One's own alone: even an office above does not fetch what somebody else took out."""
        return self.filter(user=user)


class ExportJob(Job):
    RUNNING = (JobState.WAITING, JobState.WRITING)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="导出人", on_delete=models.CASCADE, related_name="export_jobs"
    )
    matters = models.JSONField("内容", default=list)
    # The filter as the page's address had it. It may hold a name that was searched for, and goes with the row.
    query = models.TextField("条件", blank=True)
    title = models.CharField("标题", max_length=120)
    words = models.CharField("条件说明", max_length=1000, blank=True)
    # The seats at the start ("station:3", "deputy:7"): what is written and fetched is what they saw.
    seats = models.JSONField("岗位", default=list)
    address = models.GenericIPAddressField("地址", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.WAITING)
    total = models.PositiveIntegerField("行数", default=0)
    done = models.PositiveIntegerField("已写行数", default=0)
    created_at = models.DateTimeField("开始时间", default=timezone.now)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    expires_at = models.DateTimeField("过期时间", null=True, blank=True)
    fetched_at = models.DateTimeField("下载时间", null=True, blank=True)
    file = models.FileField("文件", upload_to=new_place, blank=True)
    file_name = models.CharField("文件名", max_length=200, blank=True)
    size = models.PositiveBigIntegerField("大小", default=0)
    in_full = models.PositiveIntegerField("含完整个人信息的行数", default=0)

    objects = ExportJobQuerySet.as_manager()

    class Meta:
        verbose_name = "导出"
        verbose_name_plural = "导出"
        ordering = ("-id",)
        constraints = (models.CheckConstraint(condition=~Q(state="ready") | ~Q(file=""), name="ready_export_has_file"),)
        indexes = (
            models.Index(fields=["user", "-id"], name="export_of_user"),
            models.Index(fields=["state", "alive_at"], name="export_state"),
            models.Index(fields=["expires_at"], name="export_expires"),
        )

    def __str__(self) -> str:
        return f"{self.title}（{self.get_state_display()}）"

    @property
    def percent(self) -> int:
        """Of the rows; 99 at most until the file is there."""
        if self.state == JobState.READY:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def progress(self) -> str:
        """How far it is, in words."""
        if self.state == JobState.WAITING:
            return "排队中，马上开始"
        if self.state == JobState.WRITING:
            said = f"已写 {self.done:,} / {self.total:,} 行" if self.done < self.total else "正在保存文件"
            return said if self.total else "正在统计行数"
        return f"{self.done:,} 行"
