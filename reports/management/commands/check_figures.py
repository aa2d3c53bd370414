"""Prove that the kept figures of days and months are what a count from scratch gives."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports import marks, upkeep
from reports.models import DailyFigures, MonthlyFigures, TouchedDay
from stations.models import County


class Command(BaseCommand):
    help = "Compare the kept figures of days and months with a count from scratch. Exits with 1 where they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--county", help="one county's code; all where it is not given")
        parser.add_argument("--repair", action="store_true", help="count anew what differs or is marked")

    def handle(self, *args: Any, **options: Any) -> None:
        counties = County.objects.order_by("code")
        if options["county"]:
            counties = counties.filter(code=options["county"])
            if not counties:
                raise CommandError(f"没有代码为 {options['county']} 的县。")
        gone = marks.missing()
        if gone:
            self.stdout.write(f"缺少触发器：{'、'.join(sorted(gone))}")
            if options["repair"]:
                marks.put_back()
        found = [one for county in counties for one in upkeep.check(county, repair=options["repair"])]
        for one in found:
            self.stdout.write(f"{one.county} {one.day}：{one.what}")
        if options["repair"]:
            upkeep.refresh()
        kept = DailyFigures.objects.count() + MonthlyFigures.objects.count()
        waiting = TouchedDay.objects.values("county_id", "day").distinct().count()
        self.stdout.write(
            f"{kept} 行留存，{waiting} 天待重算，{len(found)} 处不符"
            + ("，已更正" if options["repair"] and found else "")
        )
        if (found or gone) and not options["repair"]:
            raise CommandError("留存的数据与重新计数不一致，可用 --repair 更正。")
