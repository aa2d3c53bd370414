"""What people type, made even: full-width digits and letters, control characters, line ends."""

import re

FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
SPACES = {0x3000: 0x20, 0x00A0: 0x20}
LINE_ENDS = re.compile("\r\n|[\r\u0085\u2028\u2029]")
# Control characters, zero-width and direction marks, halves of characters, and what XML (so Excel) cannot hold.
# Joiners and variation selectors inside emoji stay.
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


def clean(text: str) -> str:
    """``text`` with half-width digits and letters, even line ends and nothing invisible. Chinese punctuation stays."""
    return INVISIBLE.sub("", LINE_ENDS.sub("\n", text).translate(FULL_WIDTH | SPACES)).strip()
