"""A reception day as a poster: an A4 page in SVG, laid out here because SVG does not break lines by itself."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from django.conf import settings

from deputies.models import Deputy, Trade
from liaison.lib.qrcodes import squares
from receptions.arrangements import Arrangement, notice_text
from receptions.dates import hours
from receptions.tellings import public_link
from workdays.calendar import WEEKDAYS

WIDTH, HEIGHT = 840, 1188  # A4
LEFT, RIGHT = 130, 710  # of the text on the card
QR_SIZE = 150


@dataclass(frozen=True)
class Text:
    """One line: where its baseline is, how large it is."""

    x: float
    y: float
    size: float
    text: str
    look: str = ""  # "label", "name", "small" or empty


@dataclass(frozen=True)
class Poster:
    texts: list[Text]
    station: list[Text]
    date: str
    weekday: str
    hours: str
    qr: str  # the path of the dark squares
    qr_side: int  # squares along one side, the quiet zone included
    address: str


def public_address(one: Arrangement) -> str:
    """What the QR code opens: the notice on the board, else the station's page."""
    return urljoin(settings.SITE_URL, public_link(one.day))


def copy_text(one: Arrangement, change: str = "") -> str:
    """For groups that no robot reaches: pasted by hand."""
    head = f"【{one.day.station.name}】人大代表接待选民公告"
    return f"{head}\n{notice_text(one, change)}\n详情：{public_address(one)}"


def poster(one: Arrangement) -> Poster:
    day, address = one.day, public_address(one)
    path, side = squares(address)
    return Poster(
        texts=_card(one),
        station=_centred(day.station.name, WIDTH / 2, 262, 34, WIDTH - 200),
        date=f"{day.date.year}年{day.date.month}月{day.date.day}日",
        weekday=f"星期{WEEKDAYS[day.date.weekday()]}",
        hours=hours(day.starts_at, day.ends_at),
        qr=path,
        qr_side=side,
        address=address,
    )


def _card(one: Arrangement) -> list[Text]:
    """From the top of the card down; what does not fit above the QR code is the notice's to say."""
    day = one.day
    texts: list[Text] = []
    y = 508.0
    for label, text in (
        ("地点", day.place or day.station.address or day.station.name),
        ("主题", one.theme),
        ("活动", day.activity),
    ):
        if text:
            y = _row(texts, label, text, y)
    y = _deputies(texts, one.deputies, y + 6)
    officers = "、".join(f"{officer.name}（{officer.get_kind_display()}）" for officer in one.officers)
    guests = "、".join(guest.department.name for guest in one.guests)
    for label, text in (("驻站人员", officers), ("到站解答", guests)):
        if text and y < 895:
            y = _row(texts, label, text, y, most=2 if y < 860 else 1)
    return texts


def _row(texts: list[Text], label: str, text: str, y: float, most: int = 2) -> float:
    size, indent = 24, 116
    texts.append(Text(LEFT, y, 22, label, "label"))
    for line in _lines(text, size, RIGHT - LEFT - indent, most):
        texts.append(Text(LEFT + indent, y, size, line))
        y += size * 1.45
    return y + 8


def _deputies(texts: list[Text], deputies: Sequence[Deputy], y: float) -> float:
    texts.append(Text(LEFT, y, 22, "值班代表", "label"))
    if not deputies:
        texts.append(Text(LEFT + 116, y, 26, "待定", "name"))
        return y + 46
    if len(deputies) <= 4:
        for deputy in deputies:
            texts.append(Text(LEFT + 116, y, 28, deputy.name, "name"))
            about = _about(deputy, RIGHT - LEFT - 116 - _width(deputy.name, 28) - 18)
            texts.append(Text(LEFT + 116 + _width(deputy.name, 28) + 18, y, 19, about, "small"))
            y += 44
        return y + 6
    columns = 3 if len(deputies) <= 12 else 4
    size = 26 if columns == 3 else 22
    step = (RIGHT - LEFT - 116) / columns
    for number, deputy in enumerate(deputies):
        row, column = divmod(number, columns)
        name = _first_line(deputy.name, size, step - 8)
        texts.append(Text(LEFT + 116 + column * step, y + row * size * 1.55, size, name, "name"))
    return y + ((len(deputies) - 1) // columns + 1) * size * 1.55 + 8


def _about(deputy: Deputy, width: float) -> str:
    """Level, constituency and trade, as many of them as there is room for."""
    parts = [deputy.get_level_display()]
    for part in (
        str(deputy.constituency or ""),
        deputy.get_trade_display() if deputy.trade not in ("", Trade.OTHER) else "",
    ):
        if part and _width(" · ".join([*parts, part]), 19) <= width:
            parts.append(part)
    return " · ".join(parts)


# --- text of a given width ----------------------------------------------------------------


def _width(text: str, size: float) -> float:
    """About as wide as it will be: a Chinese character is square, others are half as wide and a little more."""
    return sum(size if unicodedata.east_asian_width(char) in "WFA" else size * 0.58 for char in text)


def _first_line(text: str, size: float, width: float) -> str:
    return _lines(text, size, width, 1)[0] if text else ""


def _lines(text: str, size: float, width: float, most: int) -> list[str]:
    """``most`` lines at most; what is left over ends in an ellipsis."""
    lines = [""]
    for char in " ".join(text.split()):
        if _width(lines[-1] + char, size) <= width:
            lines[-1] += char
        elif len(lines) < most:
            # No line begins with a closing mark: it hangs over the edge instead.
            if char in "，。、；：）》！？":
                lines[-1] += char
                char = ""
            lines.append(char)
        else:
            lines[-1] = f"{lines[-1][:-1]}…"
            break
    return [line for line in lines if line] or [""]


def _centred(text: str, x: float, y: float, size: float, width: float) -> list[Text]:
    while _width(text, size) > width and size > 20:
        size -= 2
    return [Text(x, y, size, _first_line(text, size, width))]
