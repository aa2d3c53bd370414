"""A PDF as a test reads it."""

import re
import zlib


def opened(document):
    """The bytes of a PDF with its compressed streams beside them: WeasyPrint keeps objects in those."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", document, re.S)
    return document + b"\n".join(map(_inflate, streams))


def _inflate(part):
    try:
        return zlib.decompressobj().decompress(part)
    except zlib.error:
        return b""


def pages(document):
    return len(re.findall(rb"/Type\s*/Page\b", opened(document)))


def fonts(document):
    """(family, whether its glyphs are in the file) of each font."""
    descriptors = re.findall(rb"<<[^<>]*/Type\s*/FontDescriptor\b[^<>]*>>", opened(document))
    return [
        (re.search(rb"/FontName\s*/(?:[A-Z]{6}\+)?([^\s/>]+)", one)[1].decode(), b"/FontFile" in one)
        for one in descriptors
    ]


def sizes(document):
    """Width and height of each page in millimetres."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", opened(document))
    return [tuple(round(float(side) / 72 * 25.4) for side in box) for box in boxes]
