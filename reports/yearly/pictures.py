"""The charts of the report as the statistics pages draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liaison.lib.word import Chart
from reports import charts
from reports.tables import Cell, Table
from reports.yearly.content import Content, Part


@dataclass(frozen=True)
class Picture:
    """``template`` draws ``chart``."""

    template: str
    chart: Any


def illustrated(content: Content) -> list[tuple[Part, list[Picture]]]:
    return [
        (part, [_picture(chart, f"{part.key}-{number}") for number, chart in enumerate(part.charts)])
        for part in content.parts
    ]


def _picture(chart: Chart, name: str) -> Picture:
    series = [list(values) for _, values in chart.series]
    heads = tuple(label for label, _ in chart.series)
    if chart.kind == "line":
        table = _table(chart, name, heads, series)
        return Picture("reports/lines.svg.html", charts.lines(table, {1: "first", 2: "second"}, list(chart.categories)))
    if chart.stacked:
        whole = [sum(values) for values in zip(*series, strict=True)]
        return Picture(
            "reports/stacks.svg.html", charts.stacks(_table(chart, name, ("合计", *heads), [whole, *series]))
        )
    return Picture("reports/bars.svg.html", charts.bars(_table(chart, name, heads, series)))


def _table(chart: Chart, name: str, heads: tuple[str, ...], columns: Sequence[Sequence[int]]) -> Table:
    rows = [
        (Cell(text=category), *(Cell(number=column[place]) for column in columns))
        for place, category in enumerate(chart.categories)
    ]
    return Table(name, chart.title, "", heads, rows)
