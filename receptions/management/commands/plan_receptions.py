"""By hand what the task does every hour: a year of reception days ahead, at the dates that the calendar has now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from receptions import planning


class Command(BaseCommand):
    help = "Generate the reception days of the year ahead and settle them by the calendar; a second run prints zeros."

    def handle(self, *args: Any, **options: Any) -> None:
        closed, made, settled = planning.conform(), planning.generate(), planning.settle()
        self.stdout.write(f"新排 {made} 天，按日历调整 {settled} 天，因站点停用或恢复变动 {closed} 天。")
