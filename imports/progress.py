"""How far a large import is. It is written in one transaction, from which nothing else is seen: so it is said in the
cache, where pages look. Where there is no cache, they say what is being done, and not how far it is."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

from imports.models import Import, State
from imports.stages import Stage
from liaison.lib import jobs

# What share of the whole a stage is, of 100, in the order they come in; measured with a roster.
SHARES: dict[str, dict[Stage, int]] = {
    State.CHECKING: {Stage.READ: 40, Stage.MATCH: 60},
    State.WRITING: {Stage.READ: 10, Stage.MATCH: 25, Stage.WRITE: 65},
    State.UNDOING: {},
}


class Progress:
    """Called with the stage and the rows that are done; tells once a second. While it is checked, and nothing else is
    open, the row says that somebody is alive; while it is written, its lock does."""

    def __init__(self, job: Import) -> None:
        self.job, self.shares, self.is_heard = job, SHARES[job.state], True
        self.say = jobs.Seldom(self._say)

    def __call__(self, stage: Stage, done: int) -> None:
        self.say(stage, done)

    def _say(self, stage: Stage, done: int) -> None:
        if self.job.state == State.CHECKING:
            jobs.say(self.job)
        before = 0
        for one, share in self.shares.items():
            if one is stage:
                break
            before += share
        percent = before + self.shares.get(stage, 0) * min(done, self.job.rows) // max(self.job.rows, 1)
        if self.is_heard:
            self.is_heard = False  # one that does not answer is not waited for again and again
            with suppress(RedisError, OSError):
                said = {"attempt": self.job.attempt, "stage": stage.value, "done": done, "percent": percent}
                cache.set(_key(self.job), said, jobs.SILENT.total_seconds())
                self.is_heard = True


@dataclass(frozen=True)
class Shown:
    """``percent`` is None where it is not known."""

    words: str
    percent: int | None


def shown(one: Import) -> Shown:
    if one.alive_at is None:
        return Shown("排队中，马上开始", 0)
    said: Any = None
    with suppress(RedisError, OSError):
        said = cache.get(_key(one))
    if not said or said["attempt"] != one.attempt:
        return Shown(f"{one.get_state_display()}，共 {one.rows:,} 行", None)
    done = f"：{said['done']:,} / {one.rows:,} 行" if said["done"] else ""
    return Shown(f"正在{said['stage']}{done}", min(said["percent"], 99))


def _key(one: Import) -> str:
    return f"import:{one.pk}:{one.state}"
