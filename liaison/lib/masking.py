"""Personal data in parts: enough to recognise, not enough to misuse."""

import re

PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)")
ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·• ]?[A-Z0-9]{5,6}(?![A-Z0-9])"
)

KINDS = (("身份证号", ID_NUMBER), ("手机号", PHONE), ("电话号码", LANDLINE), ("电子邮箱", EMAIL), ("车牌号", PLATE))


def mask_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)


def mask_name(name: str) -> str:
    """The surname stays: 赵**."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def mask_address(address: str) -> str:
    """The first half stays: a village, not a door."""
    keep = (len(address) + 1) // 2
    return address[:keep] + "*" * (len(address) - keep)


def findings(text: str) -> list[tuple[str, str]]:
    """(kind, found text) of everything in ``text`` that looks like personal data."""
    found = []
    for kind, pattern in KINDS:
        for match in pattern.finditer(text):
            found.append((kind, match.group()))
        text = pattern.sub(lambda match: " " * len(match.group()), text)
    return found


def mask_text(text: str) -> str:
    for _, pattern in KINDS:
        text = pattern.sub(lambda match: "*" * len(match.group()), text)
    return text


def has_id_number(text: str) -> bool:
    return ID_NUMBER.search(text) is not None
