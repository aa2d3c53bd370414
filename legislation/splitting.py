"""The text of a draft as it is pasted, cut into articles at 第…条, and put together again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from liaison.lib.numerals import value_of

NUMBER = "[零〇一二三四五六七八九十百千0-9]+"
ARTICLE = re.compile(rf"^(第({NUMBER})条(?:之{NUMBER})?)([\s:：]*)(.*)$")
CHAPTER = re.compile(rf"^第{NUMBER}[编章节](?:\s.*|[^条]{{0,60}})?$")
PREAMBLE, WHOLE = "题注", "全文"
MOST_ARTICLES = 500


@dataclass
class Piece:
    label: str
    chapter: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(line for line in self.lines if line)


def split(text: str) -> list[Piece]:
    """A line that begins with 第…条 begins an article, one with 第…章 the chapter of those that follow. What stands before
    the first article is 题注; a text without articles is one piece, 全文. An article without text is kept.

    Laws refer to one another's articles, and a line that was broken by a page may begin with such a reference: without
    a blank behind it, 第…条 counts only where its number is the next one.
    """
    lines = [line.strip() for line in text.replace("\u3000", " ").splitlines()]
    if not any(ARTICLE.match(line) for line in lines):
        whole = Piece(WHOLE, lines=[line for line in lines if line])
        return [whole] if whole.lines else []
    pieces, chapter, number = [Piece(PREAMBLE)], "", 0
    for line in filter(None, lines):
        found = ARTICLE.match(line)
        if found and (found[3] or not found[4] or value_of(found[2]) == number + 1):
            number = value_of(found[2])
            pieces.append(Piece(found[1], chapter, [found[4].strip()]))
        elif CHAPTER.match(line):
            chapter = " ".join(line.split())
        else:
            pieces[-1].lines.append(line)
    return pieces if pieces[0].lines else pieces[1:]


def twice(pieces: Iterable[Piece]) -> list[str]:
    """Labels that come more than once: two drafts in one text, or a slip."""
    seen: set[str] = set()
    return [piece.label for piece in pieces if piece.label in seen or seen.add(piece.label)]  # type: ignore[func-returns-value]


def join(pieces: Iterable[tuple[str, str, str]]) -> str:
    """(chapter, label, text) of each article as a text that ``split`` cuts in the same way."""
    parts, last = [], ""
    for chapter, label, text in pieces:
        if chapter and chapter != last:
            parts.append(chapter)
        last = chapter
        parts.append(text if label in (PREAMBLE, WHOLE) else f"{label}　{text}")
    return "\n\n".join(parts)
