"""An opinion on a draft: who gave it, which station collected it, what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from deputies.models import Deputy
from legislation.models.draft import Article, DraftLaw
from liaison.lib.reachable import Reachable
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User


class GiverKind(models.TextChoices):
    DEPUTY = "deputy", "代表"
    STAFF = "staff", "工作人员"
    PUBLIC = "public", "群众"


class Outcome(models.TextChoices):
    ADOPTED = "adopted", "采纳"
    PARTLY = "partly", "部分采纳"
    NOT = "not", "未采纳"


TAKEN_UP = (Outcome.ADOPTED, Outcome.PARTLY)


# In the order of the draft; what is said of the whole comes last.
IN_ORDER = ("draft", F("article__place").asc(nulls_last=True), "id")


class OpinionQuerySet(models.QuerySet["Opinion"]):
    def counted(self) -> OpinionQuerySet:
        """Without what the office set aside as no opinion on the draft."""
        return self.filter(set_aside="")

    def main(self) -> OpinionQuerySet:
        """Each matter once: equal opinions point at one of them."""
        return self.counted().filter(main__isnull=True)

    def adopted(self) -> OpinionQuerySet:
        """Matters taken up, wholly or in part."""
        return self.main().filter(outcome__in=TAKEN_UP)

    def visible_to(self, user: User) -> OpinionQuerySet:
        """The county office all; other staff what their stations collected; a deputy, and whoever wrote one down, the own."""
        seats = user.seats
        own = Q(deputy__in=seats.deputy_ids) | Q(entered_by=user)
        mine = own & Q(draft__county__in=seats.county_ids)
        return self.filter(Q(draft__county__in=seats.office_county_ids) | seats.subtree("station__") | mine)


class Opinion(models.Model):
    draft = models.ForeignKey(DraftLaw, verbose_name="草案", on_delete=models.PROTECT, related_name="opinions")
    article = models.ForeignKey(
        Article,
        verbose_name="条文",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="opinions",
        help_text="空：对整部草案。",
    )
    text = models.TextField("意见")
    wording = models.TextField("建议修改为", blank=True)
    kind = models.CharField("提出人类别", max_length=10, choices=GiverKind)
    deputy = models.ForeignKey(
        Deputy, verbose_name="代表", null=True, blank=True, on_delete=models.PROTECT, related_name="law_opinions"
    )
    station = models.ForeignKey(Station, verbose_name="征集站点", on_delete=models.PROTECT, related_name="law_opinions")
    given_at = models.DateTimeField("提出时间")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登记人",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    # Of the form: a second press of its button finds the opinion that the first one made.
    token = models.CharField(max_length=40, blank=True, editable=False)
    held_words = models.CharField("待审词", max_length=200, blank=True)
    set_aside = models.CharField("不作为意见的原因", max_length=200, blank=True)
    main = models.ForeignKey(
        "self", verbose_name="并入", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    outcome = models.CharField("采纳情况", max_length=10, choices=Outcome, blank=True)
    adopted_text = models.TextField("通过后的条文", blank=True)
    outcome_reason = models.TextField("理由", blank=True)
    outcome_at = models.DateTimeField("反馈时间", null=True, blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = "立法意见"
        verbose_name_plural = "立法意见"
        ordering = IN_ORDER
        indexes = (models.Index(fields=["draft", "article"], name="law_opinion_place"),)
        constraints = (
            models.UniqueConstraint(fields=["token"], condition=~Q(token=""), name="law_opinion_sent_once"),
            models.CheckConstraint(
                condition=Q(kind=GiverKind.DEPUTY, deputy__isnull=False)
                | (~Q(kind=GiverKind.DEPUTY) & Q(deputy__isnull=True)),
                name="law_opinion_deputy",
            ),
            models.CheckConstraint(condition=Q(main__isnull=True) | ~Q(main=F("id")), name="law_opinion_not_own_main"),
        )

    def __str__(self) -> str:
        return f"{self.draft}：{self.where}"

    @property
    def number(self) -> str:
        """What stands on the receipt."""
        return f"LF{self.pk:06d}"

    @property
    def where(self) -> str:
        return self.article.label if self.article else "整部草案"

    @property
    def standing(self) -> Opinion:
        """The opinion that says what became of this one."""
        return self.main or self


class Giver(Reachable):
    """Somebody of the public who wants to hear of the outcome: personal data in a table of its own, every part optional."""

    opinion = models.OneToOneField(Opinion, verbose_name="意见", on_delete=models.CASCADE, related_name="giver")

    class Meta:
        verbose_name = "提意见的群众"
        verbose_name_plural = "提意见的群众"
