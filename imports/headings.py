"""Which column is which: headings are known by meaning, wherever the row of them stands among the first rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from imports.columns import Column, folded
from imports.guard import Refused, letter
from imports.reading import Sheet

LOOKED_AT = 12  # rows from the top among which the headings are looked for
IN_BRACKETS = re.compile(r"[（(\[【].*?[）)\]】]")
NOT_OURS = {
    "序号",
    "登录账号",
    "编号序号",
    "原因",
    "不能导入的原因",
    "建议",
    "照片",
}  # of ledgers and of files handed back


@dataclass(frozen=True)
class Headings:
    row: int  # its number in the sheet
    places: dict[str, int]  # name of a column → index of its cell
    unused: list[str]  # headings that nothing is done with


def _known(columns: Sequence[Column]) -> dict[str, list[Column]]:
    known: dict[str, list[Column]] = {}
    for column in columns:
        for words in column.headings:
            known.setdefault(folded(words), []).append(column)
    return known


def _meanings(cells: Sequence[str], columns: Sequence[Column]) -> list[Column | None]:
    """What each heading says. 姓 名（必填）* is 姓名; the whole words first, since brackets can carry the meaning. A word
    that can mean two columns means the one that does not stand there by its own name: 类别 beside 领域."""
    known = _known(columns)
    own = {folded(column.heading): column.name for column in columns}
    named = {own[words] for words in map(folded, cells) if words in own}
    found: list[Column | None] = []
    for cell in cells:
        words = folded(cell)
        can_be = known.get(words) or known.get(folded(IN_BRACKETS.sub("", cell))) or []
        free = [column for column in can_be if column.name not in named or own.get(words) == column.name]
        found.append(next(iter([*free, *can_be]), None))
    return found


def find(sheet: Sheet, columns: Sequence[Column]) -> Headings | None:
    """The row that holds most headings; None where no row holds two (or all there are)."""
    best: tuple[int, int, list[str]] | None = None
    for number, cells in sheet.rows[:LOOKED_AT]:
        hits = len({column.name for column in _meanings(cells, columns) if column})
        if hits >= 2 and (best is None or hits > best[0]):
            best = (hits, number, cells)
    if best is None:
        return None
    places: dict[str, int] = {}
    unused = []
    for index, (cell, column) in enumerate(zip(best[2], _meanings(best[2], columns), strict=True)):
        if column is None:
            if cell.strip() and folded(cell) not in NOT_OURS:
                unused.append(f"{letter(index)} 列“{cell.strip()[:20]}”")
        elif column.name in places:
            first = places[column.name]
            raise Refused(
                f"有两列是同一个意思：{letter(first)} 列“{best[2][first].strip()}”和 {letter(index)} 列“{cell.strip()}”"
                f"都是“{column.heading}”。请只留一列再上传。"
            )
        else:
            places[column.name] = index
    return Headings(best[1], places, unused)


def choose(sheets: Sequence[Sheet], title: str, columns: Sequence[Column]) -> tuple[Sheet, Headings]:
    """The one sheet with the headings of ``columns``; the one called ``title`` where there are several."""
    found = [(sheet, headings) for sheet in sheets if (headings := find(sheet, columns))]
    if len(found) > 1:
        found = [pair for pair in found if pair[0].name == title] or found
    if not found:
        seen = "、".join(cell.strip()[:12] for cell in (sheets[0].rows[0][1]) if cell.strip())[:120]
        needed = "、".join(column.heading for column in columns if column.required)
        raise Refused(f"找不到标题行。要有一行写着：{needed} 等；文件的第一行是：{seen}。请按模板的标题填写。")
    if len(found) > 1:
        names = "、".join(f"“{sheet.name}”" for sheet, _ in found)
        raise Refused(f"有几张工作表都像是{title}：{names}。请只留要导入的那一张再上传。")
    sheet, headings = found[0]
    missing = [column.heading for column in columns if column.required and column.name not in headings.places]
    if missing:
        raise Refused(
            f"第 {headings.row} 行的标题里缺少：{'、'.join(missing)}。请补上这{'些' if len(missing) > 1 else '一'}列，"
            "或者下载模板填写。"
        )
    _check(sheet, headings)
    return sheet, headings


def _check(sheet: Sheet, headings: Headings) -> None:
    below = [text for _, last, text in sheet.merged if last > headings.row]
    if below:
        more = f"等 {len(below)} 处" if len(below) > 5 else ""
        raise Refused(
            f"有合并的单元格：{'、'.join(below[:5])}{more}。请取消合并，每一行都填完整（合并后只有第一行有内容），再上传。"
        )
    if sheet.formulas:
        cells = "、".join(filter(None, sheet.formulas[:5]))
        raise Refused(
            f"有些格子是公式{f'：{cells}' if cells else ''}{' 等' if len(sheet.formulas) > 5 else ''}。"
            "请选中整张表复制，再“选择性粘贴 → 数值”，把公式变成结果后上传。"
        )
