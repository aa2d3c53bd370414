"""The rows of an upload, what is to become of each, and what an import wrote (for its undo)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from imports.columns import Bad, Column

NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"
VERDICTS = {NEW: "新增", CHANGED: "有改动", SAME: "没有变化", REFUSED: "不能导入"}
BLANK = {"", "-", "—", "——", "/", "／", "－"}


@dataclass(slots=True)
class Row:
    """``cells`` stand in the order of the columns found; ``values`` are what was read of those that are filled in."""

    number: int
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    troubles: list[tuple[str, str, str]] = field(default_factory=list)  # heading, why, suggestion
    fields: dict[str, Any] = field(default_factory=dict)  # of the model, as they will be stored
    target: Any = None  # the stored row it is about; for a new one, what will be stored
    verdict: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)  # heading, old, new

    def refuse(self, heading: str, why: str, suggestion: str = "") -> None:
        self.troubles.append((heading, why, suggestion))


@dataclass
class Upload:
    """What is kept of a file: the names of the columns found, and their cells as they were."""

    names: list[str]
    rows: list[tuple[int, list[str]]]
    unused: list[str] = field(default_factory=list)
    examples: int = 0  # rows of the template's examples that were left out


def read_cells(upload: Upload, columns: Sequence[Column], told: Callable[[int], None] = lambda done: None) -> list[Row]:
    """Each cell read by its column. The same words are read once."""
    by_name = {column.name: column for column in columns}
    present = [by_name[name] for name in upload.names]
    required = [column for column in columns if column.required]
    seen: list[dict[str, Any]] = [{} for _ in present]
    rows = []
    for number, cells in upload.rows:
        row = Row(number, cells)
        values = row.values
        for column, raw, known in zip(present, cells, seen, strict=True):
            if raw in BLANK:
                continue
            if raw in known:
                value = known[raw]
            else:
                value = known[raw] = _read(column, raw)
            if isinstance(value, Bad):
                row.troubles.append((column.heading, value.why, value.suggestion))
            elif value is not None:
                values[column.name] = value
        for column in required:
            if column.name not in values and not any(column.heading == heading for heading, _, _ in row.troubles):
                row.refuse(column.heading, "没有填写")
        rows.append(row)
        if not len(rows) % 1000:
            told(len(rows))
    return rows


def _read(column: Column, raw: str) -> Any:
    if raw.strip() in BLANK:
        return None
    try:
        value = column.read(raw)
    except Bad as bad:
        return bad
    return None if value in ("", []) else value


def compare(row: Row, show: Callable[[str, Any], str], headings: dict[str, str]) -> None:
    """Say of a row without troubles whether it is new, changes its target, or says what is there already."""
    if row.target is None or row.target.pk is None:
        row.verdict = NEW
        return
    for name, value in row.fields.items():
        old = getattr(row.target, name)
        if old != value:
            row.changes.append((headings.get(name, name), show(name, old), show(name, value)))
    row.verdict = CHANGED if row.changes else SAME


@dataclass
class Plan:
    rows: list[Row]
    notes: list[str] = field(default_factory=list)  # what else will be made: constituencies, terms

    def settle(self) -> Plan:
        for row in self.rows:
            if row.troubles:
                row.verdict = REFUSED
        return self

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in VERDICTS}

    def stored(self) -> dict[str, Any]:
        """As the preview keeps it: per row number, verdict, changes, troubles."""
        return {
            "notes": self.notes,
            "rows": [[row.number, row.verdict, row.changes, row.troubles] for row in self.rows],
        }


def fingerprint(stored: dict[str, Any]) -> str:
    text = json.dumps(stored, ensure_ascii=False, separators=(",", ":"), default=list)
    return hashlib.sha256(text.encode()).hexdigest()


# --- what was written ---------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """As JSON gives it back."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def stamp(row: models.Model, names: Sequence[str]) -> int:
    """A check sum of a row's columns: whether somebody changed it since."""
    values = [getattr(row, name) for name in names]
    same = [value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else value for value in values]
    return zlib.crc32(repr(list(map(str, same))).encode())


def column_names(model: type[models.Model]) -> list[str]:
    return [item.attname for item in model._meta.concrete_fields]


@dataclass
class Written:
    """``created``: model → [key, check sum]; ``changed``: model → key → column → [old, new]."""

    created: dict[str, list[list[int]]] = field(default_factory=dict)
    changed: dict[str, dict[str, dict[str, list[Any]]]] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)  # what a kind needs besides

    def add_created(self, rows: Iterable[models.Model]) -> None:
        for row in rows:
            self.created.setdefault(row._meta.label, []).append([row.pk, 0])

    def stamp_created(self, rows: Sequence[models.Model]) -> None:
        """To be called once everything is as it stays."""
        if rows:
            names = column_names(type(rows[0]))
            self.created[rows[0]._meta.label] = [[row.pk, stamp(row, names)] for row in rows]

    def add_changed(self, row: models.Model, changed: dict[str, tuple[Any, Any]]) -> None:
        of_model = self.changed.setdefault(row._meta.label, {})
        of_model[str(row.pk)] = {name: [plain(old), plain(new)] for name, (old, new) in changed.items()}

    def as_json(self) -> dict[str, Any]:
        return {"created": self.created, "changed": self.changed, "extra": self.extra}


def put_changes(row: Row, written: Written) -> list[str]:
    """Set the fields of a changed row on its target, and note old and new; returns the names that differ."""
    target = row.target
    changed: dict[str, tuple[Any, Any]] = {}
    names = []
    for name, value in row.fields.items():
        if getattr(target, name) != value:
            attname = target._meta.get_field(name).attname
            old = getattr(target, attname)
            setattr(target, name, value)
            changed[attname] = (old, getattr(target, attname))
            names.append(name)
    written.add_changed(target, changed)
    return names


def store_changed(rows: Sequence[models.Model], names: Iterable[str]) -> None:
    """Write ``names`` of rows that exist, in a few statements: an insert that meets the key updates instead. A bulk
    update would write each value into one long expression and take ten times as long."""
    fields = sorted(set(names))
    if rows and fields:
        type(rows[0])._default_manager.bulk_create(
            rows, batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=fields
        )
