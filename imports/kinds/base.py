"""What every kind of import declares and does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models

from imports.columns import Column
from imports.rows import Plan, Row, Upload, Written, read_cells
from imports.scope import Scope
from imports.stages import Stage, Told, quiet

CHUNK = 5000  # rows between two notes of progress


class Kind:
    """``plan`` decides about each row with a fixed number of queries; ``write`` does what the plan says, inside a
    transaction that the caller holds. Both are given rows whose cells were read by their columns."""

    key: ClassVar[str]
    label: ClassVar[str]  # 代表
    measure: ClassVar[str] = "条"  # 12 名
    about: ClassVar[str]  # one sentence for the page
    matched_by: ClassVar[str]  # how existing rows are known again, for the page and the template
    columns: ClassVar[Sequence[Column]]
    shown: ClassVar[tuple[str, ...]]  # columns that name a row in the preview
    hub_only: ClassVar[bool] = False
    has_slips: ClassVar[bool] = False  # leaves first passwords to be fetched once

    def __init__(self, told: Told = quiet) -> None:
        self.told = told

    @classmethod
    def headings(cls) -> dict[str, str]:
        return {column.name: column.heading for column in cls.columns}

    def offered(self, scope: Scope) -> dict[str, list[str]]:
        """What the drop-downs filled from the county offer, by ``Column.offered``."""
        return {}

    def planned(self, scope: Scope, upload: Upload) -> Plan:
        rows = read_cells(upload, self.columns, lambda done: self.told(Stage.READ, done))
        self.told(Stage.MATCH, 0)
        return self.plan(scope, rows)

    def written(self, done: int) -> None:
        self.told(Stage.WRITE, done)

    def store(self, model: type[models.Model], rows: Sequence[models.Model]) -> None:
        """Insert them, and tell how far it is."""
        for start in range(0, len(rows), CHUNK):
            self.written(start)
            model._default_manager.bulk_create(rows[start : start + CHUNK], batch_size=1000)

    def plan(self, scope: Scope, rows: list[Row]) -> Plan:
        raise NotImplementedError

    def write(self, scope: Scope, plan: Plan) -> Written:
        raise NotImplementedError

    def show(self, name: str, value: Any) -> str:
        """A stored value as people read it."""
        return "（空）" if value in (None, "") else str(value)

    def undone(self, scope: Scope, record: dict[str, Any]) -> None:
        """What a kind has to put right besides, once its rows are gone; raises ValidationError to refuse."""
