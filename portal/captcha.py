"""A small question for whoever sends message after message: digits in a picture, or a sum in words.

Both stand on the page and either answer counts, so that somebody who sees no pictures passes by a screen reader. It holds
off programs that fill in forms by the thousand, not a person with a grudge; the limits and the desk are for those. Drawn
and checked here: no other server learns of the voter. Each question is asked once.
"""

from __future__ import annotations

import base64
import secrets
import unicodedata
from dataclasses import dataclass

from captcha.image import ImageCaptcha
from django.core.cache import cache

DIGITS = "2345678"  # without those that look alike
LENGTH = 4
SECONDS = 1800
NUMERALS = "零一二三四五六七八九十"
_random = secrets.SystemRandom()


@dataclass(frozen=True)
class Challenge:
    key: str
    picture: str  # a data: address
    question: str


def new() -> Challenge:
    key, digits = secrets.token_urlsafe(16), "".join(_random.choice(DIGITS) for _ in range(LENGTH))
    question, result = _sum()
    cache.set(f"portal:captcha:{key}", f"{digits} {result}", SECONDS)
    image = ImageCaptcha(width=220, height=80).generate(digits).getvalue()
    return Challenge(key, f"data:image/png;base64,{base64.b64encode(image).decode()}", question)


def _sum() -> tuple[str, int]:
    one, two = _random.randint(2, 9), _random.randint(1, 9)
    if _random.random() < 0.5 and one > two:
        return f"{NUMERALS[one]}减{NUMERALS[two]}等于几？", one - two
    return f"{NUMERALS[one]}加{NUMERALS[two]}等于几？", one + two


def passes(key: str, answer: str) -> bool:
    """Whether ``answer`` is one of the two; the question is used up either way."""
    name = f"portal:captcha:{key[:40]}"
    right = cache.get(name)
    # Deleting says who was first: of two tries at once, one is looked at.
    if right is None or not cache.delete(name):
        return False
    digits, result = str(right).split()
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", answer) if sign.isalnum())
    return plain in (digits, result, _spoken(int(result)))


def _spoken(number: int) -> str:
    return NUMERALS[number] if number <= 10 else f"十{NUMERALS[number - 10]}"
