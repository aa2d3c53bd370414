"""专业监督小组: one for each of the eight fields, led by a committee of the county's congress (博爱县：组建 8 个专业监督组，
由县人大相关委室牵头，组织各基层站点，推荐相关领域的专业人才参与)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from deputies.models import Deputy
from liaison.lib.reachable import Reachable
from stations.fields import Field
from stations.models import County, Station

if TYPE_CHECKING:
    from accounts.models import User


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, user: User) -> GroupQuerySet:
        """Everybody with a seat in the county: who supervises what is no secret. Whom else it concerns follows from
        its members and stations."""
        return self.filter(county__in=user.seats.county_ids)

    def of_deputies(self, user: User) -> GroupQuerySet:
        """Those that ``user`` leads or is a member of, as a deputy."""
        own = user.seats.deputy_ids
        members = GroupMember.objects.filter(group=models.OuterRef("pk"), deputy__in=own, until__isnull=True)
        return self.filter(Q(leader__in=own) | models.Exists(members))


class Group(models.Model):
    county = models.ForeignKey(County, verbose_name="县", on_delete=models.PROTECT, related_name="supervision_groups")
    field = models.CharField("领域", max_length=12, choices=Field)
    name = models.CharField("名称", max_length=40)
    lead_committee = models.CharField("牵头工委", max_length=40, help_text="如：城建环保工委。")
    leader = models.ForeignKey(
        Deputy, verbose_name="组长", null=True, blank=True, on_delete=models.PROTECT, related_name="led_groups"
    )
    duties = models.TextField("监督内容", max_length=500, blank=True)
    stations = models.ManyToManyField(Station, verbose_name="联系站点", blank=True, related_name="supervision_groups")

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = "专业监督小组"
        verbose_name_plural = "专业监督小组"
        ordering = ("county", "id")
        constraints = (models.UniqueConstraint(fields=["county", "field"], name="group_once_per_field"),)

    def __str__(self) -> str:
        return self.name

    @property
    def chain(self) -> str:
        return f"group:{self.pk}"


class GroupMember(models.Model):
    """A deputy of a group, from when until when."""

    group = models.ForeignKey(Group, verbose_name="小组", on_delete=models.PROTECT, related_name="members")
    deputy = models.ForeignKey(Deputy, verbose_name="代表", on_delete=models.PROTECT, related_name="group_memberships")
    since = models.DateField("加入日期")
    until = models.DateField("退出日期", null=True, blank=True)

    class Meta:
        verbose_name = "监督小组成员"
        verbose_name_plural = "监督小组成员"
        ordering = ("group", "deputy__pinyin", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["group", "deputy"], condition=Q(until__isnull=True), name="group_member_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="group_member_until_after_since"
            ),
        )

    def __str__(self) -> str:
        return f"{self.deputy}（{self.group}）"


class ExpertKind(models.TextChoices):
    """The seed's own words: 老党员、老教师、“土”专家、种养能手等相关领域的专业人才."""

    PARTY = "party", "老党员"
    TEACHER = "teacher", "老教师"
    CRAFTSMAN = "craftsman", "“土”专家（工匠）"
    GROWER = "grower", "种养能手"
    OTHER = "other", "其他专业人才"


class Expert(Reachable):
    """A local expert who helps a group. Name and telephone as a voter's: encrypted, masked, every look an event."""

    group = models.ForeignKey(Group, verbose_name="小组", on_delete=models.PROTECT, related_name="experts")
    kind = models.CharField("类别", max_length=10, choices=ExpertKind)
    trade = models.CharField("专长", max_length=40, help_text="如：给排水、砌筑、小学数学、四大怀药种植。")
    station = models.ForeignKey(
        Station,
        verbose_name="推荐站点",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="recommended_experts",
    )
    since = models.DateField("聘请日期")
    until = models.DateField("解聘日期", null=True, blank=True)

    class Meta:
        verbose_name = "专业人才"
        verbose_name_plural = "专业人才"
        ordering = ("group", "kind", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["group", "phone_index"],
                condition=Q(until__isnull=True) & ~Q(phone_index=""),
                name="expert_once_per_group",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="expert_until_after_since"
            ),
        )
