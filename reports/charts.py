"""Charts as plain SVG: where each mark lies, worked out from the rows of a table; templates/reports/*.svg.html draw them.

Widths are per cent of the drawing, heights and letters are pixels: a chart is as wide as its column and its words stay
legible on a phone. Colours come from classes of the style sheet, so that no style is written into a page.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from reports.receiving import Mark
from reports.tables import Cell, Table, ledger_url

ROW = 40  # px, a bar with its words above it
WIDEST = 86.0  # % of the drawing that the longest bar takes; the rest is for its number
HEIGHT, TOP, BOTTOM = 220, 16, 28  # px, of a line chart
LEFT, RIGHT = 3.0, 97.0  # % between which the points lie
LABELS = 12  # words along the line at most
OUTCOME_CLASSES = {
    "已解决": "solved",
    "有条件解决": "conditional",
    "列入计划": "planned",
    "不能解决": "cannot",
    "属上级事权": "higher",
    "未注明": "unsaid",
    "尚未答复": "waiting",
}


@dataclass(frozen=True)
class Bar:
    label: str
    number: int
    y: int  # of the row's top
    width: float
    url: str


@dataclass(frozen=True)
class Bars:
    name: str
    title: str
    about: str
    height: int
    bars: list[Bar]


@dataclass(frozen=True)
class Piece:
    name: str
    number: int
    x: float
    width: float
    look: str
    url: str


@dataclass(frozen=True)
class Stack:
    label: str
    number: int
    y: int
    width: float
    url: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Stacks:
    name: str
    title: str
    about: str
    height: int
    stacks: list[Stack]
    legend: list[tuple[str, str]]  # class, words


@dataclass(frozen=True)
class Point:
    label: str
    number: int
    x: float
    y: float
    url: str


@dataclass(frozen=True)
class Line:
    look: str
    label: str
    points: list[Point]

    @property
    def path(self) -> str:
        return " ".join(f"{point.x:g},{point.y:g}" for point in self.points)


@dataclass(frozen=True)
class Lines:
    name: str
    title: str
    about: str
    height: int
    lines: list[Line]
    grid: list[tuple[int, float]]  # number, y
    labels: list[tuple[str, float]]  # words, x

    @property
    def foot(self) -> int:
        return self.height - 8


@dataclass(frozen=True)
class Square:
    day: int
    x: int
    y: int
    look: str  # "", held, open, cancelled
    words: str
    date: str


@dataclass(frozen=True)
class Month:
    number: int
    height: int
    squares: list[Square]


def _url(cell: Cell) -> str:
    return ledger_url(cell.params) if cell.params and cell.number else ""


def _most(title: str, rows: list[tuple[str, int]], unit: str = "件") -> str:
    """What a chart says to who does not see it, in one sentence."""
    filled = [row for row in rows if row[1]]
    if not filled:
        return f"{title}：没有数据。"
    return f"{title}：" + "，".join(f"{label} {number} {unit}" for label, number in filled) + "。"


def bars(table: Table, column: int = 1) -> Bars:
    rows = [(row[0].text, row[column].number or 0, _url(row[column])) for row in table.rows]
    most = max((number for _, number, _ in rows), default=0) or 1
    drawn = [
        Bar(label, number, place * ROW, round(number * WIDEST / most, 2), url)
        for place, (label, number, url) in enumerate(rows)
    ]
    about = _most(table.title, [(label, number) for label, number, _ in rows])
    return Bars(table.name, table.title, about, len(rows) * ROW, drawn)


def stacks(table: Table) -> Stacks:
    """Of the table from channel to outcome: its first number is the whole of the row."""
    outcomes = table.heads[1:]
    most = max((row[1].number or 0 for row in table.rows), default=0) or 1
    drawn = []
    for place, (label, whole, *parts) in enumerate(table.rows):
        x, pieces = 0.0, []
        for outcome, cell in zip(outcomes, parts, strict=True):
            width = (cell.number or 0) * WIDEST / most
            if width:
                look = OUTCOME_CLASSES[outcome]
                pieces.append(Piece(outcome, cell.number or 0, round(x, 2), round(width, 2), look, _url(cell)))
            x += width
        drawn.append(Stack(label.text, whole.number or 0, place * ROW, round(x, 2), _url(whole), pieces))
    about = _most(table.title, [(stack.label, stack.number) for stack in drawn])
    legend = [(OUTCOME_CLASSES[outcome], outcome) for outcome in outcomes]
    return Stacks(table.name, table.title, about, len(drawn) * ROW, drawn, legend)


def lines(table: Table, columns: Mapping[int, str], short: list[str]) -> Lines:
    """A line for each of ``columns`` (place in a row: class); ``short`` are words for each row, of which some are shown."""
    most = _round_up(max((row[column].number or 0 for row in table.rows for column in columns), default=0))
    span, many = HEIGHT - TOP - BOTTOM, len(table.rows)

    def x(place: int) -> float:
        return round(LEFT + (RIGHT - LEFT) * place / (many - 1), 2) if many > 1 else 50.0

    def y(number: int) -> float:
        return round(TOP + span * (1 - number / most), 1)

    drawn = []
    for column, look in columns.items():
        points = [
            Point(row[0].text, row[column].number or 0, x(place), y(row[column].number or 0), _url(row[column]))
            for place, row in enumerate(table.rows)
        ]
        drawn.append(Line(look, table.heads[column - 1], points))
    every = -(-many // LABELS)
    labels = [(short[place], x(place)) for place in range(many) if place % every == 0]
    about = " ".join(_most(line.label, [(point.label, point.number) for point in line.points]) for line in drawn)
    grid = [(number, y(number)) for number in sorted({0, most // 2, most})]
    return Lines(table.name, table.title, about, HEIGHT, drawn, grid, labels)


def _round_up(number: int) -> int:
    """The next even number with one or two figures before its noughts."""
    step = 1
    while number > 20 * step:
        step *= 10
    step = max(step, 2)
    return max(-(-number // step) * step, 2)


def year(number: int, marks: Mapping[dt.date, Mark]) -> list[Month]:
    months = []
    for month in range(1, 13):
        weeks = calendar.Calendar().monthdatescalendar(number, month)
        squares = [
            _square(date, column, line, marks.get(date))
            for line, week in enumerate(weeks)
            for column, date in enumerate(week)
            if date.month == month
        ]
        months.append(Month(month, 20 + 22 * len(weeks), squares))
    return months


def _square(date: dt.date, column: int, line: int, mark: Mark | None) -> Square:
    look, words = "", ""
    if mark:
        look = "held" if mark.held else "open" if mark.open else "cancelled"
        said = [
            f"已开 {mark.held} 场" if mark.held else "",
            f"待开或未开 {mark.open} 场" if mark.open else "",
            f"取消 {mark.cancelled} 场" if mark.cancelled else "",
            f"接待 {mark.visitors} 人次" if mark.visitors else "",
        ]
        words = f"{date.month}月{date.day}日：" + "，".join(filter(None, said))
    return Square(date.day, column * 22, 20 + line * 22, look, words, date.isoformat())
