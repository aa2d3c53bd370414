"""The invariants of the roster, on any county that can be thought of."""

import datetime as dt
import math
from itertools import combinations, pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from receptions.filling import Candidate, Slot, fill, measure

FIRST = dt.date(2026, 1, 15)


def dates(n):
    return [FIRST + dt.timedelta(days=30 * i) for i in range(n)]


@st.composite
def stations(draw, most_days=12, most_deputies=7, most_need=3):
    """Days and deputies with leave, hand-made duties, days already held, and what was arranged before."""
    days = dates(draw(st.integers(1, most_days)))
    keys = list(range(1, draw(st.integers(1, most_deputies)) + 1))
    away = {key: draw(st.lists(st.sampled_from(days), max_size=3)) if draw(st.booleans()) else [] for key in keys}
    candidates = [
        Candidate(key, tuple((day, day) for day in away[key]), earlier=draw(st.integers(0, 2))) for key in keys
    ]
    held = draw(st.integers(0, len(days) - 1)) if draw(st.booleans()) else 0
    need = draw(st.integers(1, most_need))
    some = st.frozensets(st.sampled_from([*keys, 99]), max_size=2)
    nobody = st.just(frozenset())
    slots = [
        Slot(i, day, need, fixed=draw(some | nobody), current=draw(some | nobody), open=i >= held)
        for i, day in enumerate(days)
    ]
    slots = [Slot(s.key, s.date, s.need, s.fixed, s.current - s.fixed, s.open) for s in slots]
    return slots, candidates


def able(slot, candidates):
    if not slot.open:
        return set()
    away = {one.key for one in candidates for first, last in one.away if first <= slot.date <= last}
    return {one.key for one in candidates} - away - slot.fixed


def size(slot, candidates):
    return min(max(slot.need - len(slot.fixed), 0), len(able(slot, candidates)))


def totals(duties, candidates):
    return {one.key: sum(one.key in keys for keys in duties.values()) for one in candidates}


def best_possible(slots, candidates):
    """(least maximum, greatest minimum) of the totals over everything that fills the days, by counting for each set of
    deputies how little and how much of the duty it can have; knows nothing of how the roster is made."""
    keys = [one.key for one in candidates]
    most, least = 0, math.inf
    for n in range(1, len(keys) + 1):
        for group in map(set, combinations(keys, n)):
            fixed = sum(len(slot.fixed & group) for slot in slots)
            low = high = fixed
            for slot in slots:
                k, free = size(slot, candidates), able(slot, candidates)
                low += max(0, k - len(free - group))
                high += min(k, len(free & group))
            most, least = max(most, math.ceil(low / n)), min(least, high // n)
    return most, least


@given(stations())
@settings(max_examples=200)
def test_every_place_that_somebody_can_take_is_taken_and_nobody_more(case):
    slots, candidates = case
    duties = fill(slots, candidates)
    for slot in slots:
        assert len(duties[slot.key]) == len(set(duties[slot.key])) == len(slot.fixed) + size(slot, candidates)


@given(stations())
@settings(max_examples=200)
def test_leave_is_respected_and_what_is_fixed_stays(case):
    slots, candidates = case
    duties = fill(slots, candidates)
    for slot in slots:
        assert slot.fixed <= set(duties[slot.key])
        assert set(duties[slot.key]) - slot.fixed <= able(slot, candidates)


@given(stations())
@settings(max_examples=200)
def test_no_better_spread_was_possible(case):
    slots, candidates = case
    found = totals(fill(slots, candidates), candidates)
    assert (max(found.values()), min(found.values())) == best_possible(slots, candidates)


@given(st.integers(1, 14), st.integers(1, 12), st.integers(1, 4), st.data())
@settings(max_examples=200)
def test_without_leave_the_spread_is_at_most_one_and_everybody_serves_as_often_as_numbers_allow(n, m, need, data):
    slots = [Slot(i, day, need) for i, day in enumerate(dates(n))]
    candidates = [Candidate(key, earlier=data.draw(st.integers(0, 3))) for key in range(m)]
    found = totals(fill(slots, candidates), candidates)
    assert max(found.values()) - min(found.values()) <= 1
    assert min(found.values()) == n * min(need, m) // m


@given(st.integers(2, 14), st.integers(1, 4), st.integers(0, 6), st.data())
@settings(max_examples=200)
def test_nobody_serves_twice_running_where_there_are_enough_deputies(n, need, more, data):
    slots = [Slot(i, day, need) for i, day in enumerate(dates(n))]
    candidates = [Candidate(key, earlier=data.draw(st.integers(0, 3))) for key in range(2 * need + more)]
    duties = fill(slots, candidates)
    assert not any(set(duties[a.key]) & set(duties[b.key]) for a, b in pairwise(slots))


def all_fillings(slots, candidates):
    choices = [
        [slot.fixed | set(chosen) for chosen in combinations(sorted(able(slot, candidates)), size(slot, candidates))]
        for slot in slots
    ]
    for one in product(*choices):
        yield {slot.key: keys for slot, keys in zip(slots, one, strict=True)}


def twice_running(slots, duties, candidates):
    keys = {one.key for one in candidates}
    return sum(len(set(duties[a.key]) & set(duties[b.key]) & keys) for a, b in pairwise(slots))


@given(stations(most_days=5, most_deputies=4, most_need=2))
@settings(max_examples=200)
def test_on_small_stations_nothing_among_all_rosters_is_as_even_and_has_fewer_twice_running(case):
    slots, candidates = case
    ours = fill(slots, candidates)
    best = min(
        (sum(n * n for n in totals(one, candidates).values()), twice_running(slots, one, candidates))
        for one in all_fillings(slots, candidates)
    )
    assert (sum(n * n for n in totals(ours, candidates).values()), twice_running(slots, ours, candidates)) == best


@given(stations())
@settings(max_examples=200)
def test_the_same_question_has_the_same_answer_and_what_was_answered_is_kept(case):
    slots, candidates = case
    first = fill(slots, candidates)
    assert fill(list(reversed(slots)), candidates) == first
    again = [Slot(s.key, s.date, s.need, s.fixed, frozenset(first[s.key]) - s.fixed, s.open) for s in slots]
    assert fill(again, candidates) == first


def test_who_served_more_before_the_period_has_the_shorter_turn():
    slots = [Slot(i, day, 1) for i, day in enumerate(dates(3))]
    found = totals(fill(slots, [Candidate(1, earlier=2), Candidate(2, earlier=0)]), [Candidate(1), Candidate(2)])
    assert found == {1: 1, 2: 2}


def test_who_served_on_the_last_day_before_the_period_does_not_begin_it():
    before = Slot(0, FIRST, 1, fixed=frozenset({1}), open=False, counted=False)
    slots = [before, *(Slot(i + 1, day, 1) for i, day in enumerate(dates(3)[1:]))]
    duties = fill(slots, [Candidate(1), Candidate(2)])
    assert duties == {1: [2], 2: [1]}


def test_the_duties_of_one_deputy_lie_apart():
    slots = [Slot(i, day, 1) for i, day in enumerate(dates(12))]
    duties = fill(slots, [Candidate(key) for key in range(6)])
    served = {key: [i for i, keys in duties.items() if key in keys] for key in range(6)}
    assert all(second - first >= 5 for first, second in served.values())


def test_the_figures_say_what_is_missing_and_who_serves_twice_running():
    slots = [Slot(i, day, 2) for i, day in enumerate(dates(2))]
    candidates = [Candidate(1), Candidate(2, away=((FIRST, FIRST),))]
    found = measure(slots, candidates, fill(slots, candidates))
    assert (found.places, found.filled, found.most, found.least, found.spread) == (4, 3, 2, 1, 1)
    assert found.gaps == [(0, 1)] and found.running == [(1, 0, 1)] and found.below(2) == [2]
