"""One row an import: who, when, what, for which office, and what became of it. What the file said lies beside it,
encrypted, and is erased when it has served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from imports.kinds import KINDS
from liaison.lib.encryption import EncryptedTextField
from liaison.lib.jobs import Job, JobQuerySet
from staffing.reach import within
from stations.models import County, Station

if TYPE_CHECKING:
    from accounts.models import User
    from imports.kinds import Kind


class State(models.TextChoices):
    CHECKING = "checking", "正在检查"
    WAITING = "waiting", "待确认"
    WRITING = "writing", "正在写入"
    DONE = "done", "已导入"
    UNDOING = "undoing", "正在撤销"
    UNDONE = "undone", "已撤销"
    DROPPED = "dropped", "没有导入"


class ImportQuerySet(JobQuerySet):
    def visible_to(self, user: User) -> ImportQuerySet:
        """Those of the offices one belongs to, and of the offices below them."""
        return self.filter(within(user.seats.offices, "office__"))


class Import(Job):
    # What a worker does; of few rows it is done at once.
    RUNNING = (State.CHECKING, State.WRITING, State.UNDOING)

    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="imports")
    office = models.ForeignKey(
        Station,
        verbose_name="导入单位",
        on_delete=models.PROTECT,
        related_name="imports",
        help_text="只能动它管理的范围。",
    )
    kind = models.CharField("内容", max_length=20)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    file_name = models.CharField("文件", max_length=120)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField("上传时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="确认人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("确认时间", null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="撤销人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField("撤销时间", null=True)
    rows = models.PositiveIntegerField("行数", default=0)
    new = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("有改动", default=0)
    same = models.PositiveIntegerField("没有变化", default=0)
    refused = models.PositiveIntegerField("不能导入", default=0)
    # Of the plan that the preview shows: only what was looked at is carried out.
    fingerprint = models.CharField(max_length=64, editable=False, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = "导入"
        verbose_name_plural = "导入"
        ordering = ("-id",)
        indexes = (models.Index(fields=["office", "kind", "-id"], name="import_office_kind"),)

    def __str__(self) -> str:
        return f"{self.label}：{self.file_name}"

    @property
    def of(self) -> type[Kind]:
        return KINDS[self.kind]

    @property
    def label(self) -> str:
        return self.of.label

    @property
    def counts(self) -> dict[str, int]:
        return {"new": self.new, "changed": self.changed, "same": self.same, "refused": self.refused}

    @property
    def is_large(self) -> bool:
        return self.rows > settings.IMPORT_ROWS_AT_ONCE


class Payload(models.Model):
    """Each as packed JSON (imports/packing.py), empty when erased: until when is said in imports/changes.py."""

    of = models.OneToOneField(Import, on_delete=models.CASCADE, related_name="payload")
    sheet = EncryptedTextField("表格内容", default="")
    plan = EncryptedTextField("预览", default="")
    written = EncryptedTextField("写入记录", default="", help_text="撤销时用。")
    slips = EncryptedTextField("初始密码", default="", help_text="领取一次后删除。")

    class Meta:
        verbose_name = "导入数据"
        verbose_name_plural = "导入数据"
