from datetime import date

import pytest
from django.template import Context, Template

from liaison.templatetags.liaison import due, due_colour

LIMIT = date(2026, 11, 20)  # a Friday


@pytest.mark.parametrize(
    ("today", "colour"),
    [
        (date(2026, 11, 12), "green"),
        (date(2026, 11, 13), "yellow"),  # five working days before
        (date(2026, 11, 20), "yellow"),  # due today is not overdue
        (date(2026, 11, 21), "red"),
    ],
)
def test_colour_follows_the_distance_to_the_limit(today: date, colour: str) -> None:
    assert due_colour(LIMIT, today) == colour


def test_a_given_warning_date_wins_over_counting_weekdays() -> None:
    assert due_colour(LIMIT, date(2026, 11, 12), warn_from=date(2026, 11, 20)) == "yellow"
    assert due_colour(LIMIT, date(2026, 11, 13), warn_from=date(2026, 11, 19)) == "green"


def test_chip_says_in_words_what_the_colour_says() -> None:
    assert "逾期 3 天" in due(LIMIT, date(2026, 11, 23))
    assert "今天到期" in due(LIMIT, LIMIT)
    assert "明天到期" in due(LIMIT, date(2026, 11, 19))
    assert "还有 8 天" in due(LIMIT, date(2026, 11, 12))


def test_chip_without_a_limit() -> None:
    assert "无时限" in Template("{% due limit %}").render(Context({"limit": None}))


def test_chip_names_the_year_when_it_is_another_one() -> None:
    assert "2027年1月4日" in due(date(2027, 1, 4), LIMIT)
    assert "11月20日" in due(LIMIT, LIMIT)
