"""What may be uploaded: pictures, office documents, sound. Judged by content, not by name."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

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
}
SAME = {".jpeg": ".jpg", ".heif": ".heic"}
ALLOWED = "图片（jpg、png、gif、webp、heic）、PDF、Word、Excel 和录音（mp3、m4a、amr、wav）"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNSAFE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069<>:\"/\\|?*]")


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
            return head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1")
        case ".pdf":
            return b"%PDF-" in head[:1024]
        case ".doc" | ".xls":
            return head.startswith(OLE)
        case ".docx" | ".xlsx":
            return _is_office(file, "word/" if extension == ".docx" else "xl/")
        case ".mp3":
            return head.startswith(b"ID3") or (head[0] == 0xFF and head[1] & 0xE0 == 0xE0)
        case ".m4a":
            return head[4:8] == b"ftyp"
        case ".amr":
            return head.startswith(b"#!AMR")
        case ".wav":
            return head[:4] == b"RIFF" and head[8:12] == b"WAVE"
        case _:
            return False


def _head(file: UploadedFile) -> bytes:
    file.seek(0)
    head = file.read(2048)
    file.seek(0)
    return head


def _is_office(file: UploadedFile, folder: str) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return False
    finally:
        file.seek(0)
    return "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)
