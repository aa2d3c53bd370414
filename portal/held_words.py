"""The county office's list of words that a message is read with care for. A match refuses nothing and accuses nobody:
the case is submitted like any other, and whoever sorts it sees 待审 and the words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction

from portal.models import HeldWord
from stations.changes import record
from stations.models import County

if TYPE_CHECKING:
    from accounts.models import User

MOST_WORDS = 2000
LEAST_SIGNS = 2  # one character alone is in half of all messages
MOST_SIGNS = 30


def fold(text: str) -> str:
    """``text`` as it is compared: half width, lower case, nothing but letters and digits, however it was spread out."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def found_in(county_id: int, *texts: str) -> str:
    """The words of the county's list in ``texts``, joined by 、 in the list's order; empty where there are none."""
    folded = [fold(text) for text in texts]
    words = HeldWord.objects.filter(county=county_id).values_list("word", "folded")
    return "、".join(word for word, plain in words if any(plain in text for text in folded))


def lines(text: str) -> list[str]:
    """One word a line, as pasted from anywhere; blank lines and repetitions are nothing."""
    seen: dict[str, str] = {}
    for line in text.splitlines():
        word = " ".join(line.split())
        if fold(word):
            seen.setdefault(fold(word), word)
    return list(seen.values())


@transaction.atomic
def save_words(county: County, words: Iterable[str], *, actor: User) -> tuple[int, int]:
    """Make ``words`` the county's list; how many came and how many went. The event counts them and names none."""
    County.objects.select_for_update().get(pk=county.pk)
    wanted = {fold(word): word for word in words}
    present = HeldWord.objects.filter(county=county)
    gone, _ = present.exclude(folded__in=wanted).delete()
    known = set(present.values_list("folded", flat=True))
    added = [HeldWord(county=county, word=word, folded=plain) for plain, word in wanted.items() if plain not in known]
    HeldWord.objects.bulk_create(added)
    if added or gone:
        record(county.pk, "held_words_edit", actor=actor, after={"added": len(added), "removed": gone})
    return len(added), gone
