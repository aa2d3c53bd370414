"""Queries whose SQL is written once: a public page asks the same few all day long, with other numbers in them.

Django takes longer to put a query into words than a database to answer it. ``@prepared`` has it done at the first call
and keeps the words, never an answer::

    @prepared
    def officers(station: int) -> QuerySet[ResidentOfficer]:
        return ResidentOfficer.objects.filter(station=station, is_active=True)

    officers(town.pk)  # a list, asked of the database at each call

The function sees placeholders instead of arguments and must not look at them. The clock is an argument like any other:
a constant that looks like a date is refused, because it would stay as it was on the first call.
"""

from __future__ import annotations

import copy
import datetime as dt
import inspect
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Expression,
    Field,
    IntegerField,
    QuerySet,
)
from django.db.models.sql.compiler import SQLCompiler

P = ParamSpec("P")
Row = TypeVar("Row")

FIELDS: dict[str, type[Field[Any, Any]]] = {
    "int": IntegerField,
    "str": CharField,
    "bool": BooleanField,
    "date": DateField,
    "datetime": DateTimeField,
}
LOOKS_LIKE_A_DATE = re.compile(r"\d{4}-\d\d-\d\d")
LARGEST = 2**63 - 1  # that a column of whole numbers holds; SQLite refuses to be asked about more


def prepared(build: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
    """``build`` with ``int``, ``str``, ``bool``, ``dt.date`` or ``dt.datetime`` parameters, and no prefetching.

    A number too large for any column finds nothing, as nothing has it for a key.
    """
    signature = inspect.signature(build)
    words: Callable[..., Any] = build
    key = f"{build.__module__}.{build.__qualname__}"

    @wraps(build)
    def rows(*args: P.args, **kwargs: P.kwargs) -> list[Row]:
        values = signature.bind(*args, **kwargs).arguments
        if any(type(value) is int and abs(value) > LARGEST for value in values.values()):
            return []
        connection = connections[DEFAULT_DB_ALIAS]
        statements: dict[str, Statement] = connection.__dict__.setdefault("prepared_statements", {})
        if key not in statements:
            places = {name: Argument(name, one.annotation) for name, one in signature.parameters.items()}
            statements[key] = Statement(words(**places), connection)
        return statements[key].rows(values)

    return rows


class Argument(Expression):
    """The place of a value that comes with the call."""

    def __init__(self, name: str, annotation: str | type) -> None:
        kind = annotation if isinstance(annotation, str) else annotation.__name__
        super().__init__(output_field=FIELDS[kind.rpartition(".")[2]]())
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        return "%s", [self]


class Statement:
    """A query in the words of one connection; ``rows`` asks it."""

    def __init__(self, queryset: Any, connection: BaseDatabaseWrapper) -> None:
        if queryset._prefetch_related_lookups:
            raise TypeError("a prepared query prefetches nothing")
        self.queryset = queryset
        self.operations = connection.ops
        self.compiler = queryset.query.get_compiler(connection=connection)
        self.sql, self.params = self.compiler.as_sql()
        for param in self.params:
            if isinstance(param, dt.date) or (isinstance(param, str) and LOOKS_LIKE_A_DATE.match(param)):
                raise TypeError(f"{param} would stay as it is: make it an argument")

    def rows(self, values: dict[str, Any]) -> list[Any]:
        params = tuple(
            self._adapted(values[param.name]) if isinstance(param, Argument) else param for param in self.params
        )
        # Copies, whose only difference is that they know the words already and which values go with them.
        compiler, query = copy.copy(self.compiler), copy.copy(self.queryset.query)
        compiler.as_sql = lambda *_, **__: (self.sql, params)
        query.get_compiler = lambda *_, **__: compiler
        asked = type(self.queryset)(self.queryset.model, query)
        asked._iterable_class, asked._fields = self.queryset._iterable_class, self.queryset._fields
        return list(asked)

    def _adapted(self, value: Any) -> Any:
        if isinstance(value, dt.datetime):
            return self.operations.adapt_datetimefield_value(value)
        return self.operations.adapt_datefield_value(value) if isinstance(value, dt.date) else value
