"""The further parts of the overview, each counted by the room that keeps it: consultations, whistles, supervision,
satisfaction, draft laws, meetings. ``figures`` are a county's, of the year."""

from __future__ import annotations

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
from reports.work.lines import Row, address, line, section
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
    Rectification,
    Round,
)


def consulted(figures: Figures) -> Table:
    """协商议事 by 331, in the year of their date."""
    county = figures.scope.county
    now, before = (
        consultations.counted(Consultation.objects.filter(county=county, date__range=(one.first, one.last)))
        for one in both(figures)
    )
    links = (
        address("consultations:list", year=figures.period.last.year),
        address("consultations:list", year=figures.period.last.year - 1),
    )
    kept = Rate(now.kept_in_time, now.fell_due), Rate(before.kept_in_time, before.fell_due)
    good = Rate(now.satisfied + now.basically, now.votes), Rate(before.satisfied + before.basically, before.votes)
    promises = address("consultations:promises")
    rows = [
        line("开展协商（次）", now.held, before.held, links=links),
        line("已办结", now.finished, before.finished, links=links),
        line("参加群众（人次）", now.residents, before.residents, links=links),
        line("协商中的承诺", now.promises, before.promises, url=promises),
        line("按期兑现的承诺", now.kept_in_time, before.kept_in_time, url=promises, rates=kept),
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
    links = (
        address("consultations:whistle_figures", year=figures.period.last.year),
        address("consultations:whistle_figures", year=figures.period.last.year - 1),
    )
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
    counted = Project.objects.filter(county=county, year__in=(year, year - 1)).order_by()
    projects = {(of, kind): number for of, kind, number in counted.values_list("year", "kind").annotate(Count("pk"))}
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
                projects.get((year, kind), 0),
                projects.get((year - 1, kind), 0),
                links=(
                    address("supervision:projects", year=year, kind=kind),
                    address("supervision:projects", year=year - 1, kind=kind),
                ),
            )
        )
    return section("supervision", "专项监督", [*rows, *_inspected(figures)])


def _inspected(figures: Figures) -> list[Row]:
    county, year = figures.scope.county.pk, figures.period.last.year
    now, before = (inspections.of_county(county, one.first, one.last) for one in both(figures))
    held = [address("supervision:inspections", year=one, state=InspectionState.HELD.value) for one in (year, year - 1)]
    found = [address("supervision:findings", year=one) for one in (year, year - 1)]
    rates = Rate(now.put_right, now.sent), Rate(before.put_right, before.sent)
    return [
        line("开展视察（次）", now.held, before.held, links=(held[0], held[1])),
        line("参加视察的代表（人次）", now.deputies, before.deputies, links=(held[0], held[1])),
        line("发现问题", now.found, before.found, links=(found[0], found[1])),
        line("已整改", now.put_right, before.put_right, links=(found[0], found[1]), rates=rates),
    ]


def judged(figures: Figures) -> Table:
    """满意度测评 in the standing committee, and what fell under the line (博爱县：80%)."""
    county, link = figures.scope.county, address("supervision:rounds")
    rounds, opened, passed = [], [], []
    for one in both(figures):
        span = (one.first, one.last)
        rounds.append(Round.objects.counted().filter(county=county, held_on__range=span).count())
        under = Rectification.objects.filter(subject__round__county=county, opened_on__range=span)
        opened.append(under.count())
        passed.append(under.filter(state="passed").count())
    rows = [
        line("满意度测评（次）", rounds[0], rounds[1], url=link),
        line("未达标、要求整改", opened[0], opened[1], url=link),
        line("整改后复评达标", passed[0], passed[1], url=link),
    ]
    return section("rounds", "满意度测评", rows)


def drafts(figures: Figures) -> Table:
    now, before = (legislation.between([figures.scope.county.pk], one.first, one.last) for one in both(figures))
    link = address("legislation:list")
    rows = [
        line("征集修改建议（条）", now.collected, before.collected, url=link),
        line("被吸收采纳（条）", now.adopted, before.adopted, url=link),
    ]
    return section("legislation", "立法联系点", rows)


def sittings(figures: Figures) -> Table:
    now, before = (meetings.between([figures.scope.county.pk], one.first, one.last) for one in both(figures))
    link = address("meetings:list")
    rows = [
        line("召开常委会会议（次）", now.meetings, before.meetings, url=link),
        line("列席代表（人次）", now.deputies, before.deputies, url=link),
        line("旁听公民（人次）", now.citizens, before.citizens, url=link),
    ]
    return section("meetings", "常委会会议", rows)


CALLED = ("接哨（次）", "应报到", "按时报到", "已评价", "评价已解决", "评价满意或基本满意")


def by_department(figures: Figures) -> Table:
    """How each department answered whistles, in the order of the tree: no ranking."""
    link = address("consultations:whistle_figures", year=figures.period.last.year)
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
