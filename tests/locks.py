"""Two transactions at the same moment, one of which waits on purpose; on PostgreSQL."""

import threading
import time

from django.db import connection, transaction

from tests.suggestions.test_atomicity import race


def second_waits(first, second):
    """``second`` begins while the transaction of ``first`` is open, and has to wait for it: its result or its error."""
    results = []
    other = threading.Thread(target=lambda: results.extend(race(second)))
    with transaction.atomic():
        first()
        other.start()
        until_somebody_waits()
    other.join()
    return results[0]


def until_somebody_waits():
    """Until another connection to this database waits for a lock."""
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees one picture until its end
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")
