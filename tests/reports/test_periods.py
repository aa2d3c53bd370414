"""Which days a period has, what it is compared with, and the steps of its line."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.periods import EARLIEST, PRESETS, Period, preset, read

D = dt.date.fromisoformat
DAYS = st.dates(dt.date(1995, 1, 1), dt.date(2090, 12, 31))


@pytest.mark.parametrize(
    ("name", "today", "first", "last", "before"),
    [
        ("week", "2026-11-28", "2026-11-23", "2026-11-28", ("2026-11-16", "2026-11-21")),
        ("month", "2026-11-18", "2026-11-01", "2026-11-18", ("2026-10-01", "2026-10-18")),
        ("month", "2026-03-31", "2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("month", "2026-03-30", "2026-03-01", "2026-03-30", ("2026-02-01", "2026-02-28")),
        ("quarter", "2026-05-31", "2026-04-01", "2026-05-31", ("2026-01-01", "2026-02-28")),
        ("year", "2028-02-29", "2028-01-01", "2028-02-29", ("2027-01-01", "2027-02-28")),
        ("last_year", "2026-11-28", "2025-01-01", "2025-12-31", ("2024-01-01", "2024-12-31")),
    ],
)
def test_presets(name, today, first, last, before):
    period = preset(name, D(today))
    assert (period.first, period.last) == (D(first), D(last))
    assert (period.before().first, period.before().last) == tuple(map(D, before))


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2026-01-01", "2026-06-30", ("2025-07-01", "2025-12-31")),
        ("2026-03-10", "2026-03-19", ("2026-02-28", "2026-03-09")),
        ("2026-03-10", "2026-03-10", ("2026-03-09", "2026-03-09")),
    ],
)
def test_whole_months_are_compared_with_months_other_spans_with_days(first, last, before):
    found = Period(D(first), D(last)).before()
    assert (found.first, found.last) == tuple(map(D, before))


@given(st.sampled_from([*PRESETS, ""]), DAYS, st.integers(0, 4000))
def test_the_period_before_ends_before_and_pieces_are_the_whole(name, day, days):
    period = preset(name, day) if name else Period(day, day + dt.timedelta(days=days))
    assert period.before().first <= period.before().last < period.first
    pieces = period.pieces()
    assert pieces[0].first == period.first and pieces[-1].last == period.last and len(pieces) <= 40
    assert all(one.last + dt.timedelta(days=1) == two.first for one, two in itertools.pairwise(pieces))


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({}, "2026-01-01", "2026-05-05"),
        ({"period": "nonsense"}, "2026-01-01", "2026-05-05"),
        ({"period": "month"}, "2026-05-01", "2026-05-05"),
        ({"since": "2026-04-30"}, "2026-04-30", "2026-05-05"),
        ({"since": "2026-06-01"}, "2026-06-01", "2026-06-01"),
        ({"until": "2025-03-01"}, "2025-01-01", "2025-03-01"),
        ({"since": "x", "period": "week"}, "2026-05-04", "2026-05-05"),
    ],
)
def test_what_an_address_asks_for(asked, first, last):
    period, _ = read(asked, D("2026-05-05"))
    assert (period.first, period.last) == (D(first), D(last))


def test_the_earliest_day_has_a_period_before():
    assert Period(EARLIEST, EARLIEST).before().last < EARLIEST
