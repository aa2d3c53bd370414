from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from receptions import reminders


class Command(BaseCommand):
    help = "Tell the reception days that are due, as the beat does, whatever the hour; prints how many rows it wrote."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=dt.date.fromisoformat, metavar="DATE", help="as on that day (2026-11-20)")

    def handle(self, *args: Any, **options: Any) -> None:
        told = reminders.remind(options["on"])
        once_more = reminders.again(options["on"])
        self.stdout.write(
            f"通知接待日 {told.days} 个，写入或更新公示 {told.notices} 条，再次提醒 {once_more.days} 个接待日。"
        )
        self.stdout.write(f"写入消息 {told.rows + once_more.rows} 条。")
