"""The other ties (联系制度): committee member ↔ deputies, leader ↔ stations, upper deputy ↔ county department."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from deputies.models.contact import Way, kept_by
from deputies.models.deputy import Deputy, Level
from stations.models import County, Department, Station

if TYPE_CHECKING:
    from accounts.models import User

UPPER = (
    Level.PROVINCE,
    Level.CITY,
)  # each linked to one county department (博爱县：36 个省市人大代表分别联系一个县直单位)


class Post(models.TextChoices):
    """主任会议 is made up of the director and the vice-directors (地方组织法 2022)."""

    DIRECTOR = "director", "主任"
    VICE = "vice", "副主任"
    MEMBER = "member", "委员"


LEADERS = (Post.DIRECTOR, Post.VICE)


class CommitteeMember(models.Model):
    """常委会组成人员: elected from among the county's deputies."""

    deputy = models.ForeignKey(Deputy, verbose_name="代表", on_delete=models.PROTECT, related_name="committee_seats")
    post = models.CharField("职务", max_length=10, choices=Post)
    since = models.DateField("任职日期")
    until = models.DateField("离任日期", null=True, blank=True)

    class Meta:
        verbose_name = "常委会组成人员"
        verbose_name_plural = "常委会组成人员"
        ordering = ("post", "deputy__pinyin", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["deputy"], condition=Q(until__isnull=True), name="committee_seat_once_per_deputy"
            ),
        )

    def __str__(self) -> str:
        return f"{self.deputy.name}（{self.get_post_display()}）"

    @property
    def is_leader(self) -> bool:
        return self.post in LEADERS


class TieKind(models.TextChoices):
    MEMBER = "member", "常委会组成人员联系代表"
    LEADER = "leader", "主任会议成员联系站点"
    DEPARTMENT = "department", "省、市代表联系县直部门"


class TieQuerySet(models.QuerySet["Tie"]):
    def current(self) -> TieQuerySet:
        return self.filter(until__isnull=True)

    def visible_to(self, user: User) -> TieQuerySet:
        """The county office all; others those of their stations' deputies, of themselves, of their department."""
        seats = user.seats
        own = Q(member__deputy__in=seats.deputy_ids) | Q(department__in=seats.department_ids)
        stations = seats.subtree("station__")
        return self.filter(Q(county__in=seats.office_county_ids) | own | stations | kept_by(user, "deputy__"))


class Tie(models.Model):
    """Who keeps contact with whom, from when until when. Which two ends it has follows from its kind; the database
    refuses any other, a second current tie between the same two, and for departments any second one of either end."""

    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="ties")
    kind = models.CharField("类别", max_length=12, choices=TieKind)
    member = models.ForeignKey(
        CommitteeMember,
        verbose_name="组成人员",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ties",
    )
    deputy = models.ForeignKey(
        Deputy, verbose_name="代表", null=True, blank=True, on_delete=models.PROTECT, related_name="ties"
    )
    station = models.ForeignKey(
        Station, verbose_name="站点", null=True, blank=True, on_delete=models.PROTECT, related_name="ties"
    )
    department = models.ForeignKey(
        Department, verbose_name="县直部门", null=True, blank=True, on_delete=models.PROTECT, related_name="ties"
    )
    since = models.DateField("开始日期")
    until = models.DateField("结束日期", null=True, blank=True)

    objects = TieQuerySet.as_manager()

    class Meta:
        verbose_name = "联系关系"
        verbose_name_plural = "联系关系"
        ordering = ("kind", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    kind=TieKind.MEMBER,
                    member__isnull=False,
                    deputy__isnull=False,
                    station__isnull=True,
                    department__isnull=True,
                )
                | Q(
                    kind=TieKind.LEADER,
                    member__isnull=False,
                    deputy__isnull=True,
                    station__isnull=False,
                    department__isnull=True,
                )
                | Q(
                    kind=TieKind.DEPARTMENT,
                    member__isnull=True,
                    deputy__isnull=False,
                    station__isnull=True,
                    department__isnull=False,
                ),
                name="tie_two_ends",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="tie_until_after_since"
            ),
            models.UniqueConstraint(
                fields=["member", "deputy"],
                condition=Q(kind=TieKind.MEMBER, until__isnull=True),
                name="tie_member_deputy_once",
            ),
            models.UniqueConstraint(
                fields=["member", "station"],
                condition=Q(kind=TieKind.LEADER, until__isnull=True),
                name="tie_leader_station_once",
            ),
            models.UniqueConstraint(
                fields=["deputy"],
                condition=Q(kind=TieKind.DEPARTMENT, until__isnull=True),
                name="tie_one_department_per_deputy",
            ),
            models.UniqueConstraint(
                fields=["department"],
                condition=Q(kind=TieKind.DEPARTMENT, until__isnull=True),
                name="tie_one_deputy_per_department",
            ),
        )

    def __str__(self) -> str:
        return f"{self.near} — {self.far}"

    @property
    def near(self) -> str:
        """Who keeps the contact."""
        return str(self.member or self.deputy)

    @property
    def far(self) -> str:
        """With whom."""
        return str(self.station or self.department or self.deputy)

    def clean(self) -> None:
        county_ids = {end.county_id for end in (self.deputy, self.station) if end is not None}
        county_ids |= {self.member.deputy.county_id} if self.member is not None else set()
        county_ids |= {self.department.station.county_id} if self.department is not None else set()
        if county_ids - {self.county_id}:
            raise ValidationError("联系关系的双方必须属于同一个县。")
        if self.kind == TieKind.LEADER and self.member is not None and not self.member.is_leader:
            raise ValidationError({"member": "联系站点的是主任会议成员（主任、副主任）。"})
        if self.kind == TieKind.MEMBER and self.member is not None and self.member.deputy_id == self.deputy_id:
            raise ValidationError({"deputy": "不能联系自己。"})
        if self.kind == TieKind.DEPARTMENT:
            if self.deputy is not None and self.deputy.level not in UPPER:
                raise ValidationError({"deputy": "联系县直部门的是省、市代表。"})
            if self.department is not None and not self.department.station.is_hub:
                raise ValidationError({"department": "只能联系县直部门。"})


class TieContact(models.Model):
    """An entry in the log of a tie."""

    tie = models.ForeignKey(Tie, verbose_name="联系关系", on_delete=models.PROTECT, related_name="log")
    happened_on = models.DateField("联系时间")
    way = models.CharField("方式", max_length=8, choices=Way)
    summary = models.TextField("联系情况")
    asked = models.TextField("反映的意见建议", blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="填报人",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    entered_at = models.DateTimeField("填报时间")

    class Meta:
        verbose_name = "联系制度记录"
        verbose_name_plural = "联系制度记录"
        ordering = ("-happened_on", "-id")

    def __str__(self) -> str:
        return f"{self.tie} {self.happened_on}"
