"""What is wrong with a form is said once."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "templates"
# ``form|crispy`` shows the list of errors itself.
TWICE = re.compile(r'bootstrap5/errors\.html" %\}\s*(\{%[^%]*%\}\s*)*\{\{ form\|crispy \}\}')


@pytest.mark.parametrize("said", ['{% include "bootstrap5/errors.html" %}{% block fields %}{{ form|crispy }}'])
def test_the_pattern_knows_a_list_of_errors_before_a_whole_form(said):
    assert TWICE.search(said)


def test_no_page_shows_the_list_of_errors_twice():
    assert [str(path) for path in TEMPLATES.rglob("*.html") if TWICE.search(path.read_text())] == []
