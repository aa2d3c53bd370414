"""Child processes of the launcher: started apart from the terminal, each with a log of its own, stopped within a limit.

On Linux they also end by themselves when the launcher is killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

START_WITHIN = 120.0  # seconds until the first page; a slow disk needs most of it once
LOGS_KEPT = 5
PR_SET_PDEATHSIG = 1


class CannotStart(Exception):
    """What keeps the application from starting or running, in words for the person who started it."""


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
