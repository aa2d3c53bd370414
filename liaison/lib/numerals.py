"""Numbers as laws and meetings write them: 二十二, 一百零三."""

from __future__ import annotations

DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """1 to 999 in Chinese numerals; other numbers stay as they are."""
    if not 0 < number < 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (DIGITS[ones] if ones else "")
