"""The tables of a statistics page. Every number knows the ledger's parameters that show the cases it counts; the page, the
export and the test that walks them all read the same rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.urls import reverse

from liaison.lib.xlsx import Column
from reports.figures import OUTCOMES, Figures, Group, Summary
from reports.periods import Period, end_of_month
from reports.receiving import Receptions
from reports.scopes import COUNTY, STATION
from stations.models import Kind as StationKind
from suggestions.choices import Channel, Kind, State
from suggestions.figures import Rate, Tally

Params = Mapping[str, str]
VISITORS = "接待群众（人次）"
TALLY = ("收到", "应答复", "按时答复", "已答复", "已解决", "有评价", "满意或基本满意")


@dataclass(frozen=True)
class Cell:
    """``text`` where there is no number (or beside it: "天"); ``params`` of the ledger, or ``days`` of the list of reception
    days, that show what is counted; ``rate`` is said with the number; ``url`` leads elsewhere."""

    number: int | None = None
    text: str = ""
    params: Params | None = None
    days: Params | None = None
    rate: Rate | None = None
    url: str = ""


@dataclass(frozen=True)
class Table:
    """``heads`` without that of the first column, ``first``. ``rows``: the first cell names the row."""

    name: str
    title: str
    first: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    note: str = ""
    words: tuple[str, ...] = ()  # heads of columns of words, set to the left

    @property
    def is_tally(self) -> bool:
        """Whether its numbers are those of a tally, of which a phone shows what came in and the parts with a rate."""
        return self.heads == TALLY

    @property
    def columns(self) -> tuple[Column, ...]:
        """Of the export: a rate has a column of its own behind its number."""
        found = [Column(self.first, 30)]
        for place, head in enumerate(self.heads, start=1):
            cells = [row[place] for row in self.rows]
            words = any(cell.text and cell.number is None for cell in cells)
            found.append(Column(head, 12, "text" if words else "int"))
            if any(cell.rate for cell in cells):
                found.append(Column(RATES.get(head, "占比"), 12, "percent"))
        return tuple(found)

    def export(self) -> Iterator[list[Any]]:
        rated = [any(row[place].rate for row in self.rows) for place in range(1, len(self.heads) + 1)]
        for row in self.rows:
            line: list[Any] = [row[0].text]
            for cell, has_rate in zip(row[1:], rated, strict=True):
                line.append(cell.text if cell.number is None else cell.number)
                if has_rate:
                    line.append(_share(cell.rate))
            yield line


RATES = {
    "已联系（按名额）": "完成率",
    "按时答复": "按时答复率",
    "已解决": "解决率",
    "满意或基本满意": "满意率",
    "本期": "本期率",
    "上期": "上期率",
}


def _share(rate: Rate | None) -> float | str:
    """As a number for Excel; said in words where few cases stand behind it."""
    if rate is None or not rate.whole:
        return ""
    return "件数少" if rate.is_small else rate.part / rate.whole


def ledger_url(params: Params) -> str:
    return f"{_ledger()}?{query(params)}"


def query(params: Params) -> str:
    """As ``urlencode``; a page asks for a thousand, all of the same few words."""
    return "&".join([f"{name}={_quoted(value)}" for name, value in params.items()])


@cache
def _ledger() -> str:
    return reverse("suggestions:ledger")


_quoted = lru_cache(maxsize=2048)(quote_plus)


class Tables:
    """Of ``figures``. ``all`` is in the order of the page."""

    def __init__(self, figures: Figures) -> None:
        self.figures, self.scope, self.period = figures, figures.scope, figures.period

    @cached_property
    def all(self) -> list[Table]:
        tables = [self.summary, self.series, self.flow, self.states, self.levels, self.kinds, self.fields, self.took]
        tables += [self.stations, self.departments, self.receptions]
        return [table for table in tables if table.rows]

    def named(self, name: str) -> Table | None:
        return next((table for table in self.all if table.name == name), None)

    # --- cells ----------------------------------------------------------------------------

    def _of(self, period: Period, **more: str) -> dict[str, str]:
        return {**self.scope.ledger, **span_of(period), **more}

    def _now(self, **more: str) -> dict[str, str]:
        return self._of(self.period, **more)

    def _tally_cells(self, tally: Tally, params: Params) -> tuple[Cell, ...]:
        def cell(name: str, rate: Rate | None = None) -> Cell:
            return Cell(getattr(tally, name), params={**params, "counted": name}, rate=rate)

        return (
            cell("received"),
            cell("due"),
            cell("in_time", tally.response),
            cell("answered"),
            cell("solved", tally.solution),
            cell("votes"),
            cell("content", tally.satisfaction),
        )

    # --- tables ---------------------------------------------------------------------------

    @cached_property
    def summary(self) -> Table:
        now, before = self.figures.now, self.figures.before
        spans = (self.period, now), (self.period.before(), before)
        rows = [self._compared(label, spans, name) for label, name in zip(TALLY, NUMBERS, strict=True)]
        rows.append(self._compared("超期未答复", spans, "late"))
        rows.append(self._escalated(spans))
        rows += [
            self._days_to_reply("一半意见的答复用时", spans, "median"),
            self._days_to_reply("九成意见的答复用时", spans, "ninety"),
        ]
        rows.append(
            (
                Cell(text="现在逾期（不论何时登记）"),
                Cell(self.figures.overdue, params={**self.scope.ledger, "phase": "overdue"}),
                Cell(text="—"),
                Cell(text="—"),
            )
        )
        if now.receptions and before.receptions:
            rows += self._received(now.receptions, before.receptions)
        rows += self._contacted()
        return Table("summary", "主要数据", "项目", ("本期", "上期", "增减"), rows)

    def _compared(self, label: str, spans: tuple[tuple[Period, Summary], ...], name: str) -> tuple[Cell, ...]:
        cells = []
        for period, summary in spans:
            tally = summary.tally
            number = tally.due - tally.answered if name == "late" else getattr(tally, name)
            rate = {"in_time": tally.response, "solved": tally.solution, "content": tally.satisfaction}.get(name)
            cells.append(Cell(number, params=self._of(period, counted=name), rate=rate))
        return Cell(text=label), *cells, change(cells[0].number, cells[1].number)

    def _escalated(self, spans: tuple[tuple[Period, Summary], ...]) -> tuple[Cell, ...]:
        now, before = (
            Cell(summary.escalated, params=self._of(period, counted="received", escalated="1"))
            for period, summary in spans
        )
        return Cell(text="上报过上级站"), now, before, change(now.number, before.number)

    def _days_to_reply(self, label: str, spans: tuple[tuple[Period, Summary], ...], name: str) -> tuple[Cell, ...]:
        """The link shows the cases that were answered within so many days."""
        cells = []
        for period, summary in spans:
            days = getattr(summary, name)
            if days is None:
                cells.append(Cell(text="—"))
            else:
                cells.append(Cell(text=f"{days} 天", url=ledger_url(self._of(period, took_to=str(days)))))
        first, second = (getattr(summary, name) for _, summary in spans)
        return Cell(text=label), *cells, change(first, second)

    def _received(self, now: Receptions, before: Receptions) -> Iterator[tuple[Cell, ...]]:
        spans = ((self.period, now), (self.period.before(), before))
        for label, name, show in (
            ("应开接待日", "due", "due"),
            ("已开接待日", "held", "held"),
            ("取消的接待日", "cancelled", "cancelled"),
            (VISITORS, "visitors", self._there),
            ("值班（人次）", "on_duty", "held"),
            ("签到（人次）", "signed_in", self._there),
        ):
            cells = [
                Cell(
                    getattr(found, name),
                    days={"since": period.first.isoformat(), "until": period.last.isoformat(), "show": show},
                    rate=found.attendance if name == "signed_in" else None,
                )
                for period, found in spans
            ]
            yield Cell(text=label), *cells, change(cells[0].number, cells[1].number)

    @property
    def _there(self) -> str:
        """Visitors of a deputy are those of the days for which the deputy signed in."""
        return "there" if self.scope.deputy else "held"

    def _contacted(self) -> Iterator[tuple[Cell, ...]]:
        """The links lead to the list of deputies, whose sums they are; of a deputy to the log of these days."""
        now, before = self.figures.now.contacts, self.figures.before.contacts
        if now is None or before is None:
            return
        spans = ((self.period, now), (self.period.before(), before))
        for label, name in (
            ("应联系群众（人次）", "owed"),
            ("已联系（按名额计）", "credited"),
            ("联系次数", "contacts"),
        ):
            cells = [
                Cell(
                    getattr(tally, name),
                    url=self._talks(period),
                    rate=Rate(tally.credited, tally.owed) if name == "credited" else None,
                )
                for period, tally in spans
            ]
            yield Cell(text=label), *cells, change(cells[0].number, cells[1].number)

    def _talks(self, period: Period) -> str:
        if self.scope.deputy:
            page = reverse("deputies:deputy_contacts", args=[self.scope.deputy.pk])
        else:
            page = reverse("reports:statistics_deputies", args=[self.scope.kind, self.scope.key])
        return f"{page}?{urlencode(span_of(period))}"

    @cached_property
    def series(self) -> Table:
        rows = [
            (Cell(text=said(piece, self.period)), *self._tally_cells(tally, self._of(piece)))
            for piece, tally in self.figures.series
        ]
        return Table("series", f"收到和答复（按{self.period.step}）", self.period.step, TALLY, rows)

    @cached_property
    def flow(self) -> Table:
        outcomes = [one for one in OUTCOMES if one != "none" or any(self._flowed(one))]
        rows = []
        for channel, label in Channel.choices:
            cells = [self._flow_cell(channel, outcome) for outcome in outcomes]
            total = Cell(self.figures.channels[channel], params=self._now(channel=channel, counted="received"))
            rows.append((Cell(text=str(label)), total, *cells))
        heads = ("收到", *(str(OUTCOMES[one]) for one in outcomes))
        return Table("flow", "从渠道到结果", "渠道", heads, rows)

    def _flowed(self, outcome: str) -> Iterator[int]:
        return (number for (_, one), number in self.figures.flow.items() if one == outcome)

    def _flow_cell(self, channel: str, outcome: str) -> Cell:
        more = {"counted": "replied", "result": outcome} if outcome else {"counted": "waiting"}
        return Cell(self.figures.flow[channel, outcome], params=self._now(channel=channel, **more))

    def _shared(self, name: str, title: str, first: str, found: Mapping[str, int], labels: Mapping[str, Any]) -> Table:
        """How ``received`` is shared out over the choices of a column."""
        whole = self.figures.now.tally.received
        parameter = {"states": "state", "levels": "level", "kinds": "kind"}[name]
        rows = [
            (
                Cell(text=str(labels[key])),
                Cell(number, params=self._now(counted="received", **{parameter: key}), rate=Rate(number, whole)),
            )
            for key, number in found.items()
        ]
        return Table(name, title, first, ("收到",), rows)

    @cached_property
    def states(self) -> Table:
        return self._shared("states", "现在的状态", "状态", self.figures.states, dict(State.choices))

    @cached_property
    def levels(self) -> Table:
        return self._shared("levels", "现在由哪一级办理", "当前层级", self.figures.levels, dict(StationKind.choices))

    @cached_property
    def kinds(self) -> Table:
        return self._shared("kinds", "类别", "类别", self.figures.kinds, dict(Kind.choices))

    @cached_property
    def fields(self) -> Table:
        return self._groups("fields", "各领域", "领域", self.figures.by_field)

    @cached_property
    def stations(self) -> Table:
        title = "来源站点" if self.scope.kind not in (COUNTY, STATION) else "各站点"
        note = "按站点编排顺序排列，不是排名；乡镇（街道）的数字包括所属联络点。"
        return self._groups("stations", title, "站点", self.figures.by_station, note)

    @cached_property
    def departments(self) -> Table:
        note = "只列主办过本期意见的单位，按所属站和名称排列，不是排名；还没有交办的意见不在其中。"
        if self.scope.kind == STATION:
            note += "本站的承办单位计它主办的全部意见，包括上级转下来的；其他单位只计从本站收到的。"
        return self._groups("departments", "各承办单位", "主办单位", self.figures.by_department, note)

    def _groups(self, name: str, title: str, first: str, groups: list[Group], note: str = "") -> Table:
        rows = [
            (
                Cell(text=group.label, url=self._page(group)),
                *self._tally_cells(group.tally, {**group.ledger, **span_of(self.period)}),
            )
            for group in groups
        ]
        return Table(name, title, first, TALLY, rows, note)

    def _page(self, group: Group) -> str:
        if group.address is None:
            return ""
        return f"{reverse('reports:statistics', args=group.address)}?{urlencode(asked(self.period))}"

    @cached_property
    def took(self) -> Table:
        whole = self.figures.now.tally.answered
        rows = []
        for first, last, number in self.figures.bands:
            more = {"took_from": str(first)} | ({} if last is None else {"took_to": str(last)})
            rows.append(
                (Cell(text=band(first, last)), Cell(number, params=self._now(**more), rate=Rate(number, whole)))
            )
        return Table("took", "答复用时", "从登记到回复", ("已答复",), rows, "按日历天计算，当天答复的为 0 天。")

    @cached_property
    def receptions(self) -> Table:
        """The reception days of the year, by month."""
        marks = self.figures.marks
        rows = []
        if self.scope.has_receptions:
            for month in range(1, 13):
                found = [mark for date, mark in marks.items() if date.month == month]
                first = dt.date(self.figures.year, month, 1)
                span = {"since": first.isoformat(), "until": end_of_month(first).isoformat()}
                rows.append((Cell(text=f"{month}月"), *_month(found, span, self._there)))
        heads = ("已开", "待开或未开", "取消", "接待群众（人次）")
        return Table("receptions", f"{self.figures.year} 年接待日", "月份", heads, rows)


def span_of(period: Period) -> dict[str, str]:
    return {"since": period.first.isoformat(), "until": period.last.isoformat()}


NUMBERS = ("received", "due", "in_time", "answered", "solved", "votes", "content")


def _month(found: list[Any], span: Params, there: str) -> Iterator[Cell]:
    for name, show in (("held", "held"), ("open", "open"), ("cancelled", "cancelled"), ("visitors", there)):
        yield Cell(sum(getattr(mark, name) for mark in found), days={**span, "show": show})


def change(now: int | None, before: int | None) -> Cell:
    if now is None or before is None:
        return Cell(text="—")
    return Cell(text="持平" if now == before else f"{'+' if now > before else '−'}{abs(now - before)}")


def band(first: int, last: int | None) -> str:
    if last is None:
        return f"{first - 1} 天以上"
    return "当天" if last == 0 else f"{first}—{last} 天"


def said(piece: Period, whole: Period) -> str:
    """A step of the series in words: 3月2日, 3月2日—8日, 2026年3月, 2026年."""
    first, last = piece.first, piece.last
    match whole.step:
        case "日":
            return f"{first.month}月{first.day}日"
        case "周":
            end = f"{last.day}日" if first.month == last.month else f"{last.month}月{last.day}日"
            return f"{first.month}月{first.day}日—{end}" if first != last else f"{first.month}月{first.day}日"
        case "月":
            return f"{first.year}年{first.month}月"
    return f"{first.year}年"


def asked(period: Period) -> dict[str, str]:
    """The parameters that ask for ``period`` again."""
    if period.preset:
        return {"period": period.preset}
    return {"since": period.first.isoformat(), "until": period.last.isoformat()}
