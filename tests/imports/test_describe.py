from django.conf import settings

from imports.columns import folded
from imports.describe import markdown
from imports.kinds import KINDS


def test_the_document_of_the_columns_is_what_the_declarations_say():
    """Else: manage.py describe_imports > docs/imports.md"""
    assert (settings.BASE_DIR / "docs" / "imports.md").read_text() == markdown()


def test_no_heading_means_two_columns_of_a_kind():
    for kind in KINDS.values():
        words = [folded(heading) for column in kind.columns for heading in column.headings]
        assert len(words) == len(set(words)), kind.key
