"""Whether a kept copy of a public page still shows what is so.

Nobody has to remember to say that a page changed. Every statement that writes to a table of ``ROOMS`` leaves a row in
``portal_change``, in the same transaction, so that both are seen from the same moment on or not at all; and a page that
is rendered for keeping notes which tables it reads. Its copy is good as long as those tables have the same standing. A
page that reads a table outside ``ROOMS`` is not kept.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

# What public pages may show. Accounts, history and messages are written all day long and none of the public's business.
ROOMS = frozenset(
    {
        "stations",
        "deputies",
        "noticeboard",
        "receptions",
        "suggestions",
        "legislation",
        "consultations",
        "portal",
        "workdays",
    }
)
CHANGES = "portal_change"
WRITTEN = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "?(\w+)"?', re.IGNORECASE)
READ = re.compile(r'\b(?:FROM|JOIN) "?(\w+)"?', re.IGNORECASE)
MANY, KEPT = 200, 20  # changes at which prune() begins, and the newest ones that it leaves
PRUNED = "pruned"
DUE = "due"  # how many scheduled notices have come up that no task has written down yet
TODAY = "today"
# How long a process takes the database's last word for it; what it writes itself, it asks about again at once.
ASK_EVERY = 1.0  # seconds

Standing = dict[str, tuple[Any, ...]]


def watch(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Called for every new connection, of whatever process."""
    if _note not in connection.execute_wrappers:
        connection.execute_wrappers.append(_note)


def _note(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    result = execute(sql, params, many, context)
    connection = context["connection"]
    tables = getattr(connection, "tables_read", None)
    if tables is not None:
        tables.update(READ.findall(sql))
    found = WRITTEN.match(sql)
    if found and _is_shown(found[1]) and _is_ready(connection):
        # Past the wrappers: it belongs to the statement, and is none of its own.
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(f"INSERT INTO {CHANGES} (what) VALUES ('{found[1].lower()}')")
        forget()
    return result


def _is_shown(table: str) -> bool:
    return table.lower() != CHANGES and table.lower().partition("_")[0] in ROOMS


def _is_ready(connection: BaseDatabaseWrapper) -> bool:
    """Whether the migrations have come as far as the table. Once they have, nothing is asked any more."""
    if not _ready.get(connection.alias):
        with closing(connection.connection.cursor()) as cursor:
            _ready[connection.alias] = CHANGES in connection.introspection.table_names(cursor)
    return _ready[connection.alias]


_ready: dict[str, bool] = {}


_last: dict[str, tuple[float, Standing]] = {}


def lately() -> Standing:
    """:func:`standing`, asked at most once in ``ASK_EVERY`` seconds."""
    asked, found = _last.get(connection.alias, (0.0, None))
    now = time.monotonic()
    if found is None or now - asked >= ASK_EVERY:
        found = standing()
        _last[connection.alias] = now, found
    return found


def forget() -> None:
    """Ask again, even within the second."""
    _last.clear()


def standing() -> Standing:
    """How each table stands. Counted as well: of two writers the one that began first may come last."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT what, MIN(id), MAX(id), COUNT(*) FROM {CHANGES} GROUP BY what UNION ALL"
            f" SELECT '{DUE}', 0, 0, COUNT(*) FROM noticeboard_notice WHERE state = 'scheduled' AND release_at <= %s",
            [now],
        )
        rows = {what: tuple(numbers) for what, *numbers in cursor.fetchall()}
    return {**rows, TODAY: (timezone.localdate().isoformat(),)}


def of(tables: frozenset[str], now: Standing) -> Standing:
    """The part that matters to a page: the tables it read, the clock, the calendar."""
    return {what: now[what] for what in (*tables, PRUNED, DUE, TODAY) if what in now}


@contextmanager
def reading() -> Iterator[set[str]]:
    """The tables that are read inside the block."""
    tables: set[str] = set()
    connection.tables_read = tables  # type: ignore[attr-defined]
    try:
        yield tables
    finally:
        connection.tables_read = None  # type: ignore[attr-defined]


def are_watched(tables: set[str]) -> bool:
    return all(map(_is_shown, tables))


@transaction.atomic
def prune() -> int:
    """Forget all but the newest changes, where there are many. Every copy is made anew then: what is left of a table
    may look as it did before a change that is forgotten now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MAX(id), COUNT(*) FROM {CHANGES}")
        newest, many = cursor.fetchone()
        if many <= MANY:
            return 0
        cursor.execute(f"DELETE FROM {CHANGES} WHERE id <= %s", [newest - KEPT])
        gone = cursor.rowcount
        cursor.execute(f"INSERT INTO {CHANGES} (what) VALUES (%s)", [PRUNED])
    return gone
