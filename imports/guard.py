"""What may be opened at all: judged by a look at the bytes, in bounded memory, before anything parses them.

A spreadsheet is a zip that somebody else packed. Its table of contents, the real (not the declared) size of what is in
it, and whatever a sheet must not hold (formulas, macros, links elsewhere, cells a million rows down) are looked at in a
stream; who sent it is told what to do about it.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from liaison.lib import uploads

MOST_BYTES = 20 * 1024 * 1024  # of the file
MOST_UNPACKED = 300 * 1024 * 1024  # of everything in it; 100,000 rows of 20 columns are some 100 MB
MOST_RATIO = 300  # of an entry over 1 MB; sheets of equal rows reach 40, bombs 1,000
MOST_ROWS = 100_000
MOST_COLUMNS = 100  # CV
MOST_ENTRIES = 500
CHUNK = 1024 * 1024
OVERLAP = 256
MOST_NAMED, MOST_MERGED = 20, 500  # formulas and merged ranges that are noted of a sheet

# Each begins with characters as they are: Python then looks for those, which takes a tenth of the time.
# A cell or row beyond the 200,000th row; a cell beyond the 100th column (CV).
TOO_FAR_DOWN = re.compile(rb"""r=["'][A-Z]{0,3}(?:[2-9]\d{5}|\d{7,})["']""")
TOO_FAR_RIGHT = re.compile(rb"""r=["'](?:[A-Z]{3}|[D-Z][A-Z]|C[W-Z])\d+["']""")
FORMULA = re.compile(rb"<f[\s/>]")
CELL = re.compile(rb"""r=["']([A-Z]{1,3}\d{1,7})["']""")
MERGED = re.compile(rb"""<mergeCell\s+ref=["']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})["']""")
NOT_TEXT = re.compile(rb"\s*<(?:!doctype|html|head|table|\?xml|svg|script)", re.IGNORECASE)
SAVE_AS = "请在 Excel 或 WPS 里打开，另存为“Excel 工作簿（.xlsx）”后再上传。"
EXTERNAL_LINKS = (
    "文件里有指向其他文件或网络的链接（外部链接）。请在 Excel 里选“数据 → 编辑链接 → 断开链接”，"
    "或者把内容复制、选择性粘贴为数值到新表格后再上传。"
)


class Refused(Exception):
    """The file as a whole cannot be imported; the message says why and what to do."""


@dataclass
class Scanned:
    """Of one sheet: what was met in its XML."""

    rows: int = 0
    formulas: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)


def letter(index: int) -> str:
    """0 → A, 26 → AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def recognise(name: str, content: bytes) -> str:
    """``xlsx``, ``xls`` or ``csv``, by content; :class:`Refused` for everything else."""
    if not content:
        raise Refused("这是一个空文件，里面没有内容。请重新选择。")
    if len(content) > MOST_BYTES:
        raise Refused(
            f"文件有 {len(content) / 1024 / 1024:.1f} MB，不能超过 {MOST_BYTES // 1024 // 1024} MB。请分成几个文件。"
        )
    if content.startswith(b"PK"):
        return "xlsx"
    if content.startswith(uploads.OLE):
        _check_old_office(content)
        return "xls"
    extension = name.rpartition(".")[2].lower()
    if NOT_TEXT.match(content[:200].removeprefix(b"\xef\xbb\xbf")):
        raise Refused(f"这是网页或 XML 文件，只是扩展名像表格。{SAVE_AS}")
    if extension not in {"csv", "txt"} or (b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise Refused(f"这不是 Excel 或 CSV 表格，可能改过扩展名或已经损坏。{SAVE_AS}")
    return "csv"


def _check_old_office(content: bytes) -> None:
    """Old Office files are small file systems: 128 bytes an entry, its name first, in UTF-16."""
    names = {
        name
        for name in ("Workbook", "Book", "WordDocument", "EncryptedPackage", "_VBA_PROJECT_CUR", "PowerPoint Document")
        if _has_entry(content, name)
    }
    if "EncryptedPackage" in names:
        raise Refused("文件设了打开密码。请去掉密码（文件 → 信息 → 保护工作簿）另存后再上传。")
    if "_VBA_PROJECT_CUR" in names:
        raise Refused(f"文件里有宏。{SAVE_AS}")
    if not names & {"Workbook", "Book"}:
        raise Refused(f"这不是 Excel 表格，可能是改过扩展名的 Word 文档或演示文稿。{SAVE_AS}")


def _has_entry(content: bytes, name: str) -> bool:
    stored = name.encode("utf-16-le") + b"\x00\x00"
    place = content.find(stored)
    while place >= 0:
        if place % 128 == 0:
            return True
        place = content.find(stored, place + 1)
    return False


def scan_workbook(content: bytes) -> dict[str, Scanned]:
    """What each sheet (by name) of an .xlsx holds; :class:`Refused` where the whole is not fit to be opened."""
    try:
        if uploads.directory_size(io.BytesIO(content), len(content)) > uploads.MOST_DIRECTORY:
            raise Refused(f"文件里的条目太多，不像一张表格。{SAVE_AS}")
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, OverflowError, struct.error):
        raise Refused(f"文件已经损坏，打不开。{SAVE_AS}") from None
    entries = archive.infolist()
    _check_names(entries)
    _check_sizes(entries)
    left = [MOST_UNPACKED]
    found: dict[str, Scanned] = {}
    small: dict[str, bytes] = {}
    for entry in entries:
        name = entry.filename.lower()
        if name in {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}:
            small[name] = b"".join(_unpacked(content, entry, left))[: 4 * CHUNK]
        elif name.startswith("xl/worksheets/") and name.endswith(".xml"):
            found[name] = _scan_sheet(_unpacked(content, entry, left))
        else:
            for _ in _unpacked(content, entry, left):
                pass
    return {sheet: found[path] for sheet, path in _sheet_paths(small).items() if path in found}


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename.lower() for entry in entries}
    if any(name.startswith("word/") for name in names):
        raise Refused("这是 Word 文档，不是表格。请把内容放进下载的 Excel 模板里再上传。")
    if any(name.startswith("ppt/") for name in names):
        raise Refused("这是演示文稿，不是表格。请把内容放进下载的 Excel 模板里再上传。")
    if "xl/workbook.xml" not in names:
        raise Refused(f"这不是 Excel 工作簿，可能是改过扩展名的压缩包，或者是 .xlsb、.ods 等别的格式。{SAVE_AS}")
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        raise Refused(f"文件里有宏（自动执行的程序），为安全不能导入。{SAVE_AS}")
    if any(name.startswith(("xl/externallinks/", "xl/connections")) for name in names):
        raise Refused(EXTERNAL_LINKS)


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise Refused(f"文件里的条目太多，不像一张表格。{SAVE_AS}")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("文件设了密码。请去掉密码另存后再上传。")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise Refused(f"文件的压缩方式少见，打不开。{SAVE_AS}")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Refused(_bomb())
    for entry in entries:
        if entry.file_size > CHUNK and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise Refused(_bomb())


def _bomb() -> str:
    return (
        f"文件解开后超过 {MOST_UNPACKED // 1024 // 1024} MB 或压缩得异常紧，不能打开。"
        "如果表格下面有大片空白行，请删除它们（选中行 → 右键 → 删除），再另存上传。"
    )


def _unpacked(content: bytes, entry: zipfile.ZipInfo, left: list[int]) -> Iterator[bytes]:
    """The entry as it really is, in pieces; ``left`` counts down over the whole file. What the table of contents says
    of its size is not believed."""
    start = entry.header_offset
    if content[start : start + 4] != b"PK\x03\x04":
        raise Refused(f"文件已经损坏，打不开。{SAVE_AS}")
    name_length, extra_length = struct.unpack_from("<HH", content, start + 26)
    start += 30 + name_length + extra_length
    packed = memoryview(content)[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        left[0] -= len(packed)
        if left[0] < 0:
            raise Refused(_bomb())
        yield bytes(packed)
        return
    machine = zlib.decompressobj(-15)
    rest: bytes | memoryview = packed
    size = 0
    try:
        while not machine.eof:
            piece = machine.decompress(rest, CHUNK)
            if not piece and not machine.unconsumed_tail:
                break
            size += len(piece)
            left[0] -= len(piece)
            if left[0] < 0 or size > max(entry.file_size, CHUNK):
                raise Refused(_bomb())
            yield piece
            rest = machine.unconsumed_tail
    except zlib.error:
        raise Refused(f"文件已经损坏，打不开。{SAVE_AS}") from None


def _scan_sheet(pieces: Iterator[bytes]) -> Scanned:
    found = Scanned()
    tail = b""
    for piece in pieces:
        text = tail + piece
        found.rows += text.count(b"<row") - tail.count(b"<row")
        if found.rows > 2 * MOST_ROWS or TOO_FAR_DOWN.search(text):
            raise Refused(
                f"表格太长：每次最多导入 {MOST_ROWS:,} 行，这张表在很靠下的地方还有行（可能只是设过格式的空白行）。"
                "请选中最后一条记录下面的所有行，右键删除，再另存上传。"
            )
        if TOO_FAR_RIGHT.search(text):
            raise Refused(
                f"表格太宽：最多 {MOST_COLUMNS} 列，这张表在很靠右的地方还有单元格。请删除右边多余的列再上传。"
            )
        for match in FORMULA.finditer(text):
            if match.end() > len(tail) and len(found.formulas) < MOST_NAMED:
                cells = CELL.findall(text, max(match.start() - OVERLAP, 0), match.start())
                found.formulas.append(cells[-1].decode() if cells else "")
        for match in MERGED.finditer(text):
            if match.end() > len(tail) and len(found.merged) < MOST_MERGED:
                found.merged.append(match[1].decode())
        tail = text[-OVERLAP:]
    return found


def _sheet_paths(parts: dict[str, bytes]) -> dict[str, str]:
    """Name of a sheet → lower-case name of its entry in the zip."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        book = etree.fromstring(parts.get("xl/workbook.xml", b""), parser)
        links = etree.fromstring(parts.get("xl/_rels/workbook.xml.rels", b""), parser)
    except etree.XMLSyntaxError:
        raise Refused(f"文件已经损坏，打不开。{SAVE_AS}") from None
    targets = {link.get("Id"): str(link.get("Target")) for link in links.iter("{*}Relationship") if link.get("Target")}
    paths = {}
    for sheet in book.iter("{*}sheet"):
        key = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)
        target = targets.get(key, "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        paths[str(sheet.get("name"))] = path.lower()
    return paths
