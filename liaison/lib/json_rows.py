"""The few rows that hang on a row, brought along with it: one query instead of one more for each list on a page."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, JSONField, QuerySet, Subquery
from django.db.models.sql.compiler import SQLCompiler


class JSONRows(Subquery):
    """``JSONRows(rows, name="name", station="station__name")``: the rows as a list of dictionaries, in the order of
    ``rows``. Days, hours and moments come as texts, which ``day``, ``hour`` and ``moment`` read; on SQLite truth values
    are 0 and 1. Among ``columns`` may be an annotation that is a JSONRows itself."""

    def __init__(self, rows: QuerySet[Any, Any], **columns: str) -> None:
        annotated: dict[str, Any] = rows.query.annotations
        inner = {
            name: annotated[path].output_field.columns
            for name, path in columns.items()
            if isinstance(annotated.get(path), JSONRows)
        }
        field = _Rows(columns={name: inner.get(name) for name in columns})
        super().__init__(rows.values(json=_Listed(*columns.values())), output_field=field)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        listed = "(SELECT JSON_GROUP_ARRAY(JSON(rows.json)) FROM (%(subquery)s) AS rows)"
        return self.as_sql(compiler, connection, template=listed)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        listed = "(SELECT JSON_AGG(rows.json) FROM (%(subquery)s) AS rows)"
        return self.as_sql(compiler, connection, template=listed)


class _Listed(Func):
    """A row as a list: names would have to be said, read and written once for every row."""

    output_field = JSONField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_ARRAY", **extra)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_BUILD_ARRAY", **extra)


class _Rows(JSONField):
    def __init__(self, *, columns: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.columns = columns or {}

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> list[dict[str, Any]]:
        return _named(json.loads(value) if isinstance(value, str) else value, self.columns)


def _named(rows: list[list[Any]] | None, columns: dict[str, Any]) -> list[dict[str, Any]]:
    named = [dict(zip(columns, row, strict=True)) for row in rows or ()]
    for name, inner in columns.items():
        if inner is not None:
            for row in named:
                row[name] = _named(row[name], inner)
    return named


day, hour = dt.date.fromisoformat, dt.time.fromisoformat


def moment(text: str) -> dt.datetime:
    """Aware; SQLite has moments in UTC and does not say so."""
    found = dt.datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
