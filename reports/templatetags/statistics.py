"""How the numbers of a statistics page are said."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from reports.figures import Summary
from reports.scopes import Scope
from reports.tables import VISITORS, Cell, Table, Tables, ledger_url, query
from suggestions.figures import Rate

register = template.Library()


@register.filter
def has_small(table: Table) -> bool:
    """Whether a rate of the table is none, because too few cases stand behind it."""
    return any(cell.rate and cell.rate.whole and cell.rate.is_small for row in table.rows for cell in row)


@register.simple_tag
def body(table: Table, scope: Scope) -> SafeString:
    """The rows of a table. Written in one go: a page has a thousand numbers, each a link."""
    days = reverse("reports:statistics_days", args=[scope.kind, scope.key]) if scope.has_receptions else ""
    heads = [conditional_escape(head) for head in table.heads]
    lines = []
    for first, *cells in table.rows:
        name: str = conditional_escape(first.text)
        if first.url:
            name = f'<a href="{conditional_escape(first.url)}">{name}</a>'
        look = ' class="nothing"' if all(cell.number == 0 for cell in cells) else ""
        numbers = "".join(
            f'<td class="num" data-label="{head}">{_cell(cell, days)}</td>'
            for head, cell in zip(heads, cells, strict=True)
        )
        lines.append(f'<tr{look}><th scope="row">{name}</th>{numbers}</tr>')
    return mark_safe("\n".join(lines))


def _cell(value: Cell, days: str) -> str:
    """A number as a link to what it counts, its rate before it."""
    words = conditional_escape(value.text) if value.number is None else str(value.number)
    if value.number != 0 and (url := value.url or _url(value, days)):
        words = f'<a href="{conditional_escape(url)}">{words}</a>'
    if value.rate is None or not value.rate.whole:
        return words
    if value.rate.is_small:
        return f'<span class="of" title="件数少，不算百分比">*</span> {words}'
    return f'<span class="of">{value.rate.percent}</span> {words}'


def _url(value: Cell, days: str) -> str:
    if value.params is not None:
        return ledger_url(value.params)
    return f"{days}?{query(value.days)}" if value.days is not None else ""


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
def rate_card(label: str, rate: Rate, of: str, table: Table, row: int) -> SafeString:
    """A link to the cases that are ``rate.part``: the first number of that row of the summary."""
    if rate.is_small:
        number = format_html(
            '<span class="figure-number figure-few">{} / {}<small> 件</small></span>', rate.part, rate.whole
        )
        said = format_html('{}<span class="figure-label">{}（件数少，不算百分比）</span>', number, label)
    else:
        said = format_html(
            '<span class="figure-number">{}</span><span class="figure-label">{}，{} {} 件中的 {} 件</span>',
            rate.percent,
            label,
            of,
            rate.whole,
            rate.part,
        )
    return _card(said, ledger_url(table.rows[row][1].params or {}) if rate.part else "")


@register.simple_tag
def median_card(now: Summary, table: Table, row: int) -> SafeString:
    """The days in which half of the cases were answered; a link to these cases."""
    if now.median is None:
        number = format_html('<span class="figure-number">{}</span>', "—")
    else:
        number = format_html('<span class="figure-number">{}<small> 天</small></span>', now.median)
    more = "" if now.ninety is None else f"；九成在 {now.ninety} 天内"
    said = format_html('{}<span class="figure-label">一半的意见在此天数内答复{}</span>', number, more)
    return _card(said, table.rows[row][1].url)


@register.simple_tag
def visitors_card(tables: Tables) -> SafeString:
    """接待群众: a link to the reception days on which they came."""
    scope, now = tables.scope, tables.figures.now.receptions
    if now is None:
        return SafeString("")
    cell = next(row[1] for row in tables.summary.rows if row[0].text == VISITORS)
    days = reverse("reports:statistics_days", args=[scope.kind, scope.key])
    said = format_html(
        '<span class="figure-number">{}<small> 人次</small></span>'
        '<span class="figure-label">接待群众，开接待日 {} 场</span>',
        now.visitors,
        now.held,
    )
    return _card(said, f"{days}?{query(cell.days or {})}")


def _card(said: SafeString, url: str) -> SafeString:
    if not url:
        return format_html('<div class="figure-card">{}</div>', said)
    return format_html('<a class="figure-card" href="{}">{}</a>', url, said)


@register.simple_tag
def overdue_card(tables: Tables, overdue: int) -> SafeString:
    return format_html(
        '<a class="figure-card{}" href="{}"><span class="figure-number">{}<small> 件</small></span>'
        '<span class="figure-label">现在逾期</span></a>',
        " figure-red" if overdue else "",
        ledger_url({**tables.scope.ledger, "phase": "overdue"}),
        overdue,
    )
