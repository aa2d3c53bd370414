"""满意度测评: a round in the standing committee, what it is held about, and the codes that open a ballot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from deputies.models import CommitteeMember
from meetings.models import Meeting
from stations.models import County, Department
from supervision.models.project import Project

if TYPE_CHECKING:
    from accounts.models import User

LEAST_VOTERS = 3  # of fewer the result tells how they voted


class RoundKind(models.TextChoices):
    MID_YEAR = "mid", "年中测评"
    YEAR_END = "end", "年终测评"
    AGAIN = "again", "整改后复评"


class Way(models.TextChoices):
    CODES = "codes", "手机扫码投票"
    PAPER = "paper", "纸质票"


class RoundState(models.TextChoices):
    DRAFT = "draft", "准备中"
    OPEN = "open", "投票中"
    TYPED = "typed", "计票待复核"
    SEALED = "sealed", "已计票封存"
    PUBLISHED = "published", "已公布"
    VOID = "void", "已作废"


COUNTED = (RoundState.SEALED, RoundState.PUBLISHED)


class Choice(models.TextChoices):
    """What may be marked for a subject; the value is the field of :class:`Subject` that counts it."""

    SATISFIED = "satisfied", "满意"
    BASICALLY = "basically", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"
    ABSTAINED = "abstained", "弃权"


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: User) -> RoundQuerySet:
        """The county office all; the committee's members and the departments it is about once it is published."""
        seats = user.seats
        published = Q(state=RoundState.PUBLISHED)
        sitting = CommitteeMember.objects.filter(deputy__in=seats.deputy_ids, until__isnull=True)
        committee = published & Q(county__in=sitting.values("deputy__county"))
        subjects = Subject.objects.filter(department__in=seats.department_ids)
        concerned = published & Q(pk__in=subjects.values("round"))
        return self.filter(Q(county__in=seats.office_county_ids) | committee | concerned)

    def counted(self) -> RoundQuerySet:
        return self.filter(state__in=COUNTED)


class Round(models.Model):
    """One secret ballot. No row anywhere holds a ballot: a vote adds one to the counts of each subject."""

    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="rounds")
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("测评", max_length=8, choices=RoundKind)
    title = models.CharField("名称", max_length=80)
    way = models.CharField("方式", max_length=8, choices=Way)
    held_on = models.DateField("测评日期")
    meeting = models.ForeignKey(
        Meeting, verbose_name="常委会会议", null=True, blank=True, on_delete=models.PROTECT, related_name="rounds"
    )
    members = models.PositiveSmallIntegerField("组成人员人数", help_text="建立时在任的常委会组成人员。")
    present = models.PositiveSmallIntegerField("出席人数", help_text="到会、参加投票的组成人员；一人一票。")
    state = models.CharField("状态", max_length=10, choices=RoundState, default=RoundState.DRAFT)
    again_for = models.ForeignKey(
        "Rectification",
        verbose_name="复评的整改",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rounds",
    )
    # As counted
    issued = models.PositiveSmallIntegerField("发出票数", null=True, blank=True)
    returned = models.PositiveSmallIntegerField("收回票数", null=True, blank=True)
    valid = models.PositiveSmallIntegerField("有效票数", null=True, blank=True)
    pass_rate = models.PositiveSmallIntegerField("达标线（%）", null=True, blank=True)
    seal = models.CharField("封存码", max_length=64, blank=True, editable=False)
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="录票人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="计票人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    opened_at = models.DateTimeField("开始投票时间", null=True, blank=True)
    counted_at = models.DateTimeField("计票封存时间", null=True, blank=True)
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    reason = models.CharField("退回或作废原因", max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="建立人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("建立时间")

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "满意度测评"
        verbose_name_plural = "满意度测评"
        ordering = ("-held_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(present__gte=LEAST_VOTERS, present__lte=F("members")), name="round_present"
            ),
            models.CheckConstraint(
                condition=Q(returned__isnull=True)
                | Q(issued__lte=F("present"), returned__lte=F("issued"), valid__lte=F("returned")),
                name="round_counts_add_up",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=COUNTED)
                | Q(valid__gte=LEAST_VOTERS, pass_rate__isnull=False, counted_at__isnull=False) & ~Q(seal=""),
                name="round_counted_is_sealed",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def chain(self) -> str:
        return f"round:{self.pk}"

    @property
    def is_counted(self) -> bool:
        return self.state in COUNTED


class Subject(models.Model):
    """A department, or a project that a department answers for, with what the committee thinks of it."""

    round = models.ForeignKey(Round, verbose_name="测评", on_delete=models.CASCADE, related_name="subjects")
    department = models.ForeignKey(
        Department, verbose_name="单位", on_delete=models.PROTECT, related_name="evaluations"
    )
    project = models.ForeignKey(
        Project, verbose_name="监督项目", null=True, blank=True, on_delete=models.PROTECT, related_name="evaluations"
    )
    # The project's title as it stood on the ballot: the result is sealed with it.
    matter = models.CharField("事项", max_length=80, blank=True)
    position = models.PositiveSmallIntegerField("序号")
    satisfied = models.PositiveSmallIntegerField("满意", default=0)
    basically = models.PositiveSmallIntegerField("基本满意", default=0)
    dissatisfied = models.PositiveSmallIntegerField("不满意", default=0)
    abstained = models.PositiveSmallIntegerField("弃权", default=0)

    class Meta:
        verbose_name = "测评对象"
        verbose_name_plural = "测评对象"
        ordering = ("round", "position", "id")
        constraints = (models.UniqueConstraint(fields=["round", "department", "matter"], name="subject_once_a_round"),)

    def __str__(self) -> str:
        return f"{self.matter}（{self.department.name}）" if self.matter else self.department.name

    @property
    def counts(self) -> dict[str, int]:
        return {choice.value: getattr(self, choice.value) for choice in Choice}

    @property
    def votes(self) -> int:
        """Valid ballots; who abstains has cast one."""
        return sum(self.counts.values())

    @property
    def content(self) -> int:
        return self.satisfied + self.basically

    @property
    def rate(self) -> float | None:
        """(满意 + 基本满意) / valid ballots, between 0 and 1; None without any."""
        return self.content / self.votes if self.votes else None

    def reaches(self, percent: int) -> bool:
        """Exactly ``percent`` is enough (seed: 低于80%)."""
        return self.content * 100 >= percent * self.votes


class BallotCode(models.Model):
    """A one-time code that opens one ballot. Who got it is written nowhere, neither is what was voted with it, nor when.

    The key is the keyed digest itself: a counted key would number the slips in the order of their printing.
    """

    digest = models.CharField(primary_key=True, max_length=32, editable=False)
    round = models.ForeignKey(Round, verbose_name="测评", on_delete=models.CASCADE, related_name="codes")
    used = models.BooleanField("已用", default=False)

    class Meta:
        verbose_name = "投票码"
        verbose_name_plural = "投票码"

    def __str__(self) -> str:
        return f"{self.round} 的投票码"
