"""The columns of every kind as docs/imports.md has them: ``manage.py describe_imports > docs/imports.md``."""

from __future__ import annotations

from collections.abc import Iterator

from imports.kinds import KINDS, Kind

HEAD = """# Imports: the columns

Written by `manage.py describe_imports` from the declarations in `imports/kinds/`; a test holds it to them. Each column is
known by its heading or by one of the words in the last column, in full or half width, with or without blanks and brackets.
"""


def markdown() -> str:
    return HEAD + "".join("\n" + "\n".join(_kind(kind)) + "\n" for kind in KINDS.values())


def _kind(kind: type[Kind]) -> Iterator[str]:
    yield f"## {kind.label} (`{kind.key}`)\n"
    yield f"{kind.about}认出已有的：{kind.matched_by}。\n"
    yield "| 列 | 必填 | 怎么填 | 可选的值 | 也认得 |"
    yield "|---|---|---|---|---|"
    for column in kind.columns:
        required = "是" if column.required else ""
        choices, synonyms = "、".join(column.choices), "、".join(column.synonyms)
        yield f"| {column.heading} | {required} | {column.explain} | {choices} | {synonyms} |"
