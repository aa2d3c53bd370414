import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workdays.calendar import Calendar
from workdays.models import DayOverride

PLAIN = Calendar({})
dates = st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31))


def test_weekends_and_holidays_do_not_count():
    # 2025-09-30 is a Tuesday; 1–8 October are off, 28 September was worked.
    assert PLAIN.add(dt.date(2025, 9, 30), 1) == dt.date(2025, 10, 9)


def test_a_make_up_workday_counts():
    day = PLAIN.day(dt.date(2025, 10, 11))
    assert day.date.weekday() == 5 and day.is_workday and "调休上班" in day.why


def test_a_year_without_a_published_calendar_is_provisional():
    day = PLAIN.day(dt.date(2028, 10, 2))
    assert day.is_workday and day.provisional and "尚未公布" in day.why


def test_months_end_on_the_last_day_and_move_off_days_off():
    assert PLAIN.add_months(dt.date(2025, 11, 30), 3) == dt.date(2026, 2, 28)  # a make-up workday
    assert PLAIN.add_months(dt.date(2025, 7, 1), 3) == dt.date(2025, 10, 9)


def test_the_nearest_workday_is_one_day_off_where_possible():
    assert PLAIN.nearest(dt.date(2026, 8, 15)).date == dt.date(2026, 8, 14)  # a Saturday
    assert PLAIN.nearest(dt.date(2026, 3, 15)).date == dt.date(2026, 3, 16)  # a Sunday


def test_the_only_fifteenth_without_a_workday_beside_it_says_why():
    day = PLAIN.nearest(dt.date(2024, 2, 15))
    assert day.date == dt.date(2024, 2, 18) and "春节放假" in day.why and "顺延 3 天" in day.why


@given(dates, st.integers(0, 60))
def test_the_nth_workday_has_n_workdays_up_to_it(start, n):
    assert PLAIN.between(start, PLAIN.add(start, n)) == n


@given(dates, st.integers(1, 40))
def test_the_explanation_counts_to_exactly_n_on_its_last_day(start, n):
    rows = PLAIN.explain(start, n)
    assert rows[-1].count == n
    assert [row.count for row in rows if row.count] == list(range(1, n + 1))
    assert all(row.why for row in rows if row.count is None)


@pytest.mark.django_db(transaction=True)
def test_what_the_office_typed_in_wins_at_once():
    day = dt.date(2027, 2, 8)
    assert Calendar.current().day(day).provisional
    override = DayOverride.objects.create(date=day, is_workday=False, name="春节放假")
    assert not Calendar.current().is_workday(day)
    assert not Calendar.current().day(day).provisional
    override.delete()
    assert Calendar.current().day(day).provisional


@pytest.mark.django_db
def test_the_calendar_costs_one_query_then_none(django_assert_num_queries):
    from django.core.cache import cache

    cache.clear()
    with django_assert_num_queries(1):
        Calendar.current()
        Calendar.current().add(dt.date(2026, 1, 1), 200)
