"""Who brought a matter: the one table of a case that holds personal data."""

from __future__ import annotations

from django.db import models

from liaison.lib.reachable import Reachable
from suggestions.choices import AgeBand
from suggestions.models.case import Suggestion


class Voter(Reachable):
    """Who brought the matter: personal data, encrypted, apart from the case and its history, so it can be erased.

    A joint case has several; each gets the answer (河南省代表建议办理办法 2017 art 21). Never an ID number.
    """

    suggestion = models.ForeignKey(Suggestion, verbose_name="意见建议", on_delete=models.PROTECT, related_name="voters")
    gender = models.CharField("性别", max_length=1, choices=[("男", "男"), ("女", "女")], blank=True)
    age_band = models.CharField("年龄段", max_length=10, choices=AgeBand, blank=True)

    class Meta:
        verbose_name = "来访人"
        verbose_name_plural = "来访人"
        ordering = ("id",)
