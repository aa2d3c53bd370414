"""Search over number, title, place, demand and content, two-character words included (see migrations 0002 and 0005)."""

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from liaison.lib.grams import terms, words
from liaison.lib.querycodes import normalise_number
from suggestions.models import SuggestionQuerySet

# The expression must be the index's own, to the letter (migrations 0005 and 0012).
POSTGRESQL = "suggestions_grams(suggestions_suggestion.search) @> %s"
HINT = "COALESCE(suggestions_suggestion.search LIKE %s, FALSE)"


def matching(suggestions: SuggestionQuerySet, query: str) -> SuggestionQuerySet:
    """Those of ``suggestions`` that hold every word of ``query``; all of them where the query has no word.

    A query of one character looks into titles only: no index serves it, and few people mean it.
    """
    grams = terms(query)
    if not grams:
        return suggestions.filter(title__contains=query.strip()) if query.strip() else suggestions
    if connection.vendor == "postgresql":
        found = suggestions.filter(RawSQL(POSTGRESQL, [grams], BooleanField()))
    else:
        match = " ".join(f'"{gram}"' for gram in grams)
        rows = RawSQL("SELECT rowid FROM suggestions_search WHERE suggestions_search MATCH %s", [match])
        found = suggestions.filter(pk__in=rows)
    for word in words(query):
        if len(word) > 2:  # its two-grams may all be there without standing side by side
            found = found.filter(_holds(word))
    return found


def newest_hint(query: str) -> Q:
    """What :func:`matching` asks once more in another way, for whoever reads one page of it in the ledger's order.

    A frequent word is found soonest by reading the newest cases until the page is full, a rare one by the index; the
    planner knows how frequent a word is. Two characters are looked for first, which is ten times as fast as taking a text
    apart; COALESCE hides from the planner that this is a part of the same condition. Counting is faster without it.
    """
    grams = terms(query)
    if not grams or connection.vendor != "postgresql":
        return Q()
    return Q(RawSQL(HINT, [f"%{grams[0]}%"], BooleanField()))


def _holds(word: str) -> Q:
    condition = Q()
    lookup = "icontains" if word != word.upper() else "contains"  # Chinese has no case, and folding a text is slow
    for column in ("content", "title", "demand", "place", "number"):  # where it mostly stands comes first
        condition |= Q(**{f"{column}__{lookup}": word})
    if number := normalise_number(word):
        condition |= Q(number=number)
    return condition
