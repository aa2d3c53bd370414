"""A column of an import, declared once: what it is called, what may stand in it, how it is read and explained.

The template, its drop-downs and its sheet of explanations, the reading, the preview and docs/imports.md come from these.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from imports.reader import FRACTION
from liaison.lib.phones import tidy
from liaison.lib.text import clean

MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"(0\d{2,3})?\d{7,8}(转\d{1,5})?|[48]00\d{7}")
CHINESE_SPACED = re.compile(r"(?<=[\u3400-\u9fff·])\s+(?=[\u3400-\u9fff·])")
DOTS = re.compile("[•・‧∙●]")
DATE = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?)?")
MONTH = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?")
PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})?")
TIMES = re.compile(r"(\d{1,2})[:：](\d{2})")
SERIAL = re.compile(r"\d{5}")
EXCEL_DAY_0 = dt.date(1899, 12, 30)
SUGGEST_AT_MOST = 300  # different wrong values of one upload for which a similar right one is looked for


class Bad(Exception):
    """A cell that cannot be read: why, and what it may have been meant to be."""

    def __init__(self, why: str, suggestion: str = "") -> None:
        super().__init__(why)
        self.why, self.suggestion = why, suggestion


@dataclass(frozen=True)
class Column:
    name: str
    heading: str
    explain: str
    read: Callable[[str], Any]
    synonyms: tuple[str, ...] = ()
    required: bool = False
    examples: tuple[str, str] = ("", "")
    choices: tuple[str, ...] = ()  # what the drop-down offers; where other words are read too, they are synonyms
    offered: str = ""  # the drop-down is filled from the county: "stations", "parents", "terms" …
    width: int = 14
    as_text: bool = False  # phones and numbers with leading zeros: the template's cells are texts

    @property
    def headings(self) -> tuple[str, ...]:
        return (self.heading, *self.synonyms)


def text(longest: int) -> Callable[[str], str]:
    def read(raw: str) -> str:
        value = " ".join(clean(raw).split())
        if len(value) > longest:
            raise Bad(f"有 {len(value)} 个字，最多 {longest} 个", value[:longest])
        return value

    return read


def long_text(longest: int) -> Callable[[str], str]:
    """With its line ends."""

    def read(raw: str) -> str:
        value = clean(raw)
        if len(value) > longest:
            raise Bad(f"有 {len(value)} 个字，最多 {longest} 个")
        return value

    return read


def person(longest: int = 20) -> Callable[[str], str]:
    """张 三 is 张三; 阿卜杜拉•买买提 keeps its dot."""

    def read(raw: str) -> str:
        value = CHINESE_SPACED.sub("", DOTS.sub("·", " ".join(clean(raw).split())))
        if "*" in value or "＊" in value:
            raise Bad("姓名被遮住了，请填写完整")
        if len(value) > longest:
            raise Bad(f"有 {len(value)} 个字，最多 {longest} 个")
        if any(ch.isdigit() for ch in value):
            raise Bad("姓名里不应有数字", "".join(ch for ch in value if not ch.isdigit()))
        return value

    return read


def code(longest: int) -> Callable[[str], str]:
    """Numbers and marks without blanks: certificates, area codes."""

    def read(raw: str) -> str:
        value = re.sub(r"\s", "", clean(raw))
        if "E+" in value.upper() and re.fullmatch(r"[\d.]+[Ee]\+?\d+", value):
            raise Bad("被 Excel 变成了科学计数法，后面的数字可能丢了；请把这一列设为“文本”后重填")
        if "*" in value:
            raise Bad("号码被遮住了，请填写完整")
        if len(value) > longest:
            raise Bad(f"有 {len(value)} 个字符，最多 {longest} 个")
        return value

    return read


def phone(raw: str) -> str:
    """Eleven digits of a mobile, or a landline; also out of 1.3800001234E+10, as long as no digit is lost."""
    value = tidy(clean(raw)).replace("(", "").replace(")", "").removeprefix("+86")
    if re.fullmatch(r"[\d.]+E\+?\d+", value.upper()):
        value = _from_scientific(value)
    if value.startswith("86") and MOBILE.fullmatch(value[2:]):
        value = value[2:]
    if MOBILE.fullmatch(value) or LANDLINE.fullmatch(value):
        return value
    if "*" in value:
        raise Bad("号码被遮住了，请填写完整")
    several = [one for one in re.split(r"[,，、;；/]", value) if MOBILE.fullmatch(one)]
    if several:
        raise Bad("一格只填一个号码", several[0])
    digits = "".join(ch for ch in value if ch.isdigit())
    if len(digits) < 7 or MOBILE.fullmatch(digits) is None:
        raise Bad("不是 11 位手机号，也不是带区号的座机")
    raise Bad("号码里有别的字", digits)


def mobile(raw: str) -> str:
    value = phone(raw)
    if not MOBILE.fullmatch(value):
        raise Bad("请填写 11 位手机号")
    return value


def _from_scientific(value: str) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    digits = len(value.upper().partition("E")[0].replace(".", ""))
    whole = str(int(number)) if number == number.to_integral_value() else value
    if digits < 10 and len(whole) > digits:
        raise Bad("被 Excel 变成了科学计数法，后面的数字丢了；请把这一列设为“文本”后重填")
    return whole


def _day(year: str | int, month: str | int, day: str | int) -> dt.date:
    try:
        found = dt.date(int(year), int(month), int(day))
    except ValueError:
        raise Bad("没有这一天") from None
    if not 1900 <= found.year <= 2100:
        raise Bad("年份不对")
    return found


def date(raw: str) -> dt.date:
    """2024-05-01, 2024.5.1, 2024年5月1日, 20240501, or the number Excel keeps a date as."""
    value = clean(raw)
    if match := DATE.fullmatch(value):
        return _day(*match.groups())
    if (match := PACKED.fullmatch(value)) and match[3]:
        return _day(*match.groups())
    if SERIAL.fullmatch(value) and 20000 <= int(value) <= 73050:  # 1954 to 2099
        return EXCEL_DAY_0 + dt.timedelta(days=int(value))
    if MONTH.fullmatch(value):
        raise Bad("只有年月，还要有日")
    raise Bad("看不出是哪一天，请写成 2024-05-01 的样子")


def month(raw: str) -> str:
    """1968-05, 1968.5, 1968年5月, 196805, or a whole date; as ``1968-05``."""
    value = clean(raw)
    if match := MONTH.fullmatch(value):
        year, number = match.groups()
        if raw.endswith(FRACTION) and number == "1":
            raise Bad("Excel 里看不出是 1 月还是 10 月，请写成文本", f"{year}-01 或 {year}-10")
        return f"{_day(year, number, 1):%Y-%m}"
    if (match := PACKED.fullmatch(value)) and not match[3]:
        return f"{_day(match[1], match[2], 1):%Y-%m}"
    try:
        return f"{date(raw):%Y-%m}"
    except Bad:
        raise Bad("看不出是哪年哪月，请写成 1968-05 的样子") from None


def times(raw: str) -> tuple[dt.time, dt.time]:
    """9:00—11:30"""
    found = TIMES.findall(unicodedata.normalize("NFKC", raw))
    try:
        pair = [dt.time(int(hour), int(minute)) for hour, minute in found]
    except ValueError:
        pair = []
    if len(pair) != 2 or pair[0] >= pair[1]:
        raise Bad("请写起止时间，如 9:00-11:30")
    return pair[0], pair[1]


def email(raw: str) -> str:
    value = re.sub(r"\s", "", clean(raw))
    try:
        validate_email(value)
    except ValidationError:
        raise Bad("不是电子邮箱") from None
    return value


def folded(words: str) -> str:
    """To compare by: half width, lower case, letters, digits and characters only."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", words).lower())


def choice(labels: Iterable[tuple[Any, str]], also: Mapping[str, Any] | None = None) -> Callable[[str], Any]:
    """One of ``labels`` (value, word); ``also``: other words for a value."""
    pairs = [(value, str(label)) for value, label in labels]
    known = {folded(label): value for value, label in pairs}
    known |= {folded(words): value for words, value in (also or {}).items()}
    offered = "、".join(label for _, label in pairs)

    def read(raw: str) -> Any:
        key = folded(clean(raw))
        if key in known:
            return known[key]
        close = difflib.get_close_matches(key, known, 1, 0.5)
        label = next((label for value, label in pairs if close and value == known[close[0]]), "")
        raise Bad(f"只能是：{offered}", label)

    return read


def several(labels: Sequence[tuple[str, str]]) -> Callable[[str], str]:
    """Some of ``labels``, between 、 or commas; as their values between commas."""
    one = choice(labels)

    def read(raw: str) -> str:
        chosen = [one(part) for part in re.split(r"[,，、;；/\n]", raw) if part.strip()]
        return ",".join(value for value, _ in labels if value in chosen)

    return read


def parts(read: Callable[[str], str]) -> Callable[[str], list[str]]:
    """Several in one cell: 张三、李四."""

    def read_all(raw: str) -> list[str]:
        return [read(part) for part in re.split(r"[,，、;；/\n]", raw) if part.strip()]

    return read_all


names, phones = parts(person()), parts(phone)


@dataclass
class Suggester:
    """Similar words for what is not known; looks only at so many, because looking is slow."""

    known: Sequence[str]
    left: int = SUGGEST_AT_MOST
    asked: dict[str, str] = field(default_factory=dict)

    def closest(self, word: str) -> str:
        if word not in self.asked:
            self.left -= 1
            close = difflib.get_close_matches(word, self.known, 1, 0.5) if self.left > 0 and len(word) < 60 else []
            self.asked[word] = close[0] if close else ""
        return self.asked[word]
