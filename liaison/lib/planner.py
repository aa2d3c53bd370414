"""What the database's planner knows about the tables: how many rows they have, and how alike."""

from django.db import connection


def refresh_statistics() -> None:
    """After many rows came at once, and once a night: without it SQLite takes the wrong index (nothing there does this
    by itself), and PostgreSQL does until its autovacuum has come by. A part of a second: SQLite reads a sample."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 1000")
        cursor.execute("ANALYZE")
