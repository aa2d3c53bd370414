"""An old .xls made on the spot: a file system with one stream of records, as little of each as a reader needs."""

from __future__ import annotations

import struct

FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD  # marks in place of a sector's number
SECTOR = 512


def record(number: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def wide(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def book(name: str, *cells: bytes, links: bytes = b"") -> bytes:
    """The stream of a book with one sheet; ``links`` stands where the book says what it refers to."""
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    title = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    place = len(begin) + len(record(0x0085, b"\0" * 6 + title)) + len(links) + 4
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    size = record(0x0200, struct.pack("<IIHHH", 0, 2, 0, 4, 0))
    start = begin + record(0x0085, struct.pack("<IH", place, 0) + title) + links + record(0x000A)
    return start + sheet + size + b"".join(cells) + record(0x000A)


def text(row: int, column: int, words: str) -> bytes:
    return record(0x0204, struct.pack("<HHH", row, column, 0) + wide(words))


def formula(row: int, column: int, result: float) -> bytes:
    """=1, and what it came to."""
    return record(0x0006, struct.pack("<HHHdHIH", row, column, 0, result, 0, 0, 3) + b"\x1e\x01\x00")


def xls(stream: bytes, name: str = "Workbook") -> bytes:
    """Header, table of sectors, directory, stream: long enough not to be a small one."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % SECTOR)
    count = len(stream) // SECTOR
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)
    table = struct.pack("<128I", TABLE, END, *range(3, count + 2), END, *[FREE] * (128 - 2 - count))
    directory = entry("Root Entry", 5, END, 0, child=1) + entry(name, 2, 2, len(stream)) + entry("", 0, 0, 0) * 2
    return head + table + directory + stream


def entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    stored = name.encode("utf-16-le") + b"\0\0" if name else b""
    numbers = struct.pack("<HBBIII", len(stored), kind, 1, FREE, FREE, child)
    return stored.ljust(64, b"\0") + numbers + b"\0" * 36 + struct.pack("<IQ", start, size)
