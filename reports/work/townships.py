"""The overview by township: a row for each, in the order of the tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count, Sum

from consultations import figures as consultations
from consultations.models import Consultation
from deputies import contacts
from deputies.models import Deputy
from receptions.models import ReceptionDay
from reports.figures import Figures
from reports.receiving import HELD
from reports.scopes import STATION
from reports.tables import Cell, Table
from reports.work.lines import address, by_year, span
from reports.work.topics import calls_of
from stations.models import Kind, Station
from suggestions.figures import Tally

HEADS = ("联络点", "代表", "接待日", "接待群众", "已联系群众", "协商", "吹哨", "收到意见", "已答复", "解决问题")


def townships(figures: Figures) -> Table:
    """Of the year; points and deputies as they are today. A dozen queries however many townships there are."""
    county, period = figures.scope.county, figures.period
    stations = dict(Station.objects.filter(county=county).order_by("path").values_list("pk", "path"))
    towns = list(Station.objects.filter(county=county, kind=Kind.TOWNSHIP, is_active=True).order_by("path"))
    of = {path: town.pk for town in towns for path in stations.values() if path.startswith(town.path)}

    def summed(rows: Iterable[tuple[str, int | None]]) -> Counter[int]:
        found: Counter[int] = Counter()
        for path, number in rows:
            if path in of:
                found[of[path]] += number or 0
        return found

    points = Station.objects.filter(county=county, is_active=True, kind=Kind.POINT).order_by()
    people = Deputy.objects.serving().filter(county=county)
    days = ReceptionDay.objects.filter(
        county=county, state__in=HELD, date__gte=period.first, date__lte=period.last
    ).order_by()
    held = list(days.values_list("station__path").annotate(Count("pk"), Sum("visitors")))
    talks = contacts.by_station(contacts.with_quota(people), period.first, period.last)
    consulted = consultations.by_station(
        Consultation.objects.filter(county=county, date__range=(period.first, period.last))
    )
    blown = calls_of(figures, period).order_by().values_list("whistle__station__path")
    numbers = (
        summed(points.values_list("path").annotate(Count("pk"))),
        summed(people.order_by().values_list("home_station__path").annotate(Count("pk"))),
        summed((path, number) for path, number, _ in held),
        summed((path, visitors) for path, _, visitors in held),
        summed((stations.get(pk or 0, ""), one.credited) for pk, one in talks.items()),
        summed((stations.get(pk or 0, ""), one.held) for pk, one in consulted.items()),
        summed(blown.annotate(Count("whistle", distinct=True))),
    )
    groups = {group.ledger.get("origin"): group for group in figures.by_station}
    rows = []
    for town in towns:
        group = groups.get(str(town.pk))
        tally, ledger = (group.tally, group.ledger) if group else (Tally(), {"origin": str(town.pk)})
        links = (
            address("stations:detail", town.pk),
            address("deputies:list", station=town.pk),
            *[address("reports:statistics_days", STATION, town.pk, **span(period), show="held")] * 2,
            address("reports:statistics_deputies", STATION, town.pk, **span(period)),
            by_year("consultations:list", period, station=town.pk)[0],
            by_year("consultations:whistle_figures", period)[0],
        )
        cells = [Cell(found[town.pk], url=link) for found, link in zip(numbers, links, strict=True)]
        cells += [
            Cell(getattr(tally, name), params={**ledger, **span(period), "counted": name})
            for name in ("received", "answered", "solved")
        ]
        page = address("reports:statistics", STATION, town.pk, **span(period))
        rows.append((Cell(text=town.name, url=page), *cells))
    note = "按站点编排顺序排列，不是排名；各数包括所属联络点。联络点和代表是现在的数。"
    return Table("townships", "各乡镇（街道）", "乡镇（街道）", HEADS, rows, note)
