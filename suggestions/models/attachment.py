"""Files of a case. They lie outside of what the web server serves; see ``attachments.py`` and the scoped view."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from suggestions.models.case import Suggestion


class Attachment(models.Model):
    suggestion = models.ForeignKey(
        Suggestion, verbose_name="意见建议", on_delete=models.PROTECT, related_name="attachments"
    )
    step = models.CharField("环节", max_length=20)
    file = models.FileField("文件", upload_to="suggestions/%Y/%m/")
    name = models.CharField("文件名", max_length=120)
    size = models.PositiveIntegerField("大小（字节）")
    media_type = models.CharField("类型", max_length=80)
    digest = models.CharField("SHA-256", max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="上传人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "附件"
        verbose_name_plural = "附件"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name
