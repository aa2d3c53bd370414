import base64
import json

import pytest
from django.db.models import Count

from liaison.lib.paging import capped_count, paginate
from suggestions.models import Suggestion
from tests import factories

pytestmark = pytest.mark.django_db
NEWEST = ("-id",)
SOONEST = ("due_on", "id")


@pytest.fixture
def cases():
    people = factories.cast()
    made = [factories.register(people, title=f"第{number}件") for number in range(7)]
    Suggestion.objects.filter(pk=made[2].pk).update(state="withdrawn", due_on=None)
    Suggestion.objects.filter(pk=made[5].pk).update(state="withdrawn", due_on=None)
    return made


def walk(order, size=2):
    seen, cursor = [], ""
    while True:
        page = paginate(Suggestion.objects.all(), order=order, after=cursor, size=size)
        seen += [row.pk for row in page.rows]
        if page.next_cursor is None:
            return seen
        cursor = page.next_cursor


@pytest.mark.parametrize("order", [NEWEST, SOONEST, ("-due_on", "id")])
def test_all_pages_together_are_every_row_once_in_order(cases, order):
    pks = walk(order)
    assert sorted(pks) == sorted(case.pk for case in cases) and len(set(pks)) == len(pks)
    dues = [Suggestion.objects.get(pk=pk).due_on for pk in pks]
    if order != NEWEST:
        assert dues[-2:] == [None, None]


@pytest.mark.parametrize("order", [NEWEST, SOONEST, ("-due_on", "id")])
def test_the_page_before_a_page_is_the_one_that_led_to_it(cases, order):
    first = paginate(Suggestion.objects.all(), order=order, size=3)
    second = paginate(Suggestion.objects.all(), order=order, after=first.next_cursor, size=3)
    third = paginate(Suggestion.objects.all(), order=order, after=second.next_cursor, size=3)
    back = paginate(Suggestion.objects.all(), order=order, before=third.previous_cursor, size=3)
    assert back.rows == second.rows
    assert paginate(Suggestion.objects.all(), order=order, before=back.previous_cursor, size=3).rows == first.rows


def test_rows_added_meanwhile_do_not_shift_the_next_page(cases):
    first = paginate(Suggestion.objects.all(), order=NEWEST, size=3)
    factories.register(factories.other_cast())
    second = paginate(Suggestion.objects.all(), order=NEWEST, after=first.next_cursor, size=3)
    assert [row.pk for row in second.rows] == [cases[3].pk, cases[2].pk, cases[1].pk]


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "eyJhIjogMX0", "W3siYSI6MX1d", "é"])
def test_a_cursor_that_cannot_be_read_gives_the_first_page(cases, cursor):
    assert paginate(Suggestion.objects.all(), order=NEWEST, after=cursor, size=3).rows[0] == cases[-1]


def cursor(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("order", "values"),
    [
        (SOONEST, ["abc", 1]),
        (SOONEST, [True, True]),
        (SOONEST, ["2026-01-01", "x"]),
        (SOONEST, ["0001-01-01", 1]),
        (SOONEST, [5, 1]),
        (SOONEST, [{}, []]),
        (("-created_at", "id"), ["9999-12-31T23:59:59-12:00", 1]),
        (("title", "id"), ["\x00", 1]),
        (("title", "id"), ["\ud800", 1]),
        (NEWEST, [float("inf")]),
    ],
)
@pytest.mark.parametrize("direction", ["after", "before"])
def test_a_made_up_cursor_gives_the_first_page(cases, order, values, direction):
    first = paginate(Suggestion.objects.all(), order=order, size=3)
    assert paginate(Suggestion.objects.all(), order=order, size=3, **{direction: cursor(*values)}).rows == first.rows


def test_a_number_beyond_every_column_breaks_nothing(cases):
    assert paginate(Suggestion.objects.all(), order=("id",), after=cursor(10**40)).rows == []


def test_pages_go_by_a_time_and_by_what_is_counted_too(cases):
    counted = Suggestion.objects.annotate(people=Count("voters"))
    for order in (("-created_at", "-pk"), ("people", "pk")):
        seen, after = [], ""
        while after is not None:
            page = paginate(counted, order=order, after=after, size=2)
            seen, after = seen + page.rows, page.next_cursor
        assert sorted(row.pk for row in seen) == sorted(case.pk for case in cases)


def test_the_first_page_has_nothing_before_and_the_last_nothing_after(cases):
    page = paginate(Suggestion.objects.all(), order=NEWEST, size=10)
    assert page.next_cursor is None and page.previous_cursor is None


def test_a_count_beyond_the_cap_says_so(cases):
    assert capped_count(Suggestion.objects.all(), cap=5) == "5+"
    assert capped_count(Suggestion.objects.all(), cap=7) == "7"
