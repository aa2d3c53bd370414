"""The yearly handling report as plain data (河南省代表建议办理办法 art 28): parts with text, tables and charts. The page, the
Word document and what is kept when the report is finished are all made of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from liaison.lib.word import Chart, Table
from reports import scopes
from reports.figures import Figures, Group, figures_of
from reports.periods import Period
from reports.work import overview
from reports.yearly import words
from reports.yearly.models import HandlingReport
from suggestions.choices import Channel, ResultKind
from suggestions.figures import FEW, Rate, Tally

NUMERALS = (*"一二三四五六七八九十", "十一", "十二")
LONGEST = 6000  # characters of one part
TOLD = ("receptions", "cases", "formal")  # parts of the overview with a chapter of their own
FEW_NOTE = f"注：不足{FEW}件的不计算比率，只列件数。"


@dataclass(frozen=True)
class Part:
    """``text`` is the office's where ``edited``, else ``automatic``."""

    key: str
    heading: str
    text: str
    automatic: str = ""
    edited: bool = False
    tables: Sequence[Table] = ()
    charts: Sequence[Chart] = ()
    hint: str = ""  # what the office is asked to write, where nothing comes by itself

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.text.splitlines() if line.strip()]


@dataclass(frozen=True)
class Content:
    title: str
    below: str
    parts: list[Part]

    @property
    def missing(self) -> list[str]:
        """Headings of parts that nobody has written yet."""
        return [part.heading for part in self.parts if not part.text.strip()]


@dataclass(frozen=True)
class Chapter:
    """How a part comes about."""

    key: str
    heading: str
    words: Callable[[Figures], str]
    tables: Callable[[Figures], list[Table]] = field(default=lambda figures: [])
    charts: Callable[[Figures], list[Chart]] = field(default=lambda figures: [])
    hint: str = ""


# --- tables and charts ------------------------------------------------------------------------

TALLY = ("收到", "应答复", "按时答复率", "已答复", "解决率", "满意率")


def _rate(rate: Rate) -> str:
    return rate.percent or (f"{rate.part}/{rate.whole}" if rate.whole else "—")


def _tally(tally: Tally) -> list[str | int]:
    rates = [_rate(tally.response), _rate(tally.solution), _rate(tally.satisfaction)]
    return [tally.received, tally.due, rates[0], tally.answered, *rates[1:]]


def _groups(title: str, heading: str, groups: Sequence[Group]) -> list[Table]:
    rows = [[group.label, *_tally(group.tally)] for group in groups if group.tally.received or group.tally.due]
    return [Table(title, [heading, *TALLY], rows, FEW_NOTE)] if rows else []


def _compared(figures: Figures) -> list[Table]:
    now, before = figures.now, figures.before
    pairs: list[tuple[str, str | int, str | int]] = [
        (name, one, other) for name, one, other in zip(TALLY, _tally(now.tally), _tally(before.tally), strict=True)
    ]
    pairs.append(("上报县级办理", now.escalated, before.escalated))
    rows = [[name, one, other] for name, one, other in pairs]
    return [Table("主要数据", ["指标", "本期", "上年同期"], rows, FEW_NOTE)]


def _by_month(figures: Figures) -> list[Chart]:
    series = [(piece, tally) for piece, tally in figures.series]
    names = [f"{piece.first.month}月" for piece, _ in series]
    lines = [("收到", [one.received for _, one in series]), ("已答复", [one.answered for _, one in series])]
    return [Chart("各月收到和已答复", names, lines, "line")]


def _results(figures: Figures) -> list[Chart]:
    """From channel to result."""
    channels = [name for name in Channel.values if figures.channels[name]]
    kinds = [*ResultKind.choices, ("", "尚未答复")]
    series = [
        (str(label), [figures.flow.get((channel, str(kind)), 0) for channel in channels]) for kind, label in kinds
    ]
    shown = [(name, values) for name, values in series if any(values)]
    names = [str(Channel(name).label) for name in channels]
    return [Chart("各渠道意见的办理结果", names, shown, "bar", stacked=True)] if shown else []


def _bands(figures: Figures) -> list[Chart]:
    if not figures.now.took:
        return []
    names = [_band(first, last) for first, last, _ in figures.bands]
    return [Chart("从登记到答复的天数", names, [("件数", [number for *_, number in figures.bands])])]


def _band(first: int, last: int | None) -> str:
    if last is None:
        return f"{first}天以上"
    return "当天" if last == 0 else f"{first}–{last}天"


def _by_field(figures: Figures) -> list[Chart]:
    groups = [group for group in figures.by_field if group.tally.received]
    names = [group.label for group in groups]
    return (
        [Chart("各领域收到的意见", names, [("收到", [group.tally.received for group in groups])], "bar")]
        if groups
        else []
    )


def _work(figures: Figures) -> list[Table]:
    """The numbers of 履职工作总览 that are not told in other parts, and are not all nothing."""
    rows = [
        [first.text, now.number or 0, "—" if before.number is None else before.number]
        for part in overview.sections(figures)
        if part.name not in TOLD
        for first, now, before, _ in part.rows
        if now.number or before.number
    ]
    return [Table("履职平台和活动主要数据", ["项目", "本期", "上年同期"], rows, "")] if rows else []


CHAPTERS = (
    Chapter("overview", "总体情况", words.overview, _compared, _by_month),
    Chapter("handling", "办理质量和时效", words.handling, charts=lambda figures: _results(figures) + _bands(figures)),
    Chapter(
        "fields",
        "分领域情况",
        words.fields,
        lambda figures: _groups("各领域办理情况", "领域", figures.by_field),
        _by_field,
    ),
    Chapter(
        "departments",
        "承办单位办理情况",
        words.departments,
        lambda figures: _groups("各主办单位办理情况", "主办单位", figures.by_department),
    ),
    Chapter(
        "stations",
        "联络站收集意见情况",
        words.stations,
        lambda figures: _groups("各联络站收到意见的办理情况", "站点", figures.by_station),
    ),
    Chapter("receptions", "代表接待群众情况", words.receptions),
    Chapter("work", "履职平台和活动情况", words.work, _work),
    Chapter("proposals", "转为代表建议、议案情况", words.proposals),
    Chapter(
        "stories",
        "典型事例",
        words.stories,
        hint="写一两件办得好的事：群众反映了什么，谁来办的，办成了什么。不写来信人。",
    ),
    Chapter("problems", "存在的问题", words.problems, hint="写办理工作中的不足和原因。"),
    Chapter("plans", "下一步打算", words.plans, hint="写接下来的具体安排：谁来做，什么时候做完。"),
)
KEYS = {chapter.key: chapter for chapter in CHAPTERS}


# --- the whole --------------------------------------------------------------------------------


def content_of(report: HandlingReport, today: dt.date | None = None) -> Content:
    """As it stands: of a finished report what was kept, else with the figures of this moment."""
    if report.is_finished:
        return _thawed(report.kept)
    figures = figures_of(scopes.of_county(report.county), Period(report.first, report.last, "year"), today)
    written = {part.key: part.text for part in report.parts.all()}
    return Content(
        title=report.title,
        below=f"（{_day(report.first)}至{_day(report.last)}）",
        parts=[_part(number, chapter, figures, written) for number, chapter in enumerate(CHAPTERS)],
    )


def _part(number: int, chapter: Chapter, figures: Figures, written: Mapping[str, str]) -> Part:
    automatic = chapter.words(figures)
    return Part(
        key=chapter.key,
        heading=f"{NUMERALS[number]}、{chapter.heading}",
        text=written.get(chapter.key, automatic),
        automatic=automatic,
        edited=chapter.key in written,
        tables=chapter.tables(figures),
        charts=chapter.charts(figures),
        hint=chapter.hint,
    )


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def frozen(content: Content) -> dict[str, Any]:
    """As JSON, to be kept with a finished report."""
    return asdict(content)


def _thawed(kept: Mapping[str, Any]) -> Content:
    parts = [
        Part(
            **part
            | {"tables": [Table(**one) for one in part["tables"]], "charts": [Chart(**one) for one in part["charts"]]}
        )
        for part in kept["parts"]
    ]
    return Content(kept["title"], kept["below"], parts)
