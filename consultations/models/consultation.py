"""协商议事 by 331: three kinds of party, three steps (before, during, after), one public chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from deputies.models import Deputy
from noticeboard.models import Notice
from receptions.models import Brand
from stations.models import County, Department, Station
from suggestions.choices import Satisfaction
from suggestions.models import Suggestion

if TYPE_CHECKING:
    from accounts.models import User


class State(models.TextChoices):
    PREPARING = "preparing", "协商前"
    UNDERWAY = "underway", "协商中"
    FOLLOWING = "following", "协商后"
    FINISHED = "finished", "已办结"
    CANCELLED = "cancelled", "已取消"


OPEN_STATES = (State.PREPARING, State.UNDERWAY, State.FOLLOWING)
HELD_STATES = (State.FOLLOWING, State.FINISHED)  # it took place, and what came of it is written down


class Step(models.TextChoices):
    """博爱县：协商前、协商中、协商后 3 步议事法; each is made public by itself."""

    BEFORE = "before", "协商前"
    DURING = "during", "协商中"
    AFTER = "after", "协商后"


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, user: User) -> ConsultationQuerySet:
        """Staff those of the stations they cover; deputies and departments those they were told to come to, and
        departments those in which something was promised in their name."""
        seats = user.seats
        invited = Party.objects.filter(Q(deputy__in=seats.deputy_ids) | Q(department__in=seats.department_ids))
        told = Q(pk__in=invited.values("consultation"), told_at__isnull=False)
        promised = Q(promises__department__in=seats.department_ids)
        return self.filter(
            Q(pk__in=Consultation.objects.filter(promised).values("pk")) | told | seats.subtree("station__")
        )

    def open(self) -> ConsultationQuerySet:
        return self.filter(state__in=OPEN_STATES)


class Consultation(models.Model):
    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="consultations")
    station = models.ForeignKey(Station, verbose_name="站点", on_delete=models.PROTECT, related_name="consultations")
    # The stations of a township work for its congress office, which is the first of the three kinds of party.
    office = models.CharField("召集单位", max_length=60, help_text="乡镇人大主席团或街道人大联络处。")
    topic = models.CharField("议题", max_length=80)
    background = models.TextField("事由", max_length=4000)
    cases = models.ManyToManyField(Suggestion, verbose_name="来自意见", blank=True, related_name="consultations")
    brand = models.ForeignKey(
        Brand, verbose_name="形式", null=True, blank=True, on_delete=models.PROTECT, related_name="consultations"
    )
    date = models.DateField("协商日期")
    starts_at = models.TimeField("开始时间")
    place = models.CharField("地点", max_length=120)
    residents = models.CharField("邀请的群众", max_length=200, blank=True, help_text="写明哪些人、多少人，不写姓名。")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PREPARING)
    # Whether the parties still have to hear where and when, or hear it again after a change.
    to_tell = models.BooleanField("待通知", default=True, editable=False)
    told_at = models.DateTimeField("通知时间", null=True, blank=True, editable=False)
    told_round = models.PositiveIntegerField(default=0, editable=False)
    chair = models.CharField("主持人", max_length=40, blank=True, help_text="姓名和职务。")
    residents_came = models.PositiveIntegerField("到场群众（人）", default=0)
    minutes = models.TextField("协商纪要", max_length=8000, blank=True)
    agreement = models.TextField("协商结果", max_length=4000, blank=True)
    concluded_on = models.DateField("协商结束", null=True, blank=True)
    # Rated by those who came and have no log-in; parties with one rate for themselves.
    satisfied = models.PositiveIntegerField("满意（票）", default=0)
    basically = models.PositiveIntegerField("基本满意（票）", default=0)
    dissatisfied = models.PositiveIntegerField("不满意（票）", default=0)
    outcome = models.TextField("办结情况", max_length=4000, blank=True)
    finished_on = models.DateField("办结日期", null=True, blank=True)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="发起人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField("发起时间", default=timezone.now)
    # Grows with every act; a page that was opened at an older version is stale.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = "协商议事"
        verbose_name_plural = "协商议事"
        ordering = ("-date", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(state__in=HELD_STATES) | ~Q(minutes="") & ~Q(agreement="") & Q(concluded_on__isnull=False),
                name="held_consultation_has_result",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.FINISHED) | Q(finished_on__isnull=False), name="finished_consultation_has_day"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CANCELLED) | ~Q(cancel_reason=""), name="cancelled_consultation_has_reason"
            ),
        )
        indexes = (
            models.Index(fields=["county", "-date", "-id"], name="consultation_county"),
            models.Index(fields=["station", "-date", "-id"], name="consultation_station"),
        )

    def __str__(self) -> str:
        return self.topic

    @property
    def chain(self) -> str:
        return f"consultation:{self.pk}"


class PartyKind(models.TextChoices):
    """博爱县：协商主体由乡镇（街道）人大、人大代表、责任方组成. The first is the consultation's ``office``."""

    DEPUTY = "deputy", "人大代表"
    RESPONSIBLE = "responsible", "责任方"


class Party(models.Model):
    """Who is asked to the table: a deputy; a department; or somebody else who answers for the matter, by name."""

    consultation = models.ForeignKey(
        Consultation, verbose_name="协商", on_delete=models.CASCADE, related_name="parties"
    )
    kind = models.CharField("类别", max_length=12, choices=PartyKind)
    deputy = models.ForeignKey(
        Deputy, verbose_name="代表", null=True, blank=True, on_delete=models.PROTECT, related_name="consultations"
    )
    department = models.ForeignKey(
        Department, verbose_name="单位", null=True, blank=True, on_delete=models.PROTECT, related_name="consultations"
    )
    name = models.CharField("其他责任方", max_length=40, blank=True)
    signed_in_at = models.DateTimeField("签到时间", null=True, blank=True)
    who = models.CharField("到场人", max_length=40, blank=True, help_text="姓名和职务。")
    satisfaction = models.CharField("评价", max_length=10, choices=Satisfaction, blank=True)
    rating_note = models.CharField("评价说明", max_length=200, blank=True)
    rated_at = models.DateTimeField("评价时间", null=True, blank=True)

    class Meta:
        verbose_name = "协商主体"
        verbose_name_plural = "协商主体"
        ordering = ("consultation", "kind", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind=PartyKind.DEPUTY, deputy__isnull=False, department__isnull=True, name="")
                | Q(kind=PartyKind.RESPONSIBLE, deputy__isnull=True, department__isnull=False, name="")
                | Q(kind=PartyKind.RESPONSIBLE, deputy__isnull=True, department__isnull=True) & ~Q(name=""),
                name="party_is_one",
            ),
            models.UniqueConstraint(
                fields=["consultation", "deputy"], condition=Q(deputy__isnull=False), name="party_deputy_once"
            ),
            models.UniqueConstraint(
                fields=["consultation", "department"],
                condition=Q(department__isnull=False),
                name="party_department_once",
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return str(self.deputy or self.department or self.name)


class ConsultationFile(models.Model):
    """A document or a photo of one step; served only through the scoped view."""

    consultation = models.ForeignKey(Consultation, verbose_name="协商", on_delete=models.CASCADE, related_name="files")
    step = models.CharField("步骤", max_length=8, choices=Step)
    file = models.FileField("文件", upload_to="consultations/%Y/%m/")
    name = models.CharField("文件名", max_length=120)
    media_type = models.CharField("类型", max_length=80)
    size = models.PositiveIntegerField("大小")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="上传人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)

    class Meta:
        verbose_name = "协商材料"
        verbose_name_plural = "协商材料"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


class StepRelease(models.Model):
    """公示 of one step: the notice it became. Together the three are the public chain (1 个全链条监督)."""

    consultation = models.ForeignKey(
        Consultation, verbose_name="协商", on_delete=models.CASCADE, related_name="releases"
    )
    step = models.CharField("步骤", max_length=8, choices=Step)
    notice = models.OneToOneField(
        Notice, verbose_name="公示", on_delete=models.PROTECT, related_name="consultation_step"
    )

    class Meta:
        verbose_name = "协商公示"
        verbose_name_plural = "协商公示"
        ordering = ("consultation", "id")
        constraints = (models.UniqueConstraint(fields=["consultation", "step"], name="step_released_once"),)

    def __str__(self) -> str:
        return f"{self.consultation}：{self.get_step_display()}"
