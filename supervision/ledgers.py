"""Projects, inspections and findings as ledgers. One sees those that their pages show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.http import QueryDict

from liaison.lib.extracts import Extract
from liaison.lib.xlsx import Column
from stations.ledgers import asked_period
from stations.models import Station
from supervision import projects as arranging
from supervision.models import Finding, Group, Inspection, Project

if TYPE_CHECKING:
    from accounts.models import User

PROJECT_COLUMNS = (
    Column("年度", 8, "int"),
    Column("类别", 14),
    Column("序号", 8, "int"),
    Column("项目", 30),
    Column("领域", 14),
    Column("责任单位", 26),
    Column("监督小组", 18),
    Column("进度（%）", 10, "int"),
    Column("节点", 8, "int"),
    Column("已完成节点", 12, "int"),
    Column("逾期节点", 10, "int"),
    Column("状态", 10),
    Column("建设内容和目标", 50),
)
INSPECTION_COLUMNS = (
    Column("日期", 12, "date"),
    Column("类别", 10),
    Column("主题", 30),
    Column("监督小组", 18),
    Column("组织站点", 26),
    Column("地点", 26),
    Column("状态", 10),
    Column("邀请人数", 10, "int"),
    Column("到场代表", 10, "int"),
    Column("到场专业人才", 12, "int"),
    Column("发现问题", 10, "int"),
    Column("视察情况", 50),
)
FINDING_COLUMNS = (
    Column("视察日期", 12, "date"),
    Column("视察主题", 28),
    Column("监督小组", 18),
    Column("问题", 28),
    Column("地点", 26),
    Column("领域", 14),
    Column("问题描述", 40),
    Column("责任单位", 26),
    Column("交办日期", 12, "date"),
    Column("整改时限", 12, "date"),
    Column("状态", 10),
    Column("超过时限", 10),
    Column("复查不合格（次）", 14, "int"),
    Column("复查合格日期", 14, "date"),
    Column("反复出现", 10),
)


def projects(user: User, data: QueryDict) -> Extract:
    """Of the years that the period touches."""
    top, since, until, words = asked_period(user, data)
    found = Project.objects.visible_to(user).filter(year__gte=since.year, year__lte=until.year)
    found = found.filter(department__station__in=Station.objects.within(top)) if top else found

    def read(of: Extract) -> Iterator[list[Any]]:
        far = arranging.standings(found)
        for one in found.select_related("department", "group").order_by("year", "kind", "number", "pk"):
            stands = far.get(one.pk, arranging.Standing())
            state = "已终止" if one.stopped_on else "已完成" if stands.is_done else "进行中"
            yield [
                one.year,
                one.get_kind_display(),
                one.number,
                one.title,
                one.get_field_display(),
                one.department.name,
                one.group.name if one.group else "",
                stands.percent,
                stands.milestones,
                stands.done,
                0 if one.stopped_on else stands.late,
                state,
                one.goal,
            ]

    return Extract("projects", "监督项目台账", words, PROJECT_COLUMNS, found, read)


def inspections(user: User, data: QueryDict) -> Extract:
    top, since, until, words = asked_period(user, data)
    found = Inspection.objects.visible_to(user).filter(date__gte=since, date__lte=until)
    found = found.filter(_below(top)) if top else found
    came = Q(participants__attended=True)
    counted = found.select_related("group", "station").annotate(
        asked=Count("participants", distinct=True),
        deputies=Count("participants", filter=came & Q(participants__deputy__isnull=False), distinct=True),
        experts=Count("participants", filter=came & Q(participants__expert__isnull=False), distinct=True),
        found=Count("findings", distinct=True),
    )

    def read(of: Extract) -> Iterator[list[Any]]:
        for one in counted.order_by("date", "pk").iterator(chunk_size=500):
            yield [
                one.date,
                one.get_kind_display(),
                one.title,
                one.group.name if one.group else "",
                one.station.name if one.station else "",
                one.place,
                one.get_state_display(),
                one.asked,
                one.deputies,
                one.experts,
                one.found,
                one.summary or one.cancel_reason,
            ]

    return Extract("inspections", "视察台账", words, INSPECTION_COLUMNS, found, read)


def _below(top: Station, prefix: str = "") -> Q:
    """Of stations below ``top``, and of the groups that these help."""
    within = Station.objects.within(top)
    groups = Group.objects.filter(stations__in=within).values("pk")
    return Q(**{f"{prefix}station__in": within}) | Q(**{f"{prefix}group__in": groups})


def findings(user: User, data: QueryDict) -> Extract:
    """By the day of their inspection."""
    top, since, until, words = asked_period(user, data)
    found = Finding.objects.visible_to(user).filter(inspection__date__gte=since, inspection__date__lte=until)
    if top:
        found = found.filter(_below(top, "inspection__") | Q(department__station__in=Station.objects.within(top)))

    def read(of: Extract) -> Iterator[list[Any]]:
        rows = found.select_related("inspection__group", "department")
        for one in rows.order_by("inspection__date", "pk").iterator(chunk_size=500):
            inspection = one.inspection
            yield [
                inspection.date,
                inspection.title,
                inspection.group.name if inspection.group else "",
                one.title,
                one.place,
                one.get_field_display(),
                one.problem,
                one.department.name if one.department else "",
                one.sent_on,
                one.due_on,
                one.get_state_display(),
                "是" if one.overran or one.is_overdue else "",
                one.rounds,
                one.closed_on,
                "是" if one.previous_id else "",
            ]

    return Extract("findings", "视察发现问题台账", words, FINDING_COLUMNS, found, read)
