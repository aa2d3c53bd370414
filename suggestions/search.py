"""Search over number, title, place, demand and content, two-character words included (see migrations 0002 and 0005)."""

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from liaison.lib.grams import terms, words
from liaison.lib.querycodes import normalise_number
from suggestions.models import SuggestionQuerySet


def matching(suggestions: SuggestionQuerySet, query: str) -> SuggestionQuerySet:
    """Those of ``suggestions`` that hold every word of ``query``; all of them where the query has no word.

    A query of one character looks into titles only: no index serves it, and few people mean it.
    """
    grams = terms(query)
    if not grams:
        return suggestions.filter(title__contains=query.strip()) if query.strip() else suggestions
    if connection.vendor == "postgresql":
        # The expression must be the index's own, to the letter (migration 0005).
        condition = RawSQL("suggestions_grams(suggestions_suggestion.search) @> %s", [grams], BooleanField())
        found = suggestions.filter(condition)
    else:
        match = " ".join(f'"{gram}"' for gram in grams)
        rows = RawSQL("SELECT rowid FROM suggestions_search WHERE suggestions_search MATCH %s", [match])
        found = suggestions.filter(pk__in=rows)
    for word in words(query):
        if len(word) > 2:  # its two-grams may all be there without standing side by side
            found = found.filter(_holds(word))
    return found


def _holds(word: str) -> Q:
    condition = Q()
    for column in ("number", "title", "place", "demand", "content"):
        condition |= Q(**{f"{column}__icontains": word})
    if number := normalise_number(word):
        condition |= Q(number=number)
    return condition
