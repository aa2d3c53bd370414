"""Which case came of which talk with a constituent. A table of its own: few cases come of one."""

from __future__ import annotations

from django.db import models

from deputies.models import Contact
from suggestions.models.case import Suggestion


class RaisedContact(models.Model):
    """联系群众时收集的意见. A talk becomes one case; several people who were talked with at once become one case together."""

    contact = models.ForeignKey(Contact, verbose_name="联系记录", on_delete=models.PROTECT, related_name="raised")
    suggestion = models.ForeignKey(
        Suggestion, verbose_name="意见建议", on_delete=models.PROTECT, related_name="from_contacts"
    )

    class Meta:
        verbose_name = "联系转登记"
        verbose_name_plural = "联系转登记"
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["contact"], name="contact_raised_once"),)

    def __str__(self) -> str:
        return f"{self.suggestion}"
