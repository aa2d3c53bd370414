"""The stages of an import, and who is told of them."""

from collections.abc import Callable
from enum import Enum


class Stage(Enum):
    READ = "检查格式"
    MATCH = "和系统里的资料核对"
    WRITE = "写入"


Told = Callable[[Stage, int], None]  # the stage, and how many of its rows are done


def quiet(stage: Stage, done: int) -> None:
    """Of few rows nobody is told."""
