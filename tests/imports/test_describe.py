from collections import Counter

from django.conf import settings

from imports.columns import folded
from imports.describe import markdown
from imports.kinds import KINDS


def test_the_document_of_the_columns_is_what_the_declarations_say():
    """Else: manage.py describe_imports > docs/imports.md"""
    assert (settings.BASE_DIR / "docs" / "imports.md").read_text() == markdown()


def test_no_heading_means_two_columns_of_a_kind_but_one():
    """类别 is the field of a matter in most tables; beside a column 领域 it is whether it is an opinion or a motion."""
    for kind in KINDS.values():
        words = Counter(folded(heading) for column in kind.columns for heading in column.headings)
        twice = [word for word, count in words.items() if count > 1]
        assert twice == (["类别"] if kind.key == "cases" else []), kind.key
