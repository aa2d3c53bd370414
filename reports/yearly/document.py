"""The yearly handling report as a Word document."""

from __future__ import annotations

from liaison.lib.word import WordReport
from reports.yearly.content import Content


def to_word(content: Content) -> bytes:
    """A .docx. Parts that nobody has written yet carry their heading and a line that says so."""
    document = WordReport(subject=content.title)
    document.title(content.title, content.below)
    tables = charts = 0
    for part in content.parts:
        document.heading(part.heading)
        document.text(part.text or "（待补充）")
        for table in part.tables:
            tables += 1
            document.table(table, f"表{tables}　")
        for chart in part.charts:
            charts += 1
            document.chart(chart, f"图{charts}　")
    return document.save()
