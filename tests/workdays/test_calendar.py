import datetime as dt
from calendar import monthrange

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workdays.calendar import Calendar, Move
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


def test_the_office_chooses_which_side_is_tried_first():
    sunday = dt.date(2026, 5, 10)  # between a make-up Saturday and a Monday
    assert PLAIN.is_workday(dt.date(2026, 5, 9)) and PLAIN.is_workday(dt.date(2026, 5, 11))
    assert PLAIN.nearest(sunday, Move.AFTER_FIRST).date == dt.date(2026, 5, 11)
    before = PLAIN.nearest(sunday, Move.BEFORE_FIRST)
    assert before.date == dt.date(2026, 5, 9) and before.why == "5月10日是周日，提前 1 天"
    assert PLAIN.nearest(sunday, Move.NONE).date == sunday


@pytest.mark.parametrize("policy", [Move.AFTER_FIRST, Move.BEFORE_FIRST])
def test_every_activity_day_moves_by_one_day_but_for_one(policy):
    days = [dt.date(year, month, 15) for year in (2024, 2025, 2026) for month in range(1, 13)]
    assert [day for day in days if abs(PLAIN.nearest(day, policy).date - day).days > 1] == [dt.date(2024, 2, 15)]


@given(dates, st.sampled_from([Move.AFTER_FIRST, Move.BEFORE_FIRST]))
def test_nothing_nearer_than_the_nearest_is_a_workday(date, policy):
    found = PLAIN.nearest(date, policy)
    gap = abs((found.date - date).days)
    assert PLAIN.is_workday(found.date)
    assert not any(PLAIN.is_workday(date + dt.timedelta(days=shift)) for shift in range(1 - gap, gap))


@given(dates, st.integers(0, 40), st.integers(0, 40))
def test_working_days_add_up(start, one, two):
    assert PLAIN.add(PLAIN.add(start, one), two) == PLAIN.add(start, one + two)


@given(dates, st.integers(0, 12))
def test_a_limit_of_months_ends_on_the_first_workday_from_its_day_on(start, months):
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    day = dt.date(year, month, min(start.day, monthrange(year, month)[1]))
    end = PLAIN.add_months(start, months)
    assert end >= day and PLAIN.is_workday(end)
    assert PLAIN.between(day - dt.timedelta(days=1), end) == 1


def test_the_only_fifteenth_without_a_workday_beside_it_says_why():
    day = PLAIN.nearest(dt.date(2024, 2, 15))
    assert day.date == dt.date(2024, 2, 18) and "春节放假" in day.why and "顺延 3 天" in day.why


@given(dates, st.integers(0, 60))
def test_the_nth_workday_has_n_workdays_up_to_it(start, n):
    assert PLAIN.between(start, PLAIN.add(start, n)) == n


@given(dates, st.integers(-5, 40), st.dictionaries(st.integers(-2, 42), st.booleans(), max_size=20))
def test_working_days_between_two_dates_are_those_counted_day_by_day(start, length, typed_in):
    def after(days):
        return start + dt.timedelta(days=days)

    calendar = Calendar({after(days): (is_workday, "") for days, is_workday in typed_in.items()})
    counted = sum(calendar.is_workday(after(i)) for i in range(1, length + 1))
    assert calendar.between(start, after(length)) == counted


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


@pytest.mark.django_db(transaction=True)
def test_days_changed_many_at_once_count_at_once_too():
    days = [dt.date(2040, 2, 13), dt.date(2040, 2, 14)]
    assert Calendar.current().is_workday(days[0])
    DayOverride.objects.bulk_create([DayOverride(date=day, is_workday=False, name="春节放假") for day in days])
    assert not Calendar.current().is_workday(days[0])
    DayOverride.objects.update(is_workday=True)
    assert Calendar.current().is_workday(days[0])
    DayOverride.objects.all().delete()
    assert Calendar.current().day(days[0]).provisional
