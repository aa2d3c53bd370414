"""Whom a deputy keeps contact with, and the log of these contacts (博爱县：县代表 5 名、乡镇代表 3 名群众，每月联系)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from deputies.models.deputy import Deputy, Status
from liaison.lib.reachable import Reachable

if TYPE_CHECKING:
    from accounts.models import User


def kept_by(user: User, prefix: str = "") -> Q:
    """A condition on a deputy relation (``prefix`` as in ``"deputy__"``): the deputies whose log ``user`` keeps. Oneself,
    those grouped into the stations one works on, and for the county office those who have no station yet."""
    seats = user.seats
    own = Q(**{f"{prefix}pk__in": seats.deputy_ids})
    county_ids = seats.office_county_ids
    ungrouped = Q(**{f"{prefix}home_station__isnull": True, f"{prefix}county_id__in": county_ids})
    return own | seats.subtree(f"{prefix}home_station__") | ungrouped


class Way(models.TextChoices):
    PHONE = "phone", "电话"
    VISIT = "visit", "走访"
    OTHER = "other", "其他"


class ConstituentQuerySet(models.QuerySet["Constituent"]):
    def current(self) -> ConstituentQuerySet:
        return self.filter(until__isnull=True, erased_at__isnull=True)

    def visible_to(self, user: User) -> ConstituentQuerySet:
        return self.filter(kept_by(user, "deputy__"))


class Constituent(Reachable):
    """联系群众. Personal data as a voter's: encrypted, every view an event, erased on request."""

    deputy = models.ForeignKey(Deputy, verbose_name="代表", on_delete=models.PROTECT, related_name="constituents")
    since = models.DateField("开始联系")
    until = models.DateField("停止联系", null=True, blank=True)

    objects = ConstituentQuerySet.as_manager()

    class Meta:
        verbose_name = "联系群众"
        verbose_name_plural = "联系群众"
        ordering = ("deputy", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["deputy", "phone_index"],
                condition=Q(until__isnull=True) & ~Q(phone_index=""),
                name="constituent_once_per_deputy",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="constituent_until_after_since"
            ),
        )


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: User) -> ContactQuerySet:
        """Of the deputies whose log one keeps; nobody else sees what voters said at home."""
        return self.filter(kept_by(user, "deputy__"))

    def between(self, starts_on: dt.date, ends_on: dt.date) -> ContactQuerySet:
        """Both days included."""
        return self.filter(happened_on__gte=starts_on, happened_on__lte=ends_on)

    def of_serving(self) -> ContactQuerySet:
        return self.filter(deputy__status=Status.SERVING)


class Contact(models.Model):
    """One talk with one constituent. ``month`` is the first day of its month, so that a database counts by it."""

    deputy = models.ForeignKey(Deputy, verbose_name="代表", on_delete=models.PROTECT, related_name="contacts")
    constituent = models.ForeignKey(
        Constituent, verbose_name="联系群众", on_delete=models.PROTECT, related_name="contacts"
    )
    happened_on = models.DateField("联系时间")
    month = models.DateField("月份", editable=False)
    way = models.CharField("方式", max_length=8, choices=Way)
    summary = models.TextField("联系情况", blank=True)
    asked = models.TextField("反映问题", blank=True)
    handling = models.TextField("处理情况", blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="填报人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField("填报时间")
    # Those written down with one form share it: one press twice makes no second row, and they become one case.
    token = models.CharField(max_length=40, blank=True, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = "联系记录"
        verbose_name_plural = "联系记录"
        ordering = ("-happened_on", "-id")
        indexes = (models.Index(fields=["deputy", "month", "constituent"], name="contact_by_month"),)
        constraints = (
            models.UniqueConstraint(
                fields=["constituent", "token"], condition=~Q(token=""), name="contact_once_per_form"
            ),
            models.CheckConstraint(condition=Q(month__lte=F("happened_on")), name="contact_in_its_month"),
        )

    def __str__(self) -> str:
        return f"{self.deputy} {self.happened_on}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.month = self.happened_on.replace(day=1)
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "month"}
        super().save(*args, **kwargs)
