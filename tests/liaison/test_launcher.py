"""The launcher, started for real: own data folder, own port, real processes."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.urls import reverse

from demo.accounts import LOGINS
from liaison import broker, launcher, processes
from liaison.management.commands.up import table

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(var: Path, **more: str) -> dict[str, str]:
    """The embedded default, whatever the suite itself runs on."""
    keep = {k: v for k, v in os.environ.items() if k not in {"SITE_URL", "ALLOWED_HOSTS", "HOST", "PORT"}}
    return keep | {"LIAISON_VAR": str(var), "DATABASE_URL": "", "REDIS_URL": "", "PYTHONUTF8": "1"} | more


class Up:
    """One ``manage.py up`` and what it says."""

    def __init__(self, var: Path, port: int, *, demo: bool = False, **env: str) -> None:
        self.var, self.port = var, port
        self.said = var.parent / f"said-{port}.txt"
        with open(self.said, "ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--port", str(port), *([] if demo else ["--no-demo"])],
                cwd=settings.BASE_DIR,
                env=environment(var, **env),
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    def until_ready(self) -> "Up":
        wait_for(lambda: "按 Ctrl-C 停止" in self.output or self.process.poll() is not None, 150)
        assert self.process.poll() is None, self.output
        return self

    @property
    def output(self) -> str:
        return self.said.read_text()

    def children(self) -> dict[int, str]:
        """The command lines of everything that works for this data folder, found without the launcher's help."""
        mark, broker = f"LIAISON_VAR={self.var}".encode(), str(self.var / "broker")
        found = {}
        for entry in Path("/proc").iterdir():
            try:
                if not entry.name.isdigit():
                    continue
                if mark in (entry / "environ").read_bytes().split(b"\0") or os.readlink(entry / "cwd") == broker:
                    found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
        found.pop(self.process.pid, None)
        return found

    def get(self, path: str) -> tuple[int, bytes]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return answer.status, answer.read()

    def log_in(self, username: str, password: str) -> str:
        """Where the log-in form leads to."""
        page = f"http://127.0.0.1:{self.port}/accounts/login/"
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.open(page, timeout=20).read().decode())
        assert token
        form = {
            "csrfmiddlewaretoken": token[1],
            "username": username,
            "password": password,
            "next": reverse("accounts:me"),
        }
        return browser.open(page, urllib.parse.urlencode(form).encode(), timeout=20).url

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)


@contextmanager
def up(var: Path, port: int | None = None, *, demo: bool = False, **env: str) -> Iterator[Up]:
    running = Up(var, port or free_port(), demo=demo, **env)
    try:
        yield running
    finally:
        running.stop()


def wait_for(happened, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "did not happen in time"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """From an empty folder, as the first start on a new machine."""
    with up(tmp_path_factory.mktemp("up") / "var") as one:
        yield one.until_ready()
        assert "正在准备数据库" in one.output


@pytest.fixture
def used(running: Up, tmp_path: Path) -> Path:
    """A data folder as a start leaves it, so that what is not about the first start need not wait for its database."""
    var = tmp_path / "var"
    var.mkdir()
    with (
        closing(sqlite3.connect(running.var / "liaison.sqlite3")) as there,
        closing(sqlite3.connect(var / "liaison.sqlite3")) as here,
    ):
        there.backup(here)
    return var


def test_the_login_page_answers_and_has_its_styles(running: Up) -> None:
    status, page = running.get("/accounts/login/")
    assert status == 200
    styles = re.findall(rb'href="(/static/[^"]+\.css[^"]*)"', page)
    assert styles
    for address in styles:
        status, body = running.get(address.decode())
        assert status == 200
        assert body


def test_a_task_goes_through_the_embedded_broker_to_the_worker(running: Up) -> None:
    """A notice is written by a command run beside the application; without a mail server the worker marks it failed."""
    command = (
        "from accounts.models import User; from messaging.outbox import tell;"
        "u = User.objects.create_user('someone', 'long-pass-2026', name='某人', email='someone@example.org');"
        "tell(key='test:1', people=[u], subject='试一试')"
    )
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", command],
        cwd=settings.BASE_DIR,
        env=environment(running.var),
        check=True,
        timeout=60,
    )

    def state() -> str:
        with closing(sqlite3.connect(running.var / "liaison.sqlite3")) as db:
            return db.execute("SELECT state FROM messaging_outboxrow WHERE channel = 'email'").fetchone()[0]

    wait_for(lambda: state() == "failed", 30)


def test_the_first_run_loads_the_demo_and_prints_log_ins_that_work(tmp_path: Path) -> None:
    with up(tmp_path / "var", demo=True) as one:
        one.until_ready()
        for seat, username, password in LOGINS:
            line = next(line for line in one.output.splitlines() if line.strip().startswith(f"{seat} "))
            assert line.split()[-2:] == [username, password]
        username, password = LOGINS[0][1:]
        assert one.log_in(username, "wrong").endswith("/accounts/login/")
        assert one.log_in(username, password).endswith(reverse("accounts:me"))


def test_the_same_port_is_refused_in_plain_words(running: Up, tmp_path: Path) -> None:
    with up(tmp_path / "other", running.port) as second:
        assert second.process.wait(30) == 1
        assert f"端口 {running.port} 已被占用" in second.output
        assert "Traceback" not in second.output
    assert running.process.poll() is None


def test_the_same_data_folder_is_refused_in_plain_words(running: Up) -> None:
    with up(running.var) as second:
        assert second.process.wait(30) == 1
        assert f"正被另一个联络站程序使用（进程 {running.process.pid}）" in second.output
    assert running.get("/accounts/login/")[0] == 200


@linux_only
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_and_the_next_start_finds_its_data(used: Path, number: int) -> None:
    var = used
    with up(var) as first:
        first.until_ready()
        working = " ".join(first.children().values())
        for part in ("celery -A liaison worker", "celery -A liaison beat", "gunicorn", "-server"):
            assert part in working
        broker = (var / "broker" / "url").read_text()
        redis.Redis.from_url(broker).set("kept", "yes")
        with closing(sqlite3.connect(var / "liaison.sqlite3")) as db, db:
            db.execute("CREATE TABLE kept (word TEXT)")
        assert first.stop(number) == 0
        assert first.children() == {}
    assert not (var / "broker" / "url").exists()
    if number != signal.SIGTERM:
        return
    with up(var) as second:
        second.until_ready()
        assert "正在准备数据库" not in second.output
        assert redis.Redis.from_url((var / "broker" / "url").read_text()).get("kept") == b"yes"
        with closing(sqlite3.connect(var / "liaison.sqlite3")) as db:
            assert db.execute("SELECT * FROM kept").fetchall() == []
        assert (var / "logs" / "web.log.1").exists()


@linux_only
def test_a_dead_child_stops_the_rest_and_says_why(used: Path) -> None:
    with up(used) as one:
        one.until_ready()
        worker = next(pid for pid, line in one.children().items() if "liaison worker" in line)
        os.kill(worker, signal.SIGKILL)
        assert one.process.wait(60) == 1
        assert "后台任务意外退出" in one.output
        assert one.children() == {}


@linux_only
def test_nothing_is_left_when_the_launcher_itself_is_killed(used: Path) -> None:
    with up(used) as one:
        one.until_ready()
        one.process.kill()
        one.process.wait()
        wait_for(lambda: not one.children(), 30)


def test_a_redis_of_ones_own_is_used_instead(used: Path, tmp_path: Path) -> None:
    own = broker.Broker(tmp_path / "own", tmp_path / "own.log")
    own.start()
    try:
        with up(used, REDIS_URL=own.url) as one:
            one.until_ready()
            assert not (used / "broker").exists()
            assert one.get("/accounts/login/")[0] == 200
    finally:
        own.stop()


def test_a_redis_that_does_not_answer_is_said_so(tmp_path: Path) -> None:
    with up(tmp_path / "var", REDIS_URL=f"redis://127.0.0.1:{free_port()}/0") as one:
        assert one.process.wait(60) == 1
        assert "REDIS_URL 指定的 Redis 没有响应" in one.output


def test_the_embedded_broker_wants_its_password(tmp_path: Path) -> None:
    embedded = broker.Broker(tmp_path / "broker", tmp_path / "broker.log")
    embedded.start()
    try:
        port = embedded.url.rpartition(":")[2]
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(f"redis://127.0.0.1:{port}").ping()
        assert (tmp_path / "broker" / "url").stat().st_mode & 0o077 == 0
    finally:
        embedded.stop()


def test_without_any_broker_program_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "broker_programs", lambda: iter(()))
    with pytest.raises(processes.CannotStart, match="redis-server"):
        broker.Broker(tmp_path / "broker", tmp_path / "broker.log").start()


def test_logs_are_kept_five_starts_back(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "web.log"
    for start in range(8):
        processes.rotate(log)
        log.write_text(str(start))
    assert [log.with_name(f"web.log.{n}").read_text() for n in range(1, 6)] == ["6", "5", "4", "3", "2"]
    assert not log.with_name("web.log.6").exists()


def test_a_host_on_the_network_is_answered_to_and_others_are_not() -> None:
    assert launcher.own_names("192.168.1.20") == ["localhost", "127.0.0.1", "[::1]", "192.168.1.20"]
    assert "0.0.0.0" not in launcher.own_names("0.0.0.0")


def test_the_table_of_logins_lines_up_with_chinese_in_it() -> None:
    assert table([("身份", "用户名", "口令"), ("乡镇", "xz", "a")]) == ["身份  用户名  口令", "乡镇  xz      a"]
