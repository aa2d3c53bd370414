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


def value_of(text: str) -> int:
    """二十二, 一百零三, 22 → the number; 0 where it cannot be read."""
    if text.isascii() and text.isdigit():
        return int(text)
    total = ones = 0
    for sign in text.replace("〇", "零"):
        if sign in DIGITS:
            ones = DIGITS.index(sign)
        elif sign in ("十", "百", "千"):
            total += (ones or 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            ones = 0
        else:
            return 0
    return total + ones
