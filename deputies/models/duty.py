"""What is entered in a duty record (履职档案), what of it is public, and what it weighs. What the system knows by itself is
gathered in ``reports/duty_record.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from deputies.models.contact import kept_by
from deputies.models.deputy import Deputy
from stations.models import County, Station

if TYPE_CHECKING:
    from accounts.models import User


class Part(models.TextChoices):
    """The eight parts of the duty record (代表法 2025 art 58: recorded and published)."""

    BASIC = "basic", "基本信息"
    MEETINGS = "meetings", "出席会议"
    INSPECTIONS = "inspections", "视察调研"
    TRAINING = "training", "学习培训"
    ACTIVITIES = "activities", "小组和站点活动"
    SUGGESTIONS = "suggestions", "意见建议"
    REPORT = "report", "向选民述职"
    COMMENDATIONS = "commendations", "表彰奖励"


class DutyKind(models.TextChoices):
    MEETING = "meeting", "出席会议"
    INSPECTION = "inspection", "视察调研"
    TRAINING = "training", "学习培训"
    ACTIVITY = "activity", "小组活动"
    REPORT = "report", "向选民述职"
    COMMENDATION = "commendation", "表彰奖励"
    IDEA = "idea", "贡献一条发展良策"
    PROBLEM = "problem", "协调解决一个难题"
    WEAKNESS = "weakness", "补齐一项工作短板"
    HIGHLIGHT = "highlight", "打造一个工作亮点"
    BRAND = "brand", "树立一个特色品牌"
    MONEY = "money", "出资"
    WORK = "work", "出力"
    PEOPLE = "people", "出人"


FIVE_ONES = (DutyKind.IDEA, DutyKind.PROBLEM, DutyKind.WEAKNESS, DutyKind.HIGHLIGHT, DutyKind.BRAND)
GIVEN = {DutyKind.MONEY: "元", DutyKind.WORK: "工日", DutyKind.PEOPLE: "人"}
"""Given to a key project (博爱县：把人大代表按照出资、出力、出人分类), with the unit of the amount."""
PART_OF = {
    DutyKind.MEETING: Part.MEETINGS,
    DutyKind.INSPECTION: Part.INSPECTIONS,
    DutyKind.TRAINING: Part.TRAINING,
    DutyKind.REPORT: Part.REPORT,
    DutyKind.COMMENDATION: Part.COMMENDATIONS,
}
"""In which part an entry stands; everything else is an activity."""


class DutyEntryQuerySet(models.QuerySet["DutyEntry"]):
    def visible_to(self, user: User) -> DutyEntryQuerySet:
        """Of the deputies whose record one keeps, and of the stations one works on."""
        return self.filter(kept_by(user, "deputy__") | user.seats.subtree("station__"))

    def counted(self) -> DutyEntryQuerySet:
        """What the office has seen; an entry of the deputy's own waits for it."""
        return self.filter(confirmed_at__isnull=False)


class DutyEntry(models.Model):
    """Something a deputy did, or for the five ones a station. A deputy's own entry counts once the office confirms it."""

    deputy = models.ForeignKey(
        Deputy, verbose_name="代表", null=True, blank=True, on_delete=models.PROTECT, related_name="duty_entries"
    )
    station = models.ForeignKey(
        Station, verbose_name="站点", null=True, blank=True, on_delete=models.PROTECT, related_name="duty_entries"
    )
    kind = models.CharField("类别", max_length=14, choices=DutyKind)
    happened_on = models.DateField("日期")
    title = models.CharField("标题", max_length=80)
    detail = models.TextField("内容和成效", blank=True)
    place = models.CharField("地点", max_length=80, blank=True)
    amount = models.DecimalField(
        "数量",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="出资填元，出力填工日，出人填人数。",
    )
    # 述职: how those who came rated it (satisfied, basically, not)
    satisfied = models.PositiveIntegerField("满意（票）", null=True, blank=True)
    basically = models.PositiveIntegerField("基本满意（票）", null=True, blank=True)
    dissatisfied = models.PositiveIntegerField("不满意（票）", null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="填报人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField("填报时间")
    confirmed_at = models.DateTimeField("核定时间", null=True, blank=True)

    objects = DutyEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "履职登记"
        verbose_name_plural = "履职登记"
        ordering = ("-happened_on", "-id")
        indexes = (models.Index(fields=["deputy", "happened_on"], name="duty_entry_by_day"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(deputy__isnull=False, station__isnull=True)
                | Q(deputy__isnull=True, station__isnull=False, kind__in=FIVE_ONES),
                name="duty_entry_of_one",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def part(self) -> Part:
        return PART_OF.get(DutyKind(self.kind), Part.ACTIVITIES)

    @property
    def unit(self) -> str:
        return GIVEN.get(DutyKind(self.kind), "")

    @property
    def votes(self) -> int:
        return (self.satisfied or 0) + (self.basically or 0) + (self.dissatisfied or 0)

    @property
    def rate(self) -> float | None:
        """(满意 + 基本满意) / votes; None where nobody rated."""
        return ((self.satisfied or 0) + (self.basically or 0)) / self.votes if self.votes else None


class DutyFile(models.Model):
    """Evidence of an entry; served only through the scoped view."""

    entry = models.ForeignKey(DutyEntry, verbose_name="履职登记", on_delete=models.CASCADE, related_name="files")
    file = models.FileField("文件", upload_to="duty/%Y/%m/")
    name = models.CharField("文件名", max_length=120)
    media_type = models.CharField("类型", max_length=80)

    class Meta:
        verbose_name = "履职佐证材料"
        verbose_name_plural = "履职佐证材料"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class DutyPublication(models.Model):
    """What the public sees of a deputy's year: a text of its own, as it was when the office released it.

    ``shown``: ``[{"label": 部分, "facts": [[名称, 值], …], "titles": [标题, …]}, …]``, no personal data of voters.
    """

    deputy = models.ForeignKey(Deputy, verbose_name="代表", on_delete=models.PROTECT, related_name="publications")
    year = models.PositiveSmallIntegerField("年度")
    shown = models.JSONField("公开内容")
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="公开人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    released_at = models.DateTimeField("公开时间")

    class Meta:
        verbose_name = "履职公开"
        verbose_name_plural = "履职公开"
        ordering = ("-year", "deputy")
        constraints = (models.UniqueConstraint(fields=["deputy", "year"], name="duty_publication_once_a_year"),)

    def __str__(self) -> str:
        return f"{self.deputy} {self.year}"


class Scored(models.TextChoices):
    """What may be given points, each with what one point-bearing unit is."""

    MEETINGS = "meetings", "出席会议（次）"
    INSPECTIONS = "inspections", "视察调研（次）"
    TRAINING = "training", "学习培训（次）"
    ACTIVITIES = "activities", "小组活动（次）"
    RECEPTIONS = "receptions", "接待选民（次）"
    CONTACTS = "contacts", "按月联系群众（人次）"
    CASES = "cases", "接待登记的意见（件）"
    REPLIES = "replies", "回复选民（件）"
    REPORTS = "reports", "向选民述职（次）"
    COMMENDATIONS = "commendations", "表彰奖励（项）"
    FIVE_ONES = "five_ones", "五个一（项）"
    GIVEN = "given", "出资出力出人（项）"


class DutyWeight(models.Model):
    """A county's points for one thing; a county without rows gives no score."""

    county = models.ForeignKey(County, verbose_name="县", on_delete=models.CASCADE, related_name="duty_weights")
    item = models.CharField("计分项", max_length=14, choices=Scored)
    points = models.DecimalField(
        "每次得分", max_digits=5, decimal_places=1, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    most = models.DecimalField(
        "最高得分", max_digits=5, decimal_places=1, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = "履职计分规则"
        verbose_name_plural = "履职计分规则"
        ordering = ("county", "id")
        constraints = (
            models.UniqueConstraint(fields=["county", "item"], name="duty_weight_once"),
            models.CheckConstraint(condition=Q(most__gte=F("points")), name="duty_weight_most"),
        )

    def __str__(self) -> str:
        return self.get_item_display()
