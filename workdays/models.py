"""Days that an office typed in: they win over the published calendar, and serve where it is not yet published."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db import models, transaction

CACHE_KEY = "workdays.overrides"


def forget_cached() -> None:
    """From the commit on, everybody counts with what was typed in."""
    transaction.on_commit(lambda: cache.delete(CACHE_KEY))


class DayOverrideQuerySet(models.QuerySet["DayOverride"]):
    """What changes many rows at once (the administration's "delete selected") does not pass ``save`` and ``delete``."""

    def delete(self) -> tuple[int, dict[str, int]]:
        deleted = super().delete()
        forget_cached()
        return deleted

    delete.queryset_only = True  # type: ignore[attr-defined]
    delete.alters_data = True  # type: ignore[attr-defined]

    def update(self, **fields: Any) -> int:
        changed = super().update(**fields)
        forget_cached()
        return changed

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[Any]:
        made = super().bulk_create(*args, **kwargs)
        forget_cached()
        return made


class DayOverride(models.Model):
    date = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("是工作日")
    name = models.CharField("说明", max_length=30, help_text="如：春节、国庆节调休上班。")

    objects = DayOverrideQuerySet.as_manager()

    class Meta:
        verbose_name = "节假日调整"
        verbose_name_plural = "节假日调整"
        ordering = ("date",)

    def __str__(self) -> str:
        return f"{self.date} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        forget_cached()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        deleted = super().delete(*args, **kwargs)
        forget_cached()
        return deleted
