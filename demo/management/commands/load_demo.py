"""Load the demo counties; a second run changes nothing and says so."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from demo.load import load_demo
from liaison.lib.planner import refresh_statistics
from suggestions.models import Suggestion


class Command(BaseCommand):
    help = "Load the demo counties 博爱县 and 禹州市 with cases in every state."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor", type=dt.date.fromisoformat, help="the date the cases lead up to (today by default), 2026-11-23"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        migrations = MigrationExecutor(connection)
        if migrations.migration_plan(migrations.loader.graph.leaf_nodes()):
            raise CommandError("数据库还没有建好或升级，请先运行：python manage.py migrate")
        if load_demo(options["anchor"] or timezone.localdate()):
            refresh_statistics()
            self.stdout.write(f"演示数据已载入：博爱县、禹州市，意见 {Suggestion.objects.count()} 件。")
        else:
            self.stdout.write("演示数据已经在了，没有改动。")
