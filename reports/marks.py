"""The triggers that mark a day as touched when one of its cases changes, whoever changes it and by whatever way.

In the database and not in the workflow, because figures that agree with the ledger "always, but not after an import, a
correction by hand or a new kind of step" do not agree. SQLite forgets triggers whenever a migration makes the table
anew, so they are put back after every ``migrate`` (``reports/apps.py``).
"""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.apps.registry import apps as current_apps
from django.conf import settings
from django.db import connections

CASES, MARKS, STATIONS = "suggestions_suggestion", "reports_touchedday", "stations_station"
# What the kept figures read of a case.
COLUMNS = (
    "county_id",
    "created_at",
    "station_id",
    "desk_id",
    "lead_id",
    "channel",
    "field",
    "kind",
    "state",
    "result_kind",
    "replied_at",
    "overran",
    "satisfaction",
    "escalated_at",
)
NAMES = ("reports_case_came", "reports_case_changed", "reports_case_went", "reports_station_moved")


def _postgresql() -> list[str]:
    zone = settings.TIME_ZONE
    day = f"({{}}.created_at AT TIME ZONE '{zone}')::date"
    came, changed, went, moved = NAMES
    differs = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in COLUMNS)
    return [
        # Of many rows at once, each day is marked once.
        f"""CREATE OR REPLACE FUNCTION {came}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              INSERT INTO {MARKS} (county_id, day) SELECT DISTINCT county_id, {day.format("rows")} FROM rows;
              RETURN NULL; END $$""",
        f"""CREATE OR REPLACE FUNCTION {changed}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              INSERT INTO {MARKS} (county_id, day) VALUES (NEW.county_id, {day.format("NEW")});
              IF (OLD.county_id, OLD.created_at) IS DISTINCT FROM (NEW.county_id, NEW.created_at) THEN
                INSERT INTO {MARKS} (county_id, day) VALUES (OLD.county_id, {day.format("OLD")});
              END IF;
              RETURN NULL; END $$""",
        f"""CREATE OR REPLACE FUNCTION {moved}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              INSERT INTO {MARKS} (county_id, day) SELECT DISTINCT county_id, {day.format("one")}
              FROM {CASES} AS one WHERE one.station_id = NEW.id;
              RETURN NULL; END $$""",
        f"DROP TRIGGER IF EXISTS {came} ON {CASES}",
        f"""CREATE TRIGGER {came} AFTER INSERT ON {CASES} REFERENCING NEW TABLE AS rows
            FOR EACH STATEMENT EXECUTE FUNCTION {came}()""",
        f"DROP TRIGGER IF EXISTS {went} ON {CASES}",
        f"""CREATE TRIGGER {went} AFTER DELETE ON {CASES} REFERENCING OLD TABLE AS rows
            FOR EACH STATEMENT EXECUTE FUNCTION {came}()""",
        f"DROP TRIGGER IF EXISTS {changed} ON {CASES}",
        f"""CREATE TRIGGER {changed} AFTER UPDATE OF {", ".join(COLUMNS)} ON {CASES}
            FOR EACH ROW WHEN ({differs}) EXECUTE FUNCTION {changed}()""",
        f"DROP TRIGGER IF EXISTS {moved} ON {STATIONS}",
        f"""CREATE TRIGGER {moved} AFTER UPDATE OF path ON {STATIONS}
            FOR EACH ROW WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION {moved}()""",
    ]


def _sqlite() -> list[str]:
    # Times are stored in UTC; China has kept to one offset since 1991. Whole seconds: SQLite rounds the rest up.
    day = "date(substr({}.created_at, 1, 19), '+8 hours')"
    came, changed, went, moved = NAMES
    differs = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in COLUMNS)

    def mark(row: str) -> str:
        return f"INSERT INTO {MARKS} (county_id, day) VALUES ({row}.county_id, {day.format(row)});"

    return [
        f"CREATE TRIGGER IF NOT EXISTS {came} AFTER INSERT ON {CASES} BEGIN {mark('NEW')} END",
        f"CREATE TRIGGER IF NOT EXISTS {went} AFTER DELETE ON {CASES} BEGIN {mark('OLD')} END",
        f"CREATE TRIGGER IF NOT EXISTS {changed} AFTER UPDATE OF {', '.join(COLUMNS)} ON {CASES}"
        f" WHEN {differs} BEGIN {mark('NEW')} {mark('OLD')} END",
        f"CREATE TRIGGER IF NOT EXISTS {moved} AFTER UPDATE OF path ON {STATIONS} WHEN OLD.path IS NOT NEW.path BEGIN"
        f" INSERT INTO {MARKS} (county_id, day) SELECT DISTINCT county_id, {day.format('one')} FROM {CASES} AS one"
        f" WHERE one.station_id = NEW.id; END",
    ]


def missing(using: str = "default") -> set[str]:
    """Those of the triggers that the database does not have."""
    connection = connections[using]
    table, name = ("pg_trigger", "tgname") if connection.vendor == "postgresql" else ("sqlite_master", "name")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {table} WHERE {name} LIKE 'reports_%%'", [])
        return set(NAMES) - {row[0] for row in cursor.fetchall()}


def put_back(using: str = "default") -> set[str]:
    """Make what is missing, and mark every day that has a case if something was: nobody knows what happened without.
    Returns the names of what was missing."""
    gone = missing(using)
    if gone:
        connection = connections[using]
        with connection.cursor() as cursor:
            for statement in _postgresql() if connection.vendor == "postgresql" else _sqlite():
                cursor.execute(statement)
        mark_all(using)
    return gone


def mark_all(using: str = "default") -> None:
    """Every day that has a case, or kept figures."""
    connection = connections[using]
    day = (
        f"(created_at AT TIME ZONE '{settings.TIME_ZONE}')::date"
        if connection.vendor == "postgresql"
        else "date(substr(created_at, 1, 19), '+8 hours')"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {MARKS} (county_id, day) SELECT DISTINCT county_id, {day} FROM {CASES}"
            " UNION SELECT DISTINCT county_id, day FROM reports_dailyfigures"
            " UNION SELECT DISTINCT county_id, month FROM reports_monthlyfigures"
        )


def after_migrate(using: str = "default", apps: Apps | None = None, **kwargs: Any) -> None:
    """Called for every room that was migrated, of which the last has all tables."""
    tables = set(connections[using].introspection.table_names())
    if {CASES, MARKS, STATIONS, "reports_dailyfigures", "reports_monthlyfigures"} <= tables and current_apps.ready:
        put_back(using)
