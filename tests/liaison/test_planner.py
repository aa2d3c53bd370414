"""What the database knows about its tables is brought up to date by the product itself."""

from django.conf import settings
from django.db import connection

from liaison.tasks import refresh_statistics
from tests import factories


def test_the_nightly_task_counts_the_rows(db):
    factories.cast()
    refresh_statistics()
    table = "stations_station"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
        else:
            cursor.execute("SELECT stat FROM sqlite_stat1 WHERE tbl = %s", [table])
        known = str(cursor.fetchone()[0]).split()[0]
        cursor.execute(f"SELECT COUNT(*) FROM {table}")
        assert int(float(known)) == cursor.fetchone()[0] > 0


def test_it_runs_every_night():
    assert "liaison.tasks.refresh_statistics" in {job["task"] for job in settings.CELERY_BEAT_SCHEDULE.values()}
