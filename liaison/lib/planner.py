"""What the database's planner knows about the tables: how many rows they have, and how alike."""

from django.db import connection


def refresh_statistics() -> None:
    """After many rows came at once, and once a night: without it SQLite takes the wrong index (nothing there does this
    by itself), and PostgreSQL does until its autovacuum has come by.

    All rows are read, which takes half a second for 100,000 cases: from a sample SQLite would learn that a county has a
    few hundred cases.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
