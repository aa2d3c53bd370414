"""The workbooks an import hands out: the template to fill in, the rows that were refused, the first passwords."""

from __future__ import annotations

import io
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from imports.columns import Column
from imports.kinds import Kind
from imports.scope import Scope
from liaison.lib.xlsx import HEADER_FILL, HEADER_FONT, MEDIA_TYPE, safe_text

FILLED_IN = 5000  # rows below the header that have drop-downs
REQUIRED_FILL = PatternFill("solid", start_color="9E1B21")
OPTIONAL_FILL = PatternFill("solid", start_color="6B6459")
EXAMPLE_FONT = Font(name="微软雅黑", italic=True, color="8A837C")
PLAIN_FONT = Font(name="微软雅黑")
THIN = Side(style="thin", color="D0CCC4")
BORDER = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
TOP = Alignment(vertical="top", wrap_text=True)


def template(kind: type[Kind], scope: Scope) -> Workbook:
    """The sheet to fill in with two example rows, one that explains every column, one with what drop-downs offer."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = kind.label
    explained, options = book.create_sheet("填写说明"), book.create_sheet("选项")
    offered = kind().offered(scope)
    sheet.freeze_panes = "A2"
    sheet.row_dimensions[1].height = 28
    for number, column in enumerate(kind.columns, 1):
        place = get_column_letter(number)
        sheet.column_dimensions[place].width = max(column.width, 2 * len(column.heading) + 4)
        head = sheet.cell(1, number, f"{column.heading}*" if column.required else column.heading)
        head.font, head.alignment, head.border = HEADER_FONT, MIDDLE, BORDER
        head.fill = REQUIRED_FILL if column.required else OPTIONAL_FILL
        for row, example in enumerate(column.examples, 2):
            cell = sheet.cell(row, number, example)
            cell.font, cell.border, cell.data_type = EXAMPLE_FONT, BORDER, "s" if example else cell.data_type
        if column.as_text:
            for row in range(2, 502):
                sheet.cell(row, number).number_format = "@"
        if choices := list(column.choices) or offered.get(column.offered, []):
            _drop_down(sheet, options, number, column, choices)
    options.sheet_properties.tabColor = explained.sheet_properties.tabColor = "8A837C"
    sheet.sheet_properties.tabColor = "9E1B21"
    _one_page_wide(sheet)
    _explain(explained, kind)
    return book


def _drop_down(sheet: Worksheet, options: Worksheet, number: int, column: Column, choices: list[str]) -> None:
    place = get_column_letter(options.max_column + 1 if options.cell(1, 1).value else 1)
    options[f"{place}1"] = column.heading
    options[f"{place}1"].font, options[f"{place}1"].fill = HEADER_FONT, OPTIONAL_FILL
    options.column_dimensions[place].width = 26
    for row, words in enumerate(choices, 2):
        options[f"{place}{row}"] = safe_text(words)
        options[f"{place}{row}"].font = PLAIN_FONT
    rule = DataValidation(
        type="list",
        formula1=f"选项!${place}$2:${place}${len(choices) + 1}",
        allow_blank=True,
        showErrorMessage=True,
        # What comes from the county may be written shorter, or be new: a word of warning, no stop.
        errorStyle="stop" if column.choices else "warning",
        errorTitle=column.heading,
        error="请从下拉列表里选。" if column.choices else "下拉列表里没有这一项，确定要这样写吗？",
    )
    rule.promptTitle, rule.prompt, rule.showInputMessage = column.heading, column.explain[:250], True
    letter = get_column_letter(number)
    rule.add(f"{letter}2:{letter}{FILLED_IN}")
    sheet.add_data_validation(rule)


def _explain(sheet: Worksheet, kind: type[Kind]) -> None:
    lines = (
        f"怎样填写“{kind.label}”表",
        f"1. 在“{kind.label}”工作表里填，一行一{kind.measure}；深红色标题的列必填，灰色的可以空着。斜体的两行是示例，可以删，留着也不会导入。",
        "2. 标题可以换成下面“也认得”的说法，列的顺序随意，多出来的列不用删。不要合并单元格，不要用公式。",
        f"3. 已经有的{kind.label}会认出来（{kind.matched_by}），只改不同的地方；空着的格子不改动原来的内容。",
        "4. 上传后先看预览：哪些新增、哪些有改动、哪些不能导入和为什么。确认以后才写入；最近一次导入可以撤销。",
    )
    for row, line in enumerate(lines, 1):
        cell = sheet.cell(row, 1, line)
        cell.font = Font(name="微软雅黑", bold=row == 1, size=14 if row == 1 else 11)
        cell.alignment = TOP
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=5)
        sheet.row_dimensions[row].height = 30 if row > 1 else 26
    widths = (16, 7, 52, 26, 34)
    heads = ("列", "必填", "怎么填", "例子", "也认得这些标题")
    for number, (head, width) in enumerate(zip(heads, widths, strict=True), 1):
        cell = sheet.cell(7, number, head)
        cell.font, cell.fill, cell.alignment, cell.border = HEADER_FONT, HEADER_FILL, MIDDLE, BORDER
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row, column in enumerate(kind.columns, 8):
        words = column.explain
        if column.choices:
            words += "从下拉列表里选：" + "、".join(column.choices) + "。"
        filled = (
            column.heading,
            "是" if column.required else "",
            words,
            "；".join(filter(None, column.examples)),
            "、".join(column.synonyms),
        )
        for place, filling in enumerate(filled, 1):
            cell = sheet.cell(row, place, filling)
            cell.font, cell.alignment, cell.border = PLAIN_FONT, TOP, BORDER
        # Office programs fit a height only while somebody types.
        needed = max(-(-2 * len(each) // wide) for each, wide in zip(filled, widths, strict=True))
        sheet.row_dimensions[row].height = 17 * max(needed, 1)
    sheet.freeze_panes = "A8"
    _one_page_wide(sheet)


def _one_page_wide(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def refused(kind: type[Kind], names: list[str], rows: list[dict[str, Any]]) -> Workbook:
    """The rows as they were sent, the reasons in the last column; put right, the file is uploaded as it is."""
    by_name = {column.name: column for column in kind.columns}
    book = Workbook(write_only=True)
    sheet = book.create_sheet(kind.label)
    for number, name in enumerate(names, 1):
        sheet.column_dimensions[get_column_letter(number)].width = by_name[name].width
    sheet.column_dimensions[get_column_letter(len(names) + 1)].width = 60
    sheet.freeze_panes = "A2"
    sheet.append([*(by_name[name].heading for name in names), "不能导入的原因"])
    for row in rows:
        reasons = f"原第 {row['number']} 行：" + "；".join(map(reason, row["troubles"]))
        sheet.append([_text(sheet, cell) for cell in (*row["cells"], reasons)])
    return book


def reason(trouble: tuple[str, str, str]) -> str:
    heading, why, suggestion = trouble
    return f"{heading}：{why}" + (f"（建议：{suggestion}）" if suggestion else "")


def slips(rows: list[list[str]], address: str) -> Workbook:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("初始密码")
    for letter, width in zip("ABCDEF", (14, 20, 16, 20, 36, 30), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append(["姓名", "用户名", "手机号", "初始密码", "岗位", "网址"])
    for row in rows:
        sheet.append([_text(sheet, cell) for cell in (*row, address)])
    return book


def _text(sheet: Any, value: str) -> Any:
    """A text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, value=safe_text(value))
    if value:
        cell.data_type = "s"
        cell.number_format = "@"
    return cell


def response(book: Workbook, file_name: str) -> HttpResponse:
    stream = io.BytesIO()
    book.save(stream)
    answer = HttpResponse(stream.getvalue(), content_type=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = content_disposition_header(True, file_name) or "attachment"
    answer.headers["Cache-Control"] = "no-store"
    return answer
