"""Carry real messages from an Excel file through the workflow at their own dates, and say what became of each."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liaison.lib.planner import refresh_statistics
from stations.models import County
from suggestions.replay import replay, state_label
from suggestions.replay_sheet import ReplayError


class Command(BaseCommand):
    help = "Carry real messages (留言编号 … 答复时间) through the workflow at their own dates."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--county", required=True, help="code of the county, such as 410822")
        parser.add_argument("--limit", type=int, help="carry only the first N rows")

    def handle(self, *args: Any, **options: Any) -> None:
        county = County.objects.filter(code=options["county"]).first()
        if county is None:
            raise CommandError(f"没有区划代码为 {options['county']} 的县。")
        started = time.monotonic()
        try:
            report = replay(options["file"], county, limit=options["limit"])
        except ReplayError as error:
            raise CommandError(str(error)) from None
        refresh_statistics()
        seconds = time.monotonic() - started
        carried = report.states.total()
        for state, count in report.states.most_common():
            self.stdout.write(f"{state_label(state)}：{count} 件")
        steps = "、".join(f"{label} {count}" for label, count in report.late.most_common())
        self.stdout.write(f"其中有环节逾期：{report.overdue} 件" + (f"（{steps}）" if steps else ""))
        self.stdout.write(f"以前已经载入：{report.already} 件")
        self.stdout.write(f"用时 {seconds:.1f} 秒，每秒 {carried / seconds:.1f} 件")
        self.stdout.write(f"未载入：{len(report.refused)} 行")
        for number, reason in report.refused:
            self.stdout.write(f"  第 {number} 行：{reason}")
