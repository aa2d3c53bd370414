"""The first parts of the overview: the network and what goes on in it day by day. ``figures`` are a county's, of the year;
what the rooms above count is in :mod:`reports.work.topics`."""

from __future__ import annotations

from django.db.models import Count, Q

from deputies import roster
from deputies.models import Constituent, Deputy, Tie
from deputies.models.tie import TieKind
from receptions.models import Brand
from reports import counting
from reports.figures import Figures
from reports.periods import Period
from reports.tables import Cell, Table, Tables
from reports.work.lines import EVERY, Row, address, line, section, span
from stations.models import Kind, Station
from suggestions.choices import Kind as CaseKind
from suggestions.figures import Rate
from suggestions.models import Formal, FormalState


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
        first, second = (
            address("reports:statistics_days", scope.kind, scope.key, **span(one), show="held") for one in both(figures)
        )
        for label, name in (
            ("开展接待日（场）", "held"),
            ("接待群众（人次）", "visitors"),
            ("代表到站（人次）", "signed_in"),
        ):
            rates = (now.attendance, before.attendance) if name == "signed_in" else None
            rows.append(line(label, getattr(now, name), getattr(before, name), links=(first, second), rates=rates))
    return section("receptions", "代表接待日", rows)


def contacted(figures: Figures) -> Table:
    scope, (now, before) = figures.scope, (figures.now.contacts, figures.before.contacts)
    listed = (
        Constituent.objects.current().filter(deputy__in=Deputy.objects.serving().filter(county=scope.county)).count()
    )
    first, second = (
        address("reports:statistics_deputies", scope.kind, scope.key, **span(one)) for one in both(figures)
    )
    rows = [line("代表联系的群众（名）", listed, url=address("deputies:contact_overview"))]
    if now and before:
        rates = Rate(now.credited, now.owed), Rate(before.credited, before.owed)
        owed = [
            line("应联系（人次）", now.owed, before.owed, links=(first, second)),
            line("已联系（按名额）", now.credited, before.credited, links=(first, second), rates=rates),
        ]
        # What was owed counts the quota of those in office today: over many years it says nothing.
        rows += [] if figures.period.preset == EVERY else owed
        rows.append(line("联系次数", now.contacts, before.contacts, links=(first, second)))
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
    now, before = (_filed(figures.scope.county.pk, period) for period in both(figures))
    rows = []
    for kind, label in ((CaseKind.SUGGESTION.value, "受理代表建议"), (CaseKind.MOTION.value, "立案议案")):
        first, second = (
            address("suggestions:formal_list", kind=kind, state=FormalState.FILED.value, **span(one))
            for one in both(figures)
        )
        rows.append(line(label, now[kind], before[kind], links=(first, second)))
    return section("formal", "代表建议和议案", rows)


def _filed(county_id: int, period: Period) -> dict[str, int]:
    found = Formal.objects.filed().filter(counting.within(period.first, period.last, "filed_at"), county_id=county_id)
    counts = dict(found.order_by().values_list("kind").annotate(Count("pk")))
    return {kind: counts.get(kind, 0) for kind in CaseKind.values}


def both(figures: Figures) -> tuple[Period, Period]:
    return figures.period, figures.period.before()
