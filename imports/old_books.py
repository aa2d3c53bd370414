"""What an old .xls holds besides values: its records are walked, not parsed.

An .xls is a small file system ([MS-CFB]) with a stream of records in it ([MS-XLS]; each: number, length, content). Whoever
reads it for values is given what a formula came to when it was last reckoned, and never sees that it is one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice

from imports.guard import EXTERNAL_LINKS, MOST_NAMED, SAVE_AS, Refused, Scanned, letter

BOOKS = {"Workbook", "Book"}  # Excel 97 and later, Excel 5 and 95
MOST_BOOKS = 2  # a file can say a thousand times that it holds the same one
FREE = 0xFFFFFFFA  # sector numbers from here on are marks
STREAM, ROOT = 2, 5  # kinds of entries
# Records.
BOF, BOUNDSHEET, SUPBOOK, EXTERNSHEET, PASSWORD = 0x0809, 0x0085, 0x01AE, 0x0017, 0x002F
FORMULAS = {0x0006, 0x0206, 0x0406}
OWN_BOOK, ADD_IN = 0x0401, 0x3A01  # what stands in a SUPBOOK in place of a file's name
ENCODED_PATH = 1  # first character of an EXTERNSHEET of Excel 5 that leads to another file


def scan(content: bytes) -> dict[str, Scanned]:
    """The formulas of each sheet by name; :class:`Refused` where the book looks into other files, or is broken."""
    found: dict[str, Scanned] = {}
    try:
        for book in islice(_books(content), MOST_BOOKS):
            _scan(book, found)
    except (struct.error, IndexError):
        raise Refused(f"文件已经损坏，打不开。{SAVE_AS}") from None
    return found


def _scan(book: bytes, found: dict[str, Scanned]) -> None:
    sheets: dict[int, Scanned] = {}  # by where they begin
    sheet = Scanned()
    is_new = True
    for place, number, body in _records(book):
        if number == BOF:
            if place == 0:
                is_new = struct.unpack_from("<H", body)[0] >= 0x0600
            sheet = sheets.get(place, sheet)
        elif number == PASSWORD:  # what follows is not legible; the reader says so
            return
        elif number == BOUNDSHEET:
            sheets[struct.unpack_from("<I", body)[0]] = found.setdefault(_name(body, is_new), Scanned())
        elif number in FORMULAS:
            if len(sheet.formulas) < MOST_NAMED:
                row, column = struct.unpack_from("<HH", body)
                sheet.formulas.append(f"{letter(column)}{row + 1}")
        elif number == SUPBOOK:
            if struct.unpack_from("<H", body, 2)[0] not in (OWN_BOOK, ADD_IN):
                raise Refused(EXTERNAL_LINKS)
        elif number == EXTERNSHEET and not is_new and len(body) > 1 and body[1] == ENCODED_PATH:
            raise Refused(EXTERNAL_LINKS)


def _records(book: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(place, number, content) of each."""
    place, end = 0, len(book) - 4
    header = struct.Struct("<HH")
    while place <= end:
        number, length = header.unpack_from(book, place)
        if not number and not length:  # what fills the last sector
            break
        yield place, number, book[place + 4 : place + 4 + length]
        place += 4 + length


def _name(body: bytes, is_new: bool) -> str:
    """Of a sheet: after place and kind, its length and characters."""
    length = body[6]
    if not is_new:
        return body[7 : 7 + length].decode("gb18030", "replace")
    if body[7] & 1:
        return body[8 : 8 + 2 * length].decode("utf-16-le", "replace")
    return body[8 : 8 + length].decode("latin-1")


# --- the file system ----------------------------------------------------------------------------


def _books(content: bytes) -> Iterator[bytes]:
    """The streams of records; one, unless a book lies in another."""
    files = _Files(content)
    for name, start, size in files.streams():
        if name in BOOKS:
            yield files.read(start, size)


class _Files:
    def __init__(self, content: bytes) -> None:
        self.content = content
        sector, small = struct.unpack_from("<HH", content, 30)
        if sector not in (9, 12) or small != 6:
            raise IndexError("sector size")
        self.sector, self.small = 1 << sector, 1 << small
        (directory,) = struct.unpack_from("<I", content, 48)
        self.cutoff, small_table = struct.unpack_from("<II", content, 56)
        self.table = self._numbers(self._table_sectors())
        self.small_table = self._numbers(self._chain(small_table))
        self.entries = b"".join(map(self._at, self._chain(directory)))
        root = next((start for _, kind, start, _ in self._entries() if kind == ROOT), FREE)
        self.small_content = b"".join(map(self._at, self._chain(root)))

    def streams(self) -> Iterator[tuple[str, int, int]]:
        """(name, first sector, bytes)"""
        for name, kind, start, size in self._entries():
            if kind == STREAM:
                yield name, start, size

    def read(self, start: int, size: int) -> bytes:
        if size >= self.cutoff:
            return b"".join(map(self._at, self._chain(start)))[:size]
        pieces = (
            self.small_content[number * self.small : (number + 1) * self.small]
            for number in self._chain(start, self.small_table)
        )
        return b"".join(pieces)[:size]

    def _entries(self) -> Iterator[tuple[str, int, int, int]]:
        for place in range(0, len(self.entries) - 127, 128):
            length, kind = struct.unpack_from("<HB", self.entries, place + 64)
            start, size = struct.unpack_from("<II", self.entries, place + 116)
            name = self.entries[place : place + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            yield name, kind, start, size

    def _at(self, number: int) -> bytes:
        place = (number + 1) * self.sector
        if place >= len(self.content):
            raise IndexError("sector behind the end")
        return self.content[place : place + self.sector]

    def _numbers(self, sectors: list[int]) -> list[int]:
        joined = b"".join(map(self._at, sectors))
        return list(struct.unpack(f"<{len(joined) // 4}I", joined[: len(joined) // 4 * 4]))

    def _table_sectors(self) -> list[int]:
        """109 of them in the header, further ones in a chain of their own."""
        found = [number for number in struct.unpack_from("<109I", self.content, 76) if number < FREE]
        (more,) = struct.unpack_from("<I", self.content, 68)
        visited = 0
        while more < FREE:
            *numbers, more = self._numbers([more])
            found += [number for number in numbers if number < FREE]
            visited += 1
            if visited * self.sector > len(self.content):
                raise IndexError("circle")
        return found

    def _chain(self, start: int, table: list[int] | None = None) -> list[int]:
        table = self.table if table is None else table
        found = []
        while start < FREE:
            found.append(start)
            if len(found) > len(table):
                raise IndexError("circle")
            start = table[start]
        return found
