"""The parts of the overview, each from the room that keeps what it counts. ``figures`` are a county's, of the year."""

from __future__ import annotations

from django.db.models import Count, F, Q, QuerySet

from consultations.models import Call
from deputies import roster
from deputies.models import Constituent, Deputy, Tie
from deputies.models.tie import TieKind
from meetings import counts as meetings
from receptions.models import Brand
from reports import counting
from reports.figures import Figures
from reports.periods import Period
from reports.tables import Cell, Table, Tables
from reports.work.lines import Row, address, line, section, span
from stations.models import Kind, Station
from suggestions.choices import Kind as CaseKind
from suggestions.choices import Satisfaction
from suggestions.figures import Rate
from suggestions.models import Formal, FormalState
from supervision.models import Expert, Group, GroupMember, Project
from supervision.models.project import ProjectKind


def sections(figures: Figures) -> list[Table]:
    """In the order in which the work reports tell it. A fixed number of queries."""
    return [
        network(figures),
        receptions(figures),
        contacted(figures),
        cases(figures),
        formal(figures),
        whistles(figures),
        supervision(figures),
        sittings(figures),
    ]


def network(figures: Figures) -> Table:
    """1 + 9 + N, and who is grouped into it: as it is today."""
    county = figures.scope.county
    kinds = dict(
        Station.objects.filter(county=county, is_active=True).order_by().values_list("kind").annotate(Count("pk"))
    )
    serving = Deputy.objects.serving().filter(county=county)
    upper = Q(level__in=roster.OF_UPPER)
    people = serving.aggregate(
        all=Count("pk"), grouped=Count("pk", filter=Q(home_station__isnull=False)), upper=Count("pk", filter=upper)
    )
    ties = Tie.objects.current().filter(county=county, kind=TieKind.DEPARTMENT).count()
    brands = Brand.objects.filter(station__county=county, is_active=True).count()
    tree = address("stations:tree")
    rows = [line(Kind(kind).label, kinds.get(kind, 0), url=tree) for kind in Kind.values]
    rows += [
        line("在任代表", people["all"], url=address("deputies:list")),
        line("编入站点的代表", people["grouped"], url=address("deputies:completeness")),
        line("省、市代表", people["upper"], url=address("deputies:list", level=roster.UPPER)),
        line("联系县直部门的代表", ties, url=address("deputies:ties", kind=TieKind.DEPARTMENT.value)),
        line("特色载体", brands, url=tree),
    ]
    return section("network", "联络站网络", rows)


def receptions(figures: Figures) -> Table:
    scope, (now, before) = figures.scope, (figures.now.receptions, figures.before.receptions)
    rows: list[Row] = []
    if now and before:
        links = [
            address("reports:statistics_days", scope.kind, scope.key, **span(one), show="held")
            for one in _both(figures)
        ]
        for label, name in (
            ("开展接待日（场）", "held"),
            ("接待群众（人次）", "visitors"),
            ("代表到站（人次）", "signed_in"),
        ):
            rates = (now.attendance, before.attendance) if name == "signed_in" else None
            rows.append(
                line(label, getattr(now, name), getattr(before, name), url=links[0], url_before=links[1], rates=rates)
            )
    return section("receptions", "代表接待日", rows)


def contacted(figures: Figures) -> Table:
    scope, (now, before) = figures.scope, (figures.now.contacts, figures.before.contacts)
    listed = (
        Constituent.objects.current().filter(deputy__in=Deputy.objects.serving().filter(county=scope.county)).count()
    )
    links = [address("reports:statistics_deputies", scope.kind, scope.key, **span(one)) for one in _both(figures)]
    rows = [line("代表联系的群众（名）", listed, url=address("deputies:contact_overview"))]
    if now and before:
        rates = Rate(now.credited, now.owed), Rate(before.credited, before.owed)
        rows += [
            line("应联系（人次）", now.owed, before.owed, url=links[0], url_before=links[1]),
            line("已联系（按名额）", now.credited, before.credited, url=links[0], url_before=links[1], rates=rates),
            line("联系次数", now.contacts, before.contacts, url=links[0], url_before=links[1]),
        ]
    return section("contacts", "联系群众", rows)


def cases(figures: Figures) -> Table:
    """Rows of the statistics page, in the words of the work report (收到、解决、满意)."""
    wanted = {
        "收到": "收到意见建议",
        "已答复": "已答复",
        "已解决": "解决问题",
        "满意或基本满意": "群众满意或基本满意",
        "上报过上级站": "上报过上级站",
    }
    rows = [
        (Cell(text=wanted[first.text]), *cells)
        for first, *cells in Tables(figures).summary.rows
        if first.text in wanted
    ]
    return section("cases", "群众意见建议", rows)


def formal(figures: Figures) -> Table:
    """代表建议 and 议案 that were filed, by the day of it."""
    now, before = (_filed(figures.scope.county.pk, period) for period in _both(figures))
    rows = [
        line(
            label,
            now[kind],
            before[kind],
            url=address("suggestions:formal_list", kind=kind, state=FormalState.FILED.value, **span(figures.period)),
            url_before=address(
                "suggestions:formal_list", kind=kind, state=FormalState.FILED.value, **span(figures.period.before())
            ),
        )
        for kind, label in ((CaseKind.SUGGESTION.value, "受理代表建议"), (CaseKind.MOTION.value, "立案议案"))
    ]
    return section("formal", "代表建议和议案", rows)


def _filed(county_id: int, period: Period) -> dict[str, int]:
    found = Formal.objects.filed().filter(counting.within(period.first, period.last, "filed_at"), county_id=county_id)
    counts = dict(found.order_by().values_list("kind").annotate(Count("pk")))
    return {kind: counts.get(kind, 0) for kind in CaseKind.values}


ON_TIME = Q(came_at__isnull=False, came_at__lte=F("due_at"))
GOOD = Q(content__in=(Satisfaction.SATISFIED, Satisfaction.BASICALLY))
CALLS = {
    "called": Count("pk"),
    "came": Count("pk", filter=Q(came_at__isnull=False)),
    "on_time": Count("pk", filter=ON_TIME),
    "done": Count("pk", filter=Q(done_at__isnull=False)),
    "rated": Count("pk", filter=Q(rated_at__isnull=False)),
    "good": Count("pk", filter=GOOD),
}


def _calls(figures: Figures, period: Period) -> QuerySet[Call, Call]:
    blown = counting.within(period.first, period.last, "whistle__blown_at")
    return Call.objects.filter(blown, whistle__station__county=figures.scope.county).order_by()


def whistles(figures: Figures) -> Table:
    now, before = (
        _calls(figures, period).aggregate(blown=Count("whistle", distinct=True), **CALLS) for period in _both(figures)
    )
    link = address("consultations:whistles")

    def row(label: str, name: str, whole: str = "") -> Row:
        rates = (Rate(now[name], now[whole]), Rate(before[name], before[whole])) if whole else None
        return line(label, now[name], before[name], url=link, rates=rates)

    rows = [
        row("站点吹哨（次）", "blown"),
        row("被吹哨单位（家次）", "called"),
        row("部门报到", "came", "called"),
        row("按时报到", "on_time", "called"),
        row("办结", "done", "called"),
        row("评价满意或基本满意", "good", "rated"),
    ]
    return section("whistles", "站点吹哨、部门报到", rows)


def supervision(figures: Figures) -> Table:
    county, year = figures.scope.county, figures.period.last.year
    groups = Group.objects.filter(county=county)
    members = GroupMember.objects.filter(group__in=groups, until__isnull=True).count()
    experts = Expert.objects.filter(group__in=groups, until__isnull=True).count()
    counted = Project.objects.filter(county=county, year__in=(year, year - 1)).order_by()
    projects = {(of, kind): number for of, kind, number in counted.values_list("year", "kind").annotate(Count("pk"))}
    home = address("supervision:home", year=year)
    rows = [
        line("专业监督小组", groups.count(), url=home),
        line("参加小组的代表", members, url=home),
        line("本土专家", experts, url=home),
    ]
    for kind, label in ProjectKind.choices:
        rows.append(
            line(
                str(label),
                projects.get((year, kind), 0),
                projects.get((year - 1, kind), 0),
                url=address("supervision:projects", year=year, kind=kind),
                url_before=address("supervision:projects", year=year - 1, kind=kind),
            )
        )
    return section("supervision", "专项监督", rows)


def sittings(figures: Figures) -> Table:
    now, before = (meetings.between([figures.scope.county.pk], one.first, one.last) for one in _both(figures))
    link = address("meetings:list")
    rows = [
        line("召开常委会会议（次）", now.meetings, before.meetings, url=link),
        line("列席代表（人次）", now.deputies, before.deputies, url=link),
        line("旁听公民（人次）", now.citizens, before.citizens, url=link),
    ]
    return section("meetings", "常委会会议", rows)


def _both(figures: Figures) -> tuple[Period, Period]:
    return figures.period, figures.period.before()
