"""How the numbers of a statistics page are said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reports.scopes import Scope
from reports.tables import Cell, Table, Tables, ledger_url
from suggestions.figures import Rate

register = template.Library()


@register.filter
def at(heads: Sequence[str], place: int) -> str:
    """The heading above the cell at ``place`` in a row."""
    return heads[place - 1]


@register.filter
def is_empty(row: Sequence[Cell]) -> bool:
    return all(cell.number == 0 for cell in row[1:])


@register.filter
def has_small(table: Table) -> bool:
    """Whether a rate of the table is none, because too few cases stand behind it."""
    return any(cell.rate and cell.rate.whole and cell.rate.is_small for row in table.rows for cell in row)


@register.simple_tag
def cell(value: Cell, scope: Scope) -> SafeString | str:
    """A number as a link to what it counts, its rate beside it."""
    words: Any = value.text if value.number is None else value.number
    url = value.url or _url(value, scope)
    if url and value.number != 0:
        words = format_html('<a href="{}">{}</a>', url, words)
    if value.rate is None or not value.rate.whole:
        return words if isinstance(words, SafeString) else format_html("{}", words)
    if value.rate.is_small:
        return format_html('<span class="of" title="件数少，不算百分比">*</span> {}', words)
    return format_html('<span class="of">{}</span> {}', value.rate.percent, words)


def _url(value: Cell, scope: Scope) -> str:
    if value.params is not None:
        return ledger_url(value.params)
    if value.days is not None:
        return f"{reverse('reports:statistics_days', args=[scope.kind, scope.key])}?{urlencode(value.days)}"
    return ""


@register.simple_tag
def number_card(label: str, table: Table, row: int) -> SafeString:
    """The first number of a row of the summary, with what it was before."""
    now, before = table.rows[row][1:3]
    return format_html(
        '<a class="figure-card" href="{}"><span class="figure-number">{}<small> 件</small></span>'
        '<span class="figure-label">{}，上期 {} 件</span></a>',
        ledger_url(now.params or {}),
        now.number,
        label,
        before.number,
    )


@register.simple_tag
def rate_card(label: str, rate: Rate, of: str) -> SafeString:
    if rate.is_small:
        number = format_html(
            '<span class="figure-number figure-few">{} / {}<small> 件</small></span>', rate.part, rate.whole
        )
        return format_html(
            '<div class="figure-card">{}<span class="figure-label">{}（件数少，不算百分比）</span></div>', number, label
        )
    return format_html(
        '<div class="figure-card"><span class="figure-number">{}</span><span class="figure-label">{}，{} {} 件中的 {} 件'
        "</span></div>",
        rate.percent,
        label,
        of,
        rate.whole,
        rate.part,
    )


@register.simple_tag
def overdue_card(tables: Tables, overdue: int) -> SafeString:
    return format_html(
        '<a class="figure-card{}" href="{}"><span class="figure-number">{}<small> 件</small></span>'
        '<span class="figure-label">现在逾期</span></a>',
        " figure-red" if overdue else "",
        ledger_url({**tables.scope.ledger, "phase": "overdue"}),
        overdue,
    )
