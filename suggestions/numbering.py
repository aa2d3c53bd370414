"""Numbers of cases: county prefix, year, running number (``BA2026-00012``).

Taken in the transaction that stores the case and under a row lock, so two cases never share one, and a case that
fails to be stored leaves no gap.
"""

from django.db import transaction

from stations.models import County
from suggestions.models import NumberSeries


def lock_series(county: County, year: int) -> NumberSeries:
    """The county's series of ``year``, locked until the transaction ends; made when its first case comes."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number is taken in the transaction that uses it")
    series = NumberSeries.objects.select_for_update().filter(county=county, year=year).first()
    if series is None:
        # Two first cases of a year at once: one creates the row, the other finds it and waits for its lock.
        NumberSeries.objects.bulk_create([NumberSeries(county=county, year=year)], ignore_conflicts=True)
        series = NumberSeries.objects.select_for_update().get(county=county, year=year)
    series.county = county
    return series


def next_number(series: NumberSeries) -> tuple[int, str]:
    """(running number, whole number) from a locked series."""
    series.last += 1
    series.save(update_fields=["last"])
    return series.last, str(series)
