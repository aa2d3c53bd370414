"""Everything one installation needs, started and stopped together on one machine (``manage.py up``).

The launcher starts the embedded broker, the worker, the beat and the web server as children and stops them in
``STOP_ORDER``: a worker first, while the broker can still take its acknowledgements; the broker last. Each child has a
limit in seconds and is killed after it. On Linux children also end by themselves when the launcher is killed.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO

from liaison.broker import Broker, answers
from liaison.processes import START_WITHIN, CannotStart, Child

NAMES = {"broker": "消息队列", "worker": "后台任务", "beat": "定时任务", "web": "网页服务"}
STOP_ORDER = ("worker", "beat", "web", "broker")
STOP_WITHIN = {"worker": 15.0, "beat": 5.0, "web": 12.0}  # seconds; the broker knows its own


class Stopped(Exception):
    """Somebody asked to stop while the application was still starting."""


# --- what only one may have ---------------------------------------------------------------


def lock(var_dir: Path, wait: float = 5.0) -> IO[str]:
    """The lock on ``var_dir``, held for as long as the returned file is open here or in any child.

    Waits a little, because the children of a launcher that was killed need a moment to end.
    """
    handle = open(var_dir / "up.lock", "a+", encoding="utf-8")  # noqa: SIM115 — its holder closes it
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < until:
                time.sleep(0.2)
                continue
            handle.seek(0)
            holder = handle.read().strip()
            handle.close()
            raise CannotStart(
                f"数据目录 {var_dir} 正被另一个联络站程序使用（进程 {holder or '未知'}）。"
                "请先停止它，或用 LIAISON_VAR= 另选一个数据目录。"
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        return handle


def listen(host: str, port: int) -> socket.socket:
    """A listening socket for the web server, taken before anything else is started."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        return socket.create_server((host, port), family=family, backlog=256)
    except (OSError, OverflowError) as error:
        code = getattr(error, "errno", None)
        if code == errno.EADDRINUSE:
            raise CannotStart(
                f"端口 {port} 已被占用。请换一个端口，例如 make run PORT={port + 1}，或先停止占用它的程序。"
            ) from None
        if code == errno.EACCES:
            raise CannotStart(f"没有权限使用端口 {port}。1024 以下的端口需要管理员权限，请换一个。") from None
        raise CannotStart(f"不能在地址 {host} 端口 {port} 上提供服务：{error}") from None


# --- all of it ----------------------------------------------------------------------------


class Launcher:
    """Holds the lock and the port, starts children, waits, stops them. Use as a context manager."""

    def __init__(self, *, var_dir: Path, base_dir: Path, host: str, port: int) -> None:
        self.var_dir, self.base_dir, self.host, self.port = var_dir, base_dir, host, port
        self.children: dict[str, Child] = {}
        self.broker: Broker | None = None
        self.signals = 0
        self.env = dict(os.environ)
        self._opened = contextlib.ExitStack()

    def __enter__(self) -> Launcher:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)
        with contextlib.ExitStack() as opened:
            self.lock = opened.enter_context(lock(self.var_dir))
            self.socket = opened.enter_context(listen(self.host, self.port))
            self._opened = opened.pop_all()
        self.env |= {
            "PYTHONUNBUFFERED": "1",
            "LIAISON_VAR": str(self.var_dir),
            "SITE_URL": os.environ.get("SITE_URL") or self.address,
            "ALLOWED_HOSTS": os.environ.get("ALLOWED_HOSTS") or ",".join(own_names(self.host)),
        }
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()
        self._opened.close()

    def _note(self, number: int, frame: FrameType | None) -> None:
        # Only noted here and looked at between steps: an exception from a signal could lose a child that was
        # being started, or break off a migration in the middle.
        self.signals += 1

    def _go_on(self) -> None:
        if self.signals:
            raise Stopped

    @property
    def address(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host and '[' not in host else host}:{self.port}"

    @property
    def is_open(self) -> bool:
        """Whether others than this machine can reach it."""
        return self.host not in {"127.0.0.1", "localhost", "::1", "[::1]"}

    @property
    def log_dir(self) -> Path:
        return self.var_dir / "logs"

    def start_broker(self) -> None:
        """The embedded one, or the one that REDIS_URL names, which must answer."""
        self._go_on()
        if url := os.environ.get("REDIS_URL"):
            if not answers(url):
                raise CannotStart("REDIS_URL 指定的 Redis 没有响应，请检查它是否在运行、地址和口令是否正确。")
            return
        self.broker = Broker(self.var_dir / "broker", self.log_dir / "broker.log")
        self.broker.start(keep=[self.lock.fileno()])
        self.children["broker"] = self.broker.child
        self.env["REDIS_URL"] = self.broker.url

    def manage(self, *arguments: str) -> None:
        """Run a management command to its end, with the broker at hand."""
        self._go_on()
        child = self._start("manage", [sys.executable, "manage.py", *arguments])
        try:
            while child.exit_code is None:
                self._go_on()
                time.sleep(0.1)
        finally:
            del self.children["manage"]
            child.stop(10, lambda: False)
        if child.exit_code:
            raise CannotStart(f"{arguments[0]} 没有成功，最近的日志（{child.log}）：\n{child.last_lines()}")

    def start(self) -> None:
        """Worker, beat and web; returns when the web server answers."""
        self._go_on()
        celery = [sys.executable, "-m", "celery", "-A", "liaison"]
        threads = self.env.get("WORKER_THREADS") or "4"
        quiet = ["--without-gossip", "--without-mingle"]  # there is no other worker to talk to
        self._start("worker", [*celery, "worker", "-P", "threads", "-c", threads, "-l", "INFO", *quiet])
        self._start("beat", [*celery, "beat", "-l", "INFO"])
        workers, threads = self.env.get("WEB_WORKERS") or "2", self.env.get("WEB_THREADS") or "4"
        web = web_server(self.socket.fileno(), workers=workers, threads=threads)
        self._start("web", web, keep=[self.socket.fileno()])
        until = time.monotonic() + START_WITHIN
        while not self._web_answers():
            self._go_on()
            self.check()
            if time.monotonic() > until:
                raise CannotStart(
                    f"网页服务 {START_WITHIN:.0f} 秒内没有响应，最近的日志（{self.children['web'].log}）：\n"
                    f"{self.children['web'].last_lines()}"
                )
            time.sleep(0.1)
        self.socket.close()  # the web server's own copy stays open for as long as it runs

    def _start(self, name: str, arguments: Sequence[str], keep: Sequence[int] = ()) -> Child:
        child = self.children[name] = Child(name, self.log_dir / f"{name}.log")
        child.start(arguments, env=self.env, cwd=self.base_dir, keep=[self.lock.fileno(), *keep])
        return child

    def _web_answers(self) -> bool:
        host, port = self.socket.getsockname()[:2]
        connection = HTTPConnection({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port, timeout=2)
        with contextlib.closing(connection), contextlib.suppress(OSError, HTTPException):
            connection.request("GET", "/accounts/login/", headers={"Host": own_names(self.host)[-1]})
            return connection.getresponse().status < 500
        return False

    def check(self) -> None:
        """Raises CannotStart, with the end of its log, where a child has ended by itself."""
        for name, child in self.children.items():
            if (code := child.exit_code) is not None:
                raise CannotStart(
                    f"{NAMES.get(name, name)}意外退出（代码 {code}），最近的日志（{child.log}）：\n{child.last_lines()}"
                )

    def wait(self) -> None:
        """Until a signal asks to stop; raises CannotStart where a child ends before that."""
        while not self.signals:
            self.check()
            time.sleep(0.2)

    def stop(self) -> None:
        """All children, in order. A second Ctrl-C does not wait for them any longer."""
        already = min(self.signals, 1)
        for name in STOP_ORDER:
            if child := self.children.pop(name, None):
                if self.broker and child is self.broker.child:
                    self.broker.stop(lambda: self.signals > already)
                else:
                    child.stop(STOP_WITHIN[name], lambda: self.signals > already)


def web_server(fd: int, *, workers: str, threads: str) -> list[str]:
    """The command that serves the application on the listening socket ``fd``."""
    gunicorn = [sys.executable, "-m", "gunicorn", "liaison.wsgi", "--bind", f"fd://{fd}"]
    limits = ["--timeout", "60", "--graceful-timeout", "8", "--no-control-socket"]
    return [*gunicorn, "--workers", workers, "--threads", threads, *limits]


def own_names(host: str) -> list[str]:
    """Host names to answer to where ALLOWED_HOSTS does not say: this machine's, as far as ``host`` opens them."""
    names = ["localhost", "127.0.0.1", "[::1]"]
    if host in {"0.0.0.0", "::", ""}:
        names.append(socket.gethostname().lower())
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # sends nothing; tells which address leads out of the house
            names.append(probe.getsockname()[0])
    elif host not in names:
        names.append(f"[{host}]" if ":" in host else host)
    return names
