"""特色载体."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from stations.models import Station


class Brand(models.Model):
    """特色载体: a form of activity that a station is known for (“院落板凳会”), with a page of its own. Reception days of
    the station, or of the stations of its township, are held under it (``brands.for_days_of``)."""

    station = models.ForeignKey(Station, verbose_name="站点", on_delete=models.PROTECT, related_name="brands")
    name = models.CharField("名称", max_length=30)
    about = models.TextField("介绍", max_length=1000, blank=True)
    since = models.PositiveSmallIntegerField(
        "开始年份", null=True, blank=True, validators=[MinValueValidator(1954), MaxValueValidator(2100)]
    )
    is_active = models.BooleanField("在开展", default=True)

    class Meta:
        verbose_name = "特色载体"
        verbose_name_plural = "特色载体"
        ordering = ("station__path", "-is_active", "pk")
        constraints = (models.UniqueConstraint(fields=["station", "name"], name="brand_once_at_a_station"),)

    def __str__(self) -> str:
        return f"{self.station}“{self.name}”"
