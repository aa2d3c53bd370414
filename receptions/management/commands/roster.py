"""Print the roster of a county's stations for the months to come, with the figures that show how fair it is."""

from __future__ import annotations

import unicodedata
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from receptions import roster_table, rosters
from receptions.roster_forms import month, months_on
from receptions.schedule import rules_for
from stations.models import Station

MARKS = {"on": "●", "new": "○", "away": "假"}


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in text)


def padded(text: str, to: int) -> str:
    return text + " " * max(0, to - width(text))


class Command(BaseCommand):
    help = "打印一个县各站点的值班表和均衡情况；还没有排的接待日按自动排班显示（○），不保存。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--county", required=True, help="行政区划代码，如 410822")
        parser.add_argument("--start", default="", help="从哪个月起，如 2027-01；默认本月")
        parser.add_argument("--months", type=int, default=12, help="几个月，默认 12")
        parser.add_argument("--station", default="", help="只要名称里有这几个字的站点")
        parser.add_argument("--as-is", action="store_true", help="只看已经排好的，不补")

    def handle(self, *args: Any, **options: Any) -> None:
        stations = Station.objects.filter(county__code=options["county"], is_active=True).order_by("path")
        if not stations:
            raise CommandError(f"没有行政区划代码为 {options['county']} 的县。")
        start = month(options["start"]) if options["start"] else timezone.localdate().replace(day=1)
        if start is None or not 1 <= options["months"] <= 36:
            raise CommandError("月份写作 2027-01，月数在 1 到 36 之间。")
        end = months_on(start, options["months"])
        rules = rules_for(stations)
        chosen = [one for one in stations if rules[one.pk].holds and options["station"] in one.name]
        for station in chosen:
            period = rosters.Period(station, start, end)
            self.show(rosters.read(period) if options["as_is"] else rosters.propose(period))
        if not chosen:
            self.stdout.write("没有设接待日的站点。")

    def show(self, roster: rosters.Roster) -> None:
        period = roster.period
        self.stdout.write(f"\n{period.station}　{roster_table.period_words(period.start, period.end)}")
        heads = roster_table.heads(roster)
        if heads and roster.deputies:
            dates = "".join(padded(f"{head.day.date:%m-%d}", 7) for head in heads)
            self.stdout.write(f"{padded('代表', 10)}{dates}次数")
            for row in roster_table.rows(roster):
                marks = "".join(padded(MARKS.get(cell.mark, "·"), 7) for cell in row.cells)
                self.stdout.write(f"{padded(row.deputy.name, 10)}{marks}{row.total}")
            self.stdout.write(roster_table.in_words(roster))
        for reason in roster.reasons:
            self.stdout.write(f"  * {reason}")
