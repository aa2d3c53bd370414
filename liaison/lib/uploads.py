"""What may be uploaded: pictures, office documents, sound. Judged by content, not by name."""

from __future__ import annotations

import codecs
import re
import struct
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

MEDIA_TYPES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".amr": "audio/amr",
    ".wav": "audio/wav",
    ".txt": "text/plain",
}
SAME = {".jpeg": ".jpg", ".heif": ".heic"}
ALLOWED = "图片（jpg、png、gif、webp、heic）、PDF、Word、Excel、纯文本（txt）和录音（mp3、m4a、amr、wav）"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Old Office files are small file systems; these are the names of the streams that hold the document, in UTF-16.
OLE_STREAMS = {".doc": ("WordDocument",), ".xls": ("Workbook", "Book")}
MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"#!")
MOST_DIRECTORY = 1024 * 1024  # bytes of a zip's table of contents: opening one of 20 MB costs 6 s and 190 MB
UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff"
    r"<>:\"/\\|?*]"
)


@dataclass(frozen=True)
class UploadKind:
    name: str  # as shown and offered for download
    extension: str
    media_type: str


def check_upload(file: UploadedFile) -> UploadKind:
    """Name, extension and media type of ``file``; ValidationError with a plain reason for anything else."""
    name = clean_name(file.name or "")
    size = file.size or 0
    if size == 0:
        raise ValidationError(f"“{name}”是空文件，请重新选择。")
    if size > settings.ATTACHMENT_MAX_BYTES:
        most = settings.ATTACHMENT_MAX_BYTES // 1024 // 1024
        raise ValidationError(f"“{name}”有 {size / 1024 / 1024:.1f} MB，每个文件不能超过 {most} MB。")
    extension = PurePosixPath(name).suffix.lower()
    extension = SAME.get(extension, extension)
    if extension not in MEDIA_TYPES:
        raise ValidationError(f"“{name}”的类型不能上传。可以上传{ALLOWED}。")
    if not _content_fits(file, extension):
        raise ValidationError(f"“{name}”的内容不是{extension[1:]}文件，可能改过扩展名或已损坏。")
    return UploadKind(name=name, extension=extension, media_type=MEDIA_TYPES[extension])


def clean_name(name: str) -> str:
    """The last part of ``name`` without what could mislead a file system or a reader; at most 120 characters."""
    base = UNSAFE.sub("", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .") or "未命名"
    stem, dot, suffix = base.rpartition(".")
    return f"{stem[: 119 - len(suffix)]}.{suffix}" if dot and len(suffix) <= 10 else base[:120]


def _content_fits(file: UploadedFile, extension: str) -> bool:
    head = _head(file)
    match extension:
        case ".jpg":
            return head.startswith(b"\xff\xd8\xff")
        case ".png":
            return head.startswith(b"\x89PNG\r\n\x1a\n")
        case ".gif":
            return head.startswith((b"GIF87a", b"GIF89a"))
        case ".webp":
            return head[:4] == b"RIFF" and head[8:12] == b"WEBP"
        case ".heic":
            return head[4:8] == b"ftyp" and head[8:12] in (
                b"heic",
                b"heix",
                b"heim",
                b"heis",
                b"hevc",
                b"mif1",
                b"msf1",
            )
        case ".pdf":
            return b"%PDF-" in head[:1024]
        case ".doc" | ".xls":
            return head.startswith(OLE) and _holds_stream(file, OLE_STREAMS[extension])
        case ".docx" | ".xlsx":
            return _is_office(file, "word/" if extension == ".docx" else "xl/")
        case ".mp3":
            return head.startswith(b"ID3") or (head[:1] == b"\xff" and head[1:2] >= b"\xe0")
        case ".m4a":
            return head[4:8] == b"ftyp"
        case ".amr":
            return head.startswith(b"#!AMR")
        case ".wav":
            return head[:4] == b"RIFF" and head[8:12] == b"WAVE"
        case ".txt":
            return not head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP) and _is_text(file)
        case _:
            return False


def _head(file: UploadedFile) -> bytes:
    file.seek(0)
    head = file.read(2048)
    file.seek(0)
    return head


def _is_text(file: UploadedFile) -> bool:
    """UTF-8, or what Chinese Windows writes; nothing that only looks like text."""
    decoders = [codecs.getincrementaldecoder(name)() for name in ("utf-8", "gb18030")]
    try:
        for chunk in file.chunks():
            if b"\x00" in chunk:
                return False
            decoders = [decoder for decoder in decoders if _decodes(decoder, chunk)]
    finally:
        file.seek(0)
    return any(_decodes(decoder, b"", final=True) for decoder in decoders)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _holds_stream(file: UploadedFile, names: tuple[str, ...]) -> bool:
    """Whether the old Office file has an entry of one of these names; an installer (msi) has the same first bytes."""
    file.seek(0)
    content = file.read()
    file.seek(0)
    # An entry is 128 bytes, its name first: 64 bytes, filled up with zeros. Entries lie on multiples of 128.
    entries = tuple(name.encode("utf-16-le").ljust(64, b"\x00") for name in names)
    return any(content.startswith(entries, place) for place in range(512, len(content), 128))


def _is_office(file: UploadedFile, folder: str) -> bool:
    try:
        if directory_size(file, file.size or 0) > MOST_DIRECTORY:
            return False
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, OverflowError, struct.error):
        return False  # whatever made-up zips can raise
    finally:
        file.seek(0)
    macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return "[Content_Types].xml" in names and any(name.startswith(folder) for name in names) and not macros


def directory_size(file: IO[bytes] | UploadedFile, size: int) -> int:
    """Bytes of the table of contents of a zip of ``size`` bytes, as its last record says. Found where ``zipfile`` looks
    for it; the record of very large zips (zip64), which overrides it, no office document needs."""
    start = max(size - 65_557, 0)
    file.seek(start)
    tail = file.read()
    plain = tail[-22:-18] == b"PK\x05\x06" and tail.endswith(b"\x00\x00")
    place = len(tail) - 22 if plain else tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < 22:
        raise zipfile.BadZipFile("no end record")
    if place >= 20 and tail[place - 20 : place - 16] == b"PK\x06\x07":
        return MOST_DIRECTORY + 1
    return int(struct.unpack_from("<L", tail, place + 12)[0])
