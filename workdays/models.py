"""Days that an office typed in: they win over the published calendar, and serve where it is not yet published."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db import models, transaction

CACHE_KEY = "workdays.overrides"


class DayOverride(models.Model):
    date = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("是工作日")
    name = models.CharField("说明", max_length=30, help_text="如：春节、国庆节调休上班。")

    class Meta:
        verbose_name = "节假日调整"
        verbose_name_plural = "节假日调整"
        ordering = ("date",)

    def __str__(self) -> str:
        return f"{self.date} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        transaction.on_commit(lambda: cache.delete(CACHE_KEY))

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        deleted = super().delete(*args, **kwargs)
        transaction.on_commit(lambda: cache.delete(CACHE_KEY))
        return deleted
