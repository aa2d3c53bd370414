"""Documents as .docx in the layout of a Chinese office (GB/T 9704: A4, 仿宋 body, 黑体 headings), with tables and charts.

The charts are Word's own: their numbers are in the document, their fonts are the reader's, and an office can restyle them.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Length, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph
from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumVal, StrData, StrVal
from openpyxl.chart.series import Series as ChartSeries
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.xml.functions import tostring

from liaison.lib.xlsx import safe_text

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
BODY, HEADING, TITLE = "仿宋", "黑体", "方正小标宋简体"
COLOURS = ("9E1B21", "C9A24B", "2F6B5E", "5B7DB1", "8C5A3C", "B9B1A4", "6B6459")  # the first for the main series
CHART_WIDTH, CHART_HEIGHT = Cm(15), Cm(7.5)


@dataclass(frozen=True)
class Table:
    """``rows`` as long as ``headings``; the first column names the row, the others are set to the right. ``note`` stands
    below in small type."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str | int]]
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """``series``: names with one number for each of ``categories``. ``kind``: bar (lying, for long names), column or line;
    ``stacked`` lays the series of bars end to end."""

    title: str
    categories: Sequence[str]
    series: Sequence[tuple[str, Sequence[int]]]
    kind: str = "column"
    stacked: bool = False


class WordReport:
    """Written from top to bottom: ``title``, then ``heading``, ``text``, ``table`` and ``chart``; ``save`` gives the bytes."""

    def __init__(self, *, subject: str) -> None:
        self.document: Document = docx.Document()
        self.charts = 0
        self.document.core_properties.title = safe_text(subject)
        self.document.core_properties.author = ""
        self.document.core_properties.language = "zh-CN"
        self._lay_out()

    def title(self, text: str, below: str = "") -> None:
        self._paragraph(text, font=TITLE, size=22, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False)
        if below:
            self._paragraph(below, font="楷体", size=16, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False)

    def heading(self, text: str) -> None:
        self.document.add_paragraph(safe_text(text), style="Heading 1")

    def text(self, text: str) -> None:
        """Each line is a paragraph."""
        for line in text.splitlines():
            if line.strip():
                self._paragraph(line.strip())

    def table(self, table: Table, number: str = "") -> None:
        """``number`` stands before the title, as in 表1."""
        self._caption(number + table.title)
        grid = self.document.add_table(rows=1, cols=len(table.headings), style="Table Grid")
        grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        widths = _widths(len(table.headings))
        for cell, heading in zip(grid.rows[0].cells, table.headings, strict=True):
            self._fill(cell.paragraphs[0], heading, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER)
        _repeat_on_each_page(grid.rows[0]._tr)
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = width
        for row in table.rows:
            cells = grid.add_row().cells
            for cell, value in zip(cells, row, strict=True):
                align = WD_ALIGN_PARAGRAPH.LEFT if cell is cells[0] else WD_ALIGN_PARAGRAPH.RIGHT
                self._fill(cell.paragraphs[0], str(value), align=align)
        self._paragraph(table.note, size=10.5, indent=False)

    def chart(self, chart: Chart, number: str = "") -> None:
        self._caption(number + chart.title)
        self.charts += 1
        name = PackURI(f"/word/charts/chart{self.charts}.xml")
        part = Part(name, CHART_TYPE, _chart_xml(chart), self.document.part.package)
        rel = self.document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
        paragraph = self._paragraph("", align=WD_ALIGN_PARAGRAPH.CENTER, indent=False, always=True)
        paragraph.paragraph_format.line_spacing = 1.0
        paragraph.add_run()._r.append(_frame(rel, self.charts, chart.title))

    def save(self) -> bytes:
        stream = io.BytesIO()
        self.document.save(stream)
        return stream.getvalue()

    # --- how it looks -------------------------------------------------------------------------

    def _lay_out(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
        section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
        _number_pages(section.footer.paragraphs[0])
        for name, font, size in (("Normal", BODY, 16), ("Heading 1", HEADING, 16)):
            style = self.document.styles[name]
            assert isinstance(style, ParagraphStyle)
            _set_font(style.element.get_or_add_rPr(), font)
            style.font.size, style.font.bold, style.font.color.rgb = Pt(size), False, None
            style.paragraph_format.line_spacing = Pt(28)
            style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
            style.paragraph_format.first_line_indent = Pt(2 * size) if name != "Normal" else None

    def _paragraph(
        self,
        text: str,
        *,
        font: str = BODY,
        size: float = 16,
        align: WD_ALIGN_PARAGRAPH | None = None,
        indent: bool = True,
        always: bool = False,
    ) -> Paragraph:
        paragraph = self.document.add_paragraph()
        if text:
            run = paragraph.add_run(safe_text(text))
            run.font.size = Pt(size)
            _set_font(run._r.get_or_add_rPr(), font)
        elif not always:
            paragraph.paragraph_format.line_spacing = Pt(8)
        if align is not None:
            paragraph.alignment = align
        if indent and text:
            paragraph.paragraph_format.first_line_indent = Pt(2 * size)
        return paragraph

    def _caption(self, text: str) -> None:
        paragraph = self._paragraph(text, font=HEADING, size=12, align=WD_ALIGN_PARAGRAPH.CENTER, indent=False)
        paragraph.paragraph_format.keep_with_next = True

    def _fill(self, paragraph: Paragraph, text: str, *, bold: bool = False, align: WD_ALIGN_PARAGRAPH) -> None:
        run = paragraph.add_run(safe_text(text))
        run.font.size, run.font.bold = Pt(10.5), bold
        _set_font(run._r.get_or_add_rPr(), "宋体")
        paragraph.paragraph_format.line_spacing = 1.15
        paragraph.alignment = align


def _widths(columns: int) -> list[Length]:
    """The first column holds names, the others numbers; together as wide as the text."""
    first = Cm(5.4) if columns > 3 else Cm(6)
    return [first, *[Length((CHART_WIDTH - first) // (columns - 1))] * (columns - 1)]


def _set_font(properties: Any, font: str) -> None:
    """Latin letters too: Word takes them from another font otherwise."""
    fonts = properties.get_or_add_rFonts()
    for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(kind), font)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)


def _repeat_on_each_page(row: Any) -> None:
    row.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _number_pages(paragraph: Paragraph) -> None:
    """— 3 —"""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    field = parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    paragraph._p.append(field)
    paragraph.add_run(" —")


# --- charts -------------------------------------------------------------------------------


def _chart_xml(chart: Chart) -> bytes:
    made: BarChart | LineChart = LineChart() if chart.kind == "line" else BarChart()
    if isinstance(made, BarChart):
        made.type = "bar" if chart.kind == "bar" else "col"
        made.gapWidth = 60
        if chart.stacked:
            made.grouping, made.overlap = "stacked", 100
    for number, (name, values) in enumerate(chart.series):
        made.series.append(_series(number, name, chart.categories, values, is_line=chart.kind == "line"))
    made.legend.position = "b"
    if len(chart.series) == 1:
        made.legend = None
    if chart.kind == "bar":
        made.x_axis.scaling.orientation = "maxMin"  # the first category on top
        made.y_axis.crosses = "max"
    made.x_axis.delete = made.y_axis.delete = False
    made.y_axis.number_format = "0"
    made.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="E4DFD6"))
    return bytes(tostring(made._write()))


def _series(number: int, name: str, categories: Sequence[str], values: Sequence[int], *, is_line: bool) -> ChartSeries:
    texts = StrData(ptCount=len(categories), pt=[StrVal(idx=i, v=safe_text(text)) for i, text in enumerate(categories)])
    numbers = NumData(
        formatCode="0", ptCount=len(values), pt=[NumVal(idx=i, v=value) for i, value in enumerate(values)]
    )
    series = ChartSeries(
        idx=number,
        order=number,
        tx=SeriesLabel(v=safe_text(name)),
        cat=AxDataSource(strLit=texts),
        val=NumDataSource(numLit=numbers),
    )
    colour = COLOURS[number % len(COLOURS)]
    if is_line:
        series.graphicalProperties.line.solidFill = colour
        series.smooth = False
    else:
        series.graphicalProperties.solidFill = colour
    return series


def _frame(rel: str, number: int, title: str) -> Any:
    """The drawing that shows the chart, with its title for screen readers."""
    drawing = parse_xml(
        f'<w:drawing {nsdecls("w", "wp", "a", "r")}><wp:inline><wp:extent cx="{CHART_WIDTH}" cy="{CHART_HEIGHT}"/>'
        f'<wp:docPr id="{number}" name="图表{number}"/><a:graphic>'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        f'r:id="{rel}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
    drawing.find(f".//{qn('wp:docPr')}").set("descr", safe_text(title))
    return drawing
