"""``manage.py up``: the whole application on one machine, with embedded defaults. Production: docs/deploy.md."""

from __future__ import annotations

import os
import sys
import unicodedata
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from liaison.launcher import Launcher, Stopped
from liaison.processes import CannotStart


class Command(BaseCommand):
    help = "Start web, worker, beat and (unless REDIS_URL is set) an embedded broker; Ctrl-C stops all of it."
    requires_system_checks = ()  # migrate runs them when there is something to migrate

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--no-demo", action="store_true", help="start with an empty database, without demo data")

    def handle(self, *args: Any, **options: Any) -> None:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # a terminal that cannot show Chinese must not stop us
        launcher = Launcher(
            var_dir=settings.VAR_DIR, base_dir=settings.BASE_DIR, host=options["host"], port=options["port"]
        )
        try:
            with launcher:
                self._run(launcher, demo=not options["no_demo"])
        except Stopped:
            pass
        except CannotStart as error:
            self.stderr.write(str(error))
            raise SystemExit(1) from None
        self._say("已停止，数据都保存好了。")

    def _run(self, launcher: Launcher, *, demo: bool) -> None:
        launcher.start_broker()
        self._migrate()
        if demo and self._is_empty():
            self._say("第一次运行，正在载入演示数据，请稍候……")
            launcher.manage("load_demo")
        logins = self._logins()
        connections.close_all()
        launcher.start()
        self._welcome(launcher, logins)
        launcher.wait()
        self._say("\n正在停止……")

    def _migrate(self) -> None:
        try:
            executor = MigrationExecutor(connections["default"])
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                self._say("正在准备数据库……")
                call_command("migrate", interactive=False, verbosity=0)
        except OperationalError as error:
            raise CannotStart(f"数据库不可用：{error}") from None

    def _is_empty(self) -> bool:
        from stations.models import County

        return not County.objects.exists()

    def _logins(self) -> list[tuple[str, str, str]]:
        """Demo seats to log in with, as far as their accounts are in the database."""
        from accounts.models import User
        from demo.accounts import LOGINS

        here = set(User.objects.filter(username__in=[login[1] for login in LOGINS]).values_list("username", flat=True))
        return [login for login in LOGINS if login[1] in here]

    def _welcome(self, launcher: Launcher, logins: list[tuple[str, str, str]]) -> None:
        self._say(f"\n联络站已启动：{launcher.address}/")
        self._say(f"数据：{launcher.var_dir}　日志：{launcher.log_dir}")
        if logins:
            self._say("\n演示账号（口令改过的，以改后的为准）：")
            for row in table([("身份", "用户名", "口令"), *logins]):
                self._say(f"  {row}")
            if launcher.is_open:
                self._say("注意：现在局域网里的人都能打开，而演示口令是公开的。正式使用请加 --no-demo 另建数据目录。")
        else:
            self._say("\n没有演示账号。新建管理员：.venv/bin/python manage.py createsuperuser")
        self._say("\n按 Ctrl-C 停止。")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def width(text: str) -> int:
    """Columns in a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def table(rows: list[tuple[str, str, str]]) -> list[str]:
    widths = [max(width(row[column]) for row in rows) for column in range(3)]
    return ["  ".join(cell + " " * (widths[i] - width(cell)) for i, cell in enumerate(row)).rstrip() for row in rows]
