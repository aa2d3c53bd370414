"""The further parts of the overview, each counted by the room that keeps it: consultations, whistles, supervision,
satisfaction, draft laws, meetings. ``figures`` are a county's, of the year."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count

from consultations import figures as consultations
from consultations import whistle_figures
from consultations.models import Call, CallQuerySet, Consultation
from legislation import counts as legislation
from meetings import counts as meetings
from reports import counting
from reports.figures import Figures
from reports.periods import Period
from reports.tables import Cell, Table
from reports.work.lines import EVERY, Row, address, by_year, line, section
from reports.work.sections import both
from suggestions.figures import Rate
from supervision import counting as inspections
from supervision.models import (
    Expert,
    Group,
    GroupMember,
    InspectionState,
    Project,
    ProjectKind,
)


def consulted(figures: Figures) -> Table:
    """协商议事 by 331, in the year of their date."""
    county = figures.scope.county
    now, before = (
        consultations.counted(Consultation.objects.filter(county=county, date__range=(one.first, one.last)))
        for one in both(figures)
    )
    links = by_year("consultations:list", figures.period)
    kept = Rate(now.kept_in_time, now.fell_due), Rate(before.kept_in_time, before.fell_due)
    good = Rate(now.satisfied + now.basically, now.votes), Rate(before.satisfied + before.basically, before.votes)
    rows = [
        line("开展协商（次）", now.held, before.held, links=links),
        line("已办结", now.finished, before.finished, links=links),
        line("参加群众（人次）", now.residents, before.residents, links=links),
        line("协商中的承诺", now.promises, before.promises, links=links),
        line("按期兑现的承诺", now.kept_in_time, before.kept_in_time, links=links, rates=kept),
        line("评价满意或基本满意", good[0].part, good[1].part, rates=good, links=links),
    ]
    return section("consultations", "协商议事", rows)


def calls_of(figures: Figures, period: Period) -> CallQuerySet:
    blown = counting.within(period.first, period.last, "whistle__blown_at")
    return Call.objects.filter(blown, whistle__station__county=figures.scope.county)


def whistles(figures: Figures) -> Table:
    found = [calls_of(figures, one) for one in both(figures)]
    now, before = (whistle_figures.total(calls) for calls in found)
    blown = [sum(whistle_figures.by_ground(calls).values()) for calls in found]
    links = by_year("consultations:whistle_figures", figures.period)
    rows = [
        line("站点吹哨（次）", blown[0], blown[1], links=links),
        line("接哨单位（家次）", now.called, before.called, links=links),
        line("按时报到", now.in_time, before.in_time, rates=(now.response, before.response), links=links),
        line("评价已解决", now.solved, before.solved, rates=(now.solution, before.solution), links=links),
        line(
            "评价满意或基本满意",
            now.content,
            before.content,
            rates=(now.satisfaction, before.satisfaction),
            links=links,
        ),
    ]
    return section("whistles", "站点吹哨、部门报到", rows)


def supervision(figures: Figures) -> Table:
    """Groups as they are today; projects by their year, inspections by their day, and what they found."""
    county, year = figures.scope.county, figures.period.last.year
    groups = Group.objects.filter(county=county)
    members = GroupMember.objects.filter(group__in=groups, until__isnull=True).count()
    experts = Expert.objects.filter(group__in=groups, until__isnull=True).count()
    every = figures.period.preset == EVERY
    counted = Project.objects.filter(county=county, **({} if every else {"year__in": (year, year - 1)})).order_by()
    projects: Counter[tuple[int, str]] = Counter()
    for of, kind, number in counted.values_list("year", "kind").annotate(Count("pk")):
        projects[year if every else of, kind] += number
    home = address("supervision:home", year=year)
    rows = [
        line("专业监督小组", groups.count(), url=home),
        line("参加小组的代表（人次）", members, url=home),
        line("本土专业人才", experts, url=home),
    ]
    for kind, label in ProjectKind.choices:
        rows.append(
            line(
                str(label),
                projects[year, kind],
                projects[year - 1, kind],
                links=(
                    address("supervision:projects", year="" if every else year, kind=kind),
                    address("supervision:projects", year=year - 1, kind=kind),
                ),
            )
        )
    return section("supervision", "专项监督", [*rows, *_inspected(figures)])


def _inspected(figures: Figures) -> list[Row]:
    county = figures.scope.county.pk
    now, before = (inspections.of_county(county, one.first, one.last) for one in both(figures))
    held = by_year("supervision:inspections", figures.period, state=InspectionState.HELD.value)
    found, right = (by_year("supervision:findings", figures.period, show=show) for show in ("counted", "closed"))
    rates = Rate(now.put_right, now.sent), Rate(before.put_right, before.sent)
    return [
        line("开展视察（次）", now.held, before.held, links=held),
        line("参加视察的代表（人次）", now.deputies, before.deputies, links=held),
        line("发现问题", now.found, before.found, links=found),
        line("已整改", now.put_right, before.put_right, links=right, rates=rates),
    ]


def judged(figures: Figures) -> Table:
    """满意度测评 in the standing committee, and what fell under the line (博爱县：80%)."""
    county, links = figures.scope.county.pk, by_year("supervision:rounds", figures.period)
    now, before = (inspections.judged([county], one.first, one.last) for one in both(figures))
    rows = [
        line("满意度测评（次）", now.rounds, before.rounds, links=links),
        line("未达标、要求整改", now.opened, before.opened, links=links),
        line("整改后复评达标", now.passed, before.passed, links=links),
    ]
    return section("rounds", "满意度测评", rows)


def drafts(figures: Figures) -> Table:
    now, before = (legislation.between([figures.scope.county.pk], one.first, one.last) for one in both(figures))
    links = by_year("legislation:list", figures.period)
    rows = [
        line("征集修改建议（条）", now.collected, before.collected, links=links),
        line("被吸收采纳（条）", now.adopted, before.adopted, links=links),
    ]
    return section("legislation", "立法联系点", rows)


def sittings(figures: Figures) -> Table:
    now, before = (meetings.between([figures.scope.county.pk], one.first, one.last) for one in both(figures))
    links = by_year("meetings:list", figures.period, county=figures.scope.county.code)
    rows = [
        line("召开常委会会议（次）", now.meetings, before.meetings, links=links),
        line("列席代表（人次）", now.deputies, before.deputies, links=links),
        line("旁听公民（人次）", now.citizens, before.citizens, links=links),
    ]
    return section("meetings", "常委会会议", rows)


CALLED = ("接哨（次）", "应报到", "按时报到", "已评价", "评价已解决", "评价满意或基本满意")


def by_department(figures: Figures) -> Table:
    """How each department answered whistles, in the order of the tree: no ranking."""
    link, _ = by_year("consultations:whistle_figures", figures.period)
    rows = []
    for department, one in whistle_figures.by_department(calls_of(figures, figures.period)):
        cells = (
            Cell(one.called, url=link),
            Cell(one.due, url=link),
            Cell(one.in_time, url=link, rate=one.response),
            Cell(one.rated, url=link),
            Cell(one.solved, url=link, rate=one.solution),
            Cell(one.content, url=link, rate=one.satisfaction),
        )
        rows.append((Cell(text=department.name), *cells))
    return Table("departments", "各单位报到情况", "单位", CALLED, rows, "按所属站和名称排列，不是排名。")
