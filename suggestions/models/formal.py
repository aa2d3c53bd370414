"""代表建议 and 议案: what deputies put before their congress in their own name, who signs it, and its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy, Status, Term
from liaison.lib.numerals import in_chinese
from stations.models import County, Station
from stations.models import Kind as StationKind
from suggestions.choices import Field, Kind, Satisfaction
from suggestions.models.case import Suggestion

if TYPE_CHECKING:
    from accounts.models import User

FORMAL_KINDS = [choice for choice in Kind.choices if choice[0] in (Kind.SUGGESTION, Kind.MOTION)]


class FormalState(models.TextChoices):
    DRAFT = "draft", "征集附议"
    SUBMITTED = "submitted", "待预审"
    RETURNED = "returned", "退回修改"
    FILED = "filed", "已立案"
    WITHDRAWN = "withdrawn", "已撤回"


OPEN = (FormalState.DRAFT, FormalState.RETURNED)  # may still be written and signed
UNFILED = (*OPEN, FormalState.SUBMITTED)


class SignerState(models.TextChoices):
    ASKED = "asked", "待确认"
    CONFIRMED = "confirmed", "已附议"
    DECLINED = "declined", "不附议"
    WITHDRAWN = "withdrawn", "已撤回附议"


class FormalSeries(models.Model):
    """The last number given out, per office, session and kind; its row is locked while one is taken."""

    station = models.ForeignKey(Station, verbose_name="受理站点", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey(Term, verbose_name="届次", on_delete=models.PROTECT, related_name="+")
    session = models.PositiveSmallIntegerField("会议次数")
    in_session = models.BooleanField("会议期间")
    kind = models.CharField("类别", max_length=12, choices=FORMAL_KINDS)
    last = models.PositiveIntegerField("最后一号", default=0)

    class Meta:
        verbose_name = "建议议案编号"
        verbose_name_plural = "建议议案编号"
        constraints = (
            models.UniqueConstraint(
                fields=["station", "term", "session", "in_session", "kind"], name="formal_series_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.station} {self.term} {self.session} {self.last}"


class FormalQuerySet(models.QuerySet["Formal"]):
    def visible_to(self, user: User) -> FormalQuerySet:
        """The receiving office and those above it, the stations of the lead deputy and of whoever is asked to sign,
        these deputies themselves, and the departments that handle it."""
        seats = user.seats
        if not seats.any:
            return self.none()
        condition = seats.subtree("station__") | seats.subtree("lead__home_station__")
        signers = FormalSigner.objects.filter(
            seats.subtree("deputy__home_station__") | Q(deputy_id__in=seats.deputy_ids)
        ).values("formal_id")
        condition |= Q(lead_id__in=seats.deputy_ids) | Q(pk__in=signers)
        condition |= Q(case__assignments__department_id__in=seats.department_ids)
        return self.filter(pk__in=Formal.objects.filter(condition).order_by().values("pk"))

    def filed(self) -> FormalQuerySet:
        return self.filter(state=FormalState.FILED)

    def for_page(self) -> FormalQuerySet:
        related = ("county__rules", "station", "lead__home_station", "lead__user", "term", "created_by", "filed_by")
        return self.select_related(*related, "case__lead", "case__desk")


class Formal(models.Model):
    """One paper. ``station`` is the office that receives it: the hub for county deputies, their township's station for
    township deputies; so its kind is the level. Once filed it is handled in ``case``, as every case is."""

    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="formals")
    station = models.ForeignKey(Station, verbose_name="受理站点", on_delete=models.PROTECT, related_name="formals")
    kind = models.CharField("类别", max_length=12, choices=FORMAL_KINDS)
    title = models.CharField("标题", max_length=80)
    matter = models.TextField("案由", max_length=1000, blank=True)
    grounds = models.TextField("案据", max_length=2500, blank=True)
    content = models.TextField("方案/建议内容", max_length=4000)
    field = models.CharField("领域", max_length=14, choices=Field, blank=True)
    wished = models.CharField("拟主办单位", max_length=60, blank=True)
    lead = models.ForeignKey(Deputy, verbose_name="领衔代表", on_delete=models.PROTECT, related_name="formals")
    delegation = models.CharField("代表团", max_length=30)
    term = models.ForeignKey(Term, verbose_name="届次", on_delete=models.PROTECT, related_name="formals")
    session = models.PositiveSmallIntegerField("会议次数")
    in_session = models.BooleanField("会议期间提出")
    state = models.CharField("状态", max_length=10, choices=FormalState, default=FormalState.DRAFT)
    state_since = models.DateTimeField("状态时间")
    return_reason = models.TextField("退回原因", max_length=1000, blank=True)
    checks = models.JSONField("预审通过的项目", default=list, blank=True)
    seq = models.PositiveIntegerField("编号", null=True, blank=True)
    filed_at = models.DateTimeField("立案时间", null=True, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="预审人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    case = models.OneToOneField(
        Suggestion, verbose_name="办理件", null=True, blank=True, on_delete=models.PROTECT, related_name="formal"
    )
    sources: models.ManyToManyField[Suggestion, FormalSource] = models.ManyToManyField(
        Suggestion, verbose_name="来源意见", through="FormalSource", related_name="formals"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="起草人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("起草时间")
    # Grows with every change; a page that was opened at an older version is stale.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = FormalQuerySet.as_manager()

    class Meta:
        verbose_name = "代表建议、议案"
        verbose_name_plural = "代表建议、议案"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["station", "term", "session", "in_session", "kind", "seq"], name="formal_number_once"
            ),
            models.CheckConstraint(
                condition=Q(state="filed", seq__isnull=False, case__isnull=False, filed_at__isnull=False)
                | (~Q(state="filed") & Q(seq__isnull=True, case__isnull=True)),
                name="formal_filed_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.MOTION) | (Q(in_session=True) & ~Q(matter="") & ~Q(grounds="")),
                name="formal_motion_whole",
            ),
        )
        indexes = (
            models.Index(fields=["county", "-id"], name="formal_county"),
            models.Index(fields=["station", "state", "-id"], name="formal_station"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def chain(self) -> str:
        return f"formal:{self.pk}"

    @property
    def is_motion(self) -> bool:
        return self.kind == Kind.MOTION

    @property
    def is_county(self) -> bool:
        return self.station.kind == StationKind.HUB

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def meeting(self) -> str:
        return f"第{in_chinese(self.session)}次会议"

    @property
    def sitting(self) -> str:
        """第十六届第三次会议, with 闭会期间 where it was not raised at the meeting itself."""
        return f"{self.term.name}{self.meeting}{'' if self.in_session else '闭会期间'}"

    @property
    def number(self) -> str:
        """第 12 号 of its session and kind; empty until it is filed."""
        return f"{self.sitting}{self.get_kind_display()}第{self.seq}号" if self.seq else ""

    @property
    def state_words(self) -> str:
        """A motion is 立案, a suggestion 受理."""
        if self.state == FormalState.FILED and not self.is_motion:
            return "已受理"
        return self.get_state_display()


class FormalSource(models.Model):
    """Which cases a paper was raised from."""

    formal = models.ForeignKey(Formal, on_delete=models.CASCADE, related_name="source_links")
    suggestion = models.ForeignKey(
        Suggestion, verbose_name="意见建议", on_delete=models.PROTECT, related_name="formal_links"
    )

    class Meta:
        verbose_name = "来源意见"
        verbose_name_plural = "来源意见"
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["formal", "suggestion"], name="formal_source_once"),)

    def __str__(self) -> str:
        return f"{self.suggestion}"


class FormalSigner(models.Model):
    """附议: one deputy asked to sign, the answer, and later the opinion about how it was handled (征询意见)."""

    formal = models.ForeignKey(Formal, verbose_name="建议议案", on_delete=models.CASCADE, related_name="signers")
    deputy = models.ForeignKey(Deputy, verbose_name="代表", on_delete=models.PROTECT, related_name="signings")
    state = models.CharField("状态", max_length=10, choices=SignerState, default=SignerState.ASKED)
    asked_at = models.DateTimeField("邀请时间", default=timezone.now)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="答复人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    on_paper = models.BooleanField("纸质签名", default=False)
    note = models.CharField("说明", max_length=200, blank=True)
    reminded_on = models.DateField("最近提醒", null=True, blank=True)
    satisfaction = models.CharField("对办理的意见", max_length=10, choices=Satisfaction, blank=True)
    opinion = models.TextField("意见", max_length=1000, blank=True)
    opined_at = models.DateTimeField("反馈时间", null=True, blank=True)

    class Meta:
        verbose_name = "附议代表"
        verbose_name_plural = "附议代表"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["formal", "deputy"], name="formal_signer_once"),
            models.CheckConstraint(
                condition=~Q(satisfaction=Satisfaction.NOT) | ~Q(opinion=""), name="signer_dissatisfied_has_reason"
            ),
        )
        indexes = (models.Index(fields=["deputy", "state"], name="formal_signer_deputy"),)

    def __str__(self) -> str:
        return f"{self.deputy}（{self.get_state_display()}）"

    @property
    def counts(self) -> bool:
        """Confirmed, by somebody still in office."""
        return self.state == SignerState.CONFIRMED and self.deputy.status == Status.SERVING
