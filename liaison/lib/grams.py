"""Two-grams: what makes two-character Chinese words findable by an index of whole tokens."""

import re
import unicodedata

# Chinese characters (the rare ones of names included, and 〇), or Latin letters and digits.
RUN = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[0-9a-z]+")
MOST = 10_000  # grams kept per text; one of 8,000 characters has some 4,300, and cannot have more than this


def words(text: str) -> list[str]:
    """The runs of Chinese characters and of Latin letters and digits in ``text``, folded."""
    return RUN.findall(_folded(text))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def grams(text: str) -> str:
    """The distinct two-grams of ``text`` (of Latin words and numbers too), separated by spaces.

    Where a number meets Chinese, the two characters at the seam are a gram as well: 5组 is found in 许良村5组.
    """
    folded = _folded(text)
    found: dict[str, None] = {}
    end = -1
    for match in RUN.finditer(folded):
        if match.start() == end:
            found[folded[end - 1 : end + 1]] = None
        run, end = match.group(), match.end()
        found.update(dict.fromkeys(_pairs(run) or [run]))
    return " ".join(list(found)[:MOST])


def terms(query: str) -> list[str]:
    """The grams that a text must all hold to match ``query``.

    A single character counts only together with what it touches (5 and 组 in 5组); one that stands alone is no term,
    because nearly every text holds it. So a query of one character has no terms: ``search.matching`` then looks into
    titles.
    """
    folded = _folded(query)
    found: dict[str, None] = {}
    end, before = -1, 0  # where the last run ended, and how long it was
    for match in RUN.finditer(folded):
        run = match.group()
        if match.start() == end and 1 in (before, len(run)):
            found[folded[end - 1 : end + 1]] = None
        found.update(dict.fromkeys(_pairs(run)))
        end, before = match.end(), len(run)
    return list(found)
