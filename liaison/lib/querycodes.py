"""Query codes: what a voter shows, with the number, to follow a case. Eight characters nobody confuses."""

import hmac
import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(8))


def grouped(code: str) -> str:
    """As it is shown and read out: in two groups of four."""
    return f"{code[:4]}-{code[4:]}" if code else ""


def normalise(text: str) -> str:
    """As typed on any phone: full width, lower case, with spaces or dashes."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(char for char in folded if char.isalnum())


def normalise_number(text: str) -> str:
    """A case number as typed (``ｂａ 2026－00012``) in its own form (``BA2026-00012``); other text as it is."""
    plain = normalise(text)
    letters = plain.rstrip("0123456789")
    digits = plain[len(letters) :]
    return f"{letters}{digits[:4]}-{digits[4:]}" if letters and len(digits) > 4 else plain


def matches(one: str, other: str) -> bool:
    """Whether both are the same code, in constant time. Nothing matches a case that has none."""
    wanted, given = normalise(one).encode(), normalise(other).encode()
    return hmac.compare_digest(wanted, given) and bool(wanted)
