"""Personal data in parts: enough to recognise, not enough to misuse.

What is found in running text is found however people type it: full width, with blanks or hyphens, with +86, with
Chinese numerals. Rather a number too many than one too few: a person looks at the preview before anything is public.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from liaison.lib import people

# Full-width signs, digits and letters, character for character, so that positions stay those of the text.
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x00A0: 0x20}
GAP = r"[ \-—–]?"
NUMERALS = "零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
# Solid, or in the groups that people write: place, birthday, rest.
ID_NUMBER = re.compile(
    rf"(?<!\d)(?:\d{{17}}[\dXx]|\d{{6}}{GAP}(?:19|20)\d\d{GAP}[01]\d{GAP}[0-3]\d{GAP}\d{{3}}[\dXx])(?!\d)"
)
BANK_CARD = re.compile(r"(?<!\d)62\d{2}(?: ?\d{4}){3}(?: ?\d{1,3})?(?!\d)")
PHONE = re.compile(
    rf"(?<!\d)(?:(?:\+|00)?86{GAP})?1[3-9]\d{GAP}\d{{4}}{GAP}\d{{4}}(?!\d)"
    rf"|(?<![{NUMERALS}])[一幺壹][{NUMERALS}]{{10}}(?![{NUMERALS}])"
)
MORE = r"(?:[、,/;或和 ]{1,2}[2-8]\d{6,7})*"  # 3225715、3225716: what stands beside a number is one
LANDLINE = re.compile(
    rf"(?<!\d)(?:\(0\d{{2,3}}\)|0\d{{2,3}}){GAP}[2-8]\d{{6,7}}{MORE}(?!\d)"
    rf"|(?:电话|座机|手机|热线|号码|联系方式|致电|来电|拨打)[^\d\n]{{0,4}}(?P<own>[2-8]\d{{6,7}}{MORE})(?!\d)"
)
CHAT = re.compile(
    r"(?<![A-Za-z])(?:QQ|微信|WeChat|VX|V信)(?:号码?)?[:\s是为]{0,3}(?P<own>[A-Za-z0-9_-]{5,20})", re.IGNORECASE
)
PLATE = re.compile(
    rf"[{PROVINCES}][A-Za-z][·•. ]?(?=(?:[A-Za-z]{{0,3}}\d){{3}})[A-Za-z0-9]{{4,5}}[A-Za-z0-9挂学警港澳使领](?![A-Za-z0-9])"
)

# In this order: what an earlier kind took is not looked at again.
KINDS = (
    ("电子邮箱", EMAIL),
    ("身份证号", ID_NUMBER),
    ("银行卡号", BANK_CARD),
    ("手机号", PHONE),
    ("电话号码", LANDLINE),
    ("QQ或微信号", CHAT),
    ("车牌号", PLATE),
)
# What is looked for besides, in a text that tells of somebody's matter: names and doors. They are no numbers with a form
# of their own, so more is found than is meant, and a person decides.
NAME, DOOR = "姓名称呼", "住址门牌"


def mask_phone(phone: str) -> str:
    """138****1234; of a number without area code the first and last two digits stay."""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return f"{phone[:2]}{'*' * (len(phone) - 4)}{phone[-2:]}" if len(phone) >= 7 else "*" * len(phone)


def mask_name(name: str) -> str:
    """The surname stays: 赵**."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def mask_address(address: str) -> str:
    """The first half stays: a village, not a door."""
    keep = (len(address) + 1) // 2
    return address[:keep] + "*" * (len(address) - keep)


Span = tuple[int, int, str]


def _numbers(text: str) -> list[Span]:
    """(start, end, kind) of every number and address that looks like personal data, in the order of the text."""
    folded, found = text.translate(HALF_WIDTH), []
    for kind, pattern in KINDS:
        for match in list(pattern.finditer(folded)):
            start, end = match.span("own") if match.groupdict().get("own") else match.span()
            found.append((start, end, kind))
            folded = folded[:start] + "\x00" * (end - start) + folded[end:]
    return sorted(found)


def _with_people(text: str) -> list[Span]:
    """As :func:`_numbers`, with names and doors."""
    found, folded = _numbers(text), text.translate(HALF_WIDTH)
    for kind, places in ((NAME, people.names), (DOOR, people.doors)):
        for start, end, _ in found:
            folded = folded[:start] + "\x00" * (end - start) + folded[end:]
        found += [(start, end, kind) for start, end in places(folded)]
    return sorted(found)


def _spans(text: str, everything: bool) -> list[Span]:
    return _with_people(text) if everything else _numbers(text)


def findings(text: str, *, everything: bool = False) -> list[tuple[str, str]]:
    """(kind, found text) of everything in ``text`` that looks like personal data, in its order.

    ``everything``: names and doors too, as for a text that tells of a voter's matter.
    """
    return [(kind, text[start:end]) for start, end, kind in _spans(text, everything)]


def marked(text: str, *, everything: bool = False) -> list[tuple[str, str]]:
    """``text`` in pieces (piece, kind); the kind is empty for what looks like no personal data."""
    pieces, place = [], 0
    for start, end, kind in _spans(text, everything):
        pieces += [(text[place:start], ""), (text[start:end], kind)]
        place = end
    return [piece for piece in [*pieces, (text[place:], "")] if piece[0]]


def mask_text(text: str, *, everything: bool = False, keep: Sequence[str] = ()) -> str:
    """``text``, as long as before, with stars for everything that :func:`findings` finds; of 张书记 the title stays.

    ``keep``: found texts that somebody said may stay.
    """
    for start, end, kind in _spans(text, everything):
        if text[start:end] not in keep:
            end -= people.kept_of(text[start:end]) if kind == NAME else 0
            text = text[:start] + "*" * (end - start) + text[end:]
    return text


def has_id_number(text: str) -> bool:
    return ID_NUMBER.search(text.translate(HALF_WIDTH)) is not None
