"""Two-grams: what makes two-character Chinese words findable by an index of whole tokens."""

import re
import unicodedata

RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[0-9a-z]+")
MOST = 4000  # grams kept per text: far beyond what a text of 8,000 characters repeats


def words(text: str) -> list[str]:
    """The runs of Chinese characters and of Latin letters and digits in ``text``, folded."""
    return RUN.findall(unicodedata.normalize("NFKC", text).lower())


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def grams(text: str) -> str:
    """The distinct two-grams of ``text`` (of Latin words and numbers too), separated by spaces."""
    found: dict[str, None] = {}
    for run in words(text):
        found.update(dict.fromkeys(_pairs(run)))
    return " ".join(list(found)[:MOST])


def terms(query: str) -> list[str]:
    """The grams that a text must all hold to match ``query``; none for a query of one character."""
    found: dict[str, None] = {}
    for run in words(query):
        if len(run) > 1:
            found.update(dict.fromkeys(_pairs(run)))
    return list(found)
