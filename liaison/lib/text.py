"""What people type, made even: full-width digits and letters, control characters, line ends."""

import re

FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
SPACES = {0x3000: 0x20, 0x00A0: 0x20}
# Zero-width and direction marks; joiners inside emoji stay.
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)


def clean(text: str) -> str:
    """``text`` with half-width digits and letters, even line ends and nothing invisible. Chinese punctuation stays."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(FULL_WIDTH | SPACES)
    return INVISIBLE.sub("", text).strip()
