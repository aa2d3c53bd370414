"""Keyset paging: page N of a million rows costs what page 1 does, and rows that come or go meanwhile shift nothing."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Field, Model, Q, QuerySet

Order = Sequence[str]  # field names, "-" in front for descending; the last one unique; NULLs come last


@dataclass
class Page:
    rows: list[Any]
    next_cursor: str | None
    previous_cursor: str | None


def paginate(queryset: QuerySet[Any], *, order: Order, after: str = "", before: str = "", size: int = 50) -> Page:
    """The page after (or before) a cursor, in ``order``. A cursor that cannot be read gives the first page."""
    cursor = _read(after or before, queryset, order)
    backwards = cursor is not None and not after
    rows_wanted = queryset.order_by(*ordering(order, backwards))
    if cursor is not None:
        rows_wanted = rows_wanted.filter(_beyond(order, cursor, backwards))
    return page_of(
        list(rows_wanted[: size + 1]), order=order, size=size, turned=cursor is not None, backwards=backwards
    )


def page_of(rows: list[Any], *, order: Order, size: int = 50, turned: bool = False, backwards: bool = False) -> Page:
    """The page whose ``rows``, objects or dictionaries, were read already: in ``order`` (``backwards``: against it), and
    one more than ``size`` where there are more. ``turned``: it is not the first one."""
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_next = more if not backwards else turned
    has_previous = turned if not backwards else more
    return Page(
        rows=rows,
        next_cursor=_write(rows[-1], order) if rows and has_next else None,
        previous_cursor=_write(rows[0], order) if rows and has_previous else None,
    )


def capped_count(queryset: QuerySet[Any], cap: int = 1000) -> str:
    """How many, up to ``cap``; more is "1000+". Never costs more than reading ``cap`` + 1 index entries."""
    count = queryset.order_by()[: cap + 1].count()
    return f"{cap}+" if count > cap else str(count)


def ordering(order: Order, backwards: bool = False) -> list[Any]:
    """``order`` as arguments of ``order_by``, for whoever reads all rows in the order of the pages."""
    return [_ordering(name, backwards) for name in order]


def _ordering(name: str, backwards: bool) -> Any:
    field, descending = name.lstrip("-"), name.startswith("-")
    if field in ("id", "pk"):
        return F(field).desc() if descending != backwards else F(field).asc()
    if backwards:
        return F(field).asc(nulls_first=True) if descending else F(field).desc(nulls_first=True)
    return F(field).desc(nulls_last=True) if descending else F(field).asc(nulls_last=True)


def _beyond(order: Order, cursor: list[Any], backwards: bool) -> Q:
    """Rows that come strictly after the cursor: (a, b, c) > (x, y, z) written out, NULL being last."""
    condition, equal = Q(pk__in=[]), Q()
    for name, value in zip(order, cursor, strict=True):
        field = name.lstrip("-")
        greater = name.startswith("-") == backwards
        if value is None:
            past = Q(pk__in=[]) if not backwards else Q(**{f"{field}__isnull": False})
            same = Q(**{f"{field}__isnull": True})
        else:
            past = Q(**{f"{field}__{'gt' if greater else 'lt'}": value})
            if not backwards and field not in ("id", "pk"):
                past |= Q(**{f"{field}__isnull": True})
            same = Q(**{field: value})
        condition |= equal & past
        equal &= same
    return condition


def _write(row: Model | dict[str, Any], order: Order) -> str:
    names = [name.lstrip("-") for name in order]
    values = [row[name] if isinstance(row, dict) else getattr(row, name) for name in names]
    plain = [value.isoformat() if isinstance(value, dt.date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _read(text: str, queryset: QuerySet[Any], order: Order) -> list[Any] | None:
    """The values of a cursor, each of its column's own type; None for anything that :func:`_write` did not make."""
    if not text:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or len(values) != len(order):
            return None
        return [_checked(value, _column(queryset, name.lstrip("-"))) for name, value in zip(order, values, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        return None


def _column(queryset: QuerySet[Any], name: str) -> Field[Any, Any]:
    if name == "pk":
        name = queryset.model._meta.pk.name
    if name in queryset.query.annotations:
        return queryset.query.annotations[name].output_field
    return cast("Field[Any, Any]", queryset.model._meta.get_field(name))


def _checked(value: Any, field: Field[Any, Any]) -> Any:
    """``value`` as the database takes it from this column; an error for what it would refuse."""
    if value is None:
        return None
    if not isinstance(value, (str, int, float)) or isinstance(value, bool) != isinstance(field, BooleanField):
        raise ValueError("not a value of this column")
    if isinstance(value, str) and b"\x00" in value.encode():  # which half a character fails already
        raise ValueError("PostgreSQL stores no such text")
    found = field.to_python(value)
    if isinstance(found, dt.date) and not 1 < found.year < 9999:
        raise ValueError("midnight in another time zone may not exist")
    return found
