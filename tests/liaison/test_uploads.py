import io
import random
import struct
import time
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from liaison.lib.uploads import check_upload, clean_name

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 32


def office(folder, *more):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name in (f"{folder}/document.xml", *more):
            archive.writestr(name, "<x/>")
    return stream.getvalue()


def old_office(stream):
    """As a compound file begins: header, one sector of other things, the directory with its entries of 128 bytes."""
    entries = [
        name.encode("utf-16-le").ljust(128, b"\x00") for name in ("Root Entry", stream, "\x05SummaryInformation")
    ]
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(1024, b"\x00") + b"".join(entries)


def zip_with_a_large_directory(entries):
    """Made up: a table of contents of ``entries`` names and nothing in it."""
    sizes = (20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    table = (struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", *sizes) + b"a") * entries
    return table + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, len(table), 0, 0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("路灯.png", PNG),
        ("通知.doc", old_office("WordDocument")),
        ("名册.xls", old_office("Workbook")),
        ("旧名册.xls", old_office("Book")),
        ("说明.txt", "请看附件。".encode()),
        ("记事本.txt", "请看附件。".encode("gb18030")),
        ("带签名.txt", "\ufeff请看附件。".encode()),
        ("录音.mp3", b"\xff\xfb\x90\x00" + b"0" * 32),
        ("照片.heic", b"\x00\x00\x00\x18ftypheic" + b"0" * 32),
        ("照片.JPEG", b"\xff\xd8\xff\xe0" + b"0" * 32),
        ("通知.pdf", b"%PDF-1.7 ..."),
        ("报告.docx", office("word")),
        ("名册.xlsx", office("xl")),
        ("录音.amr", b"#!AMR\n000"),
    ],
)
def test_pictures_documents_and_sound_are_taken(name, content):
    assert check_upload(SimpleUploadedFile(name, content)).name == name


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.exe", b"MZ" + b"0" * 64, "类型不能上传"),
        ("a.svg", b"<svg onload='x'/>", "类型不能上传"),
        ("a.html", b"<script>", "类型不能上传"),
        ("a.jpg", b"MZ" + b"0" * 64, "内容不是jpg文件"),
        ("a.xlsx", office("word"), "内容不是xlsx文件"),
        ("a.docx", b"PK\x03\x04 broken", "内容不是docx文件"),
        ("a.png", b"", "空文件"),
        ("a.mp3", b"\xff", "内容不是mp3文件"),
        ("a.xls", old_office("WordDocument"), "内容不是xls文件"),
        ("a.doc", old_office("Workbook"), "内容不是doc文件"),
        ("a.doc", old_office("!_Tables"), "内容不是doc文件"),  # an installer
        ("a.txt", b"MZ\x90\x00\x03", "内容不是txt文件"),
        ("a.txt", b"\xef\xbb\xbf <HTML><script>", "内容不是txt文件"),
        ("a.txt", b"\xff\xfe\xff", "内容不是txt文件"),
        ("a.docm", office("word"), "类型不能上传"),
        ("a.xlsx", office("xl", "xl/vbaProject.bin"), "内容不是xlsx文件"),
        ("a.png.exe", PNG, "类型不能上传"),
        ("a.zip", office("word"), "类型不能上传"),
        ("没有扩展名", PNG, "类型不能上传"),
    ],
)
def test_anything_else_is_refused_with_its_reason(name, content, reason):
    with pytest.raises(ValidationError, match=reason):
        check_upload(SimpleUploadedFile(name, content))


def test_a_file_that_is_too_large_is_refused(settings):
    settings.ATTACHMENT_MAX_BYTES = 1024 * 1024
    with pytest.raises(ValidationError, match="不能超过 1 MB"):
        check_upload(SimpleUploadedFile("大.png", PNG + b"0" * 1024 * 1024))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../x.png", "x.png"),
        ("..\\..\\x.png", "x.png"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("", "未命名"),
        ("...", "未命名"),
        ("x\ufeff\u2028\x85.png", "x.png"),
        ("a\x00b.png", "ab.png"),
    ],
)
def test_a_name_cannot_leave_its_folder_or_mislead(given, kept):
    assert clean_name(given) == kept


def test_a_long_name_keeps_its_extension():
    name = clean_name("长" * 300 + ".png")
    assert len(name) == 120 and name.endswith(".png")


def test_a_damaged_document_is_refused_and_never_an_error():
    whole, chance = office("word"), random.Random(7)
    for _ in range(3000):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            check_upload(SimpleUploadedFile("a.docx", bytes(damaged)))
        except ValidationError as error:
            assert "内容不是docx文件" in error.message


@pytest.mark.parametrize("ending", [b"", struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, 0, 0, 0)])
def test_a_made_up_zip_costs_no_time(ending):
    began = time.perf_counter()
    with pytest.raises(ValidationError, match="内容不是docx文件"):
        check_upload(SimpleUploadedFile("a.docx", zip_with_a_large_directory(200_000) + ending))
    assert time.perf_counter() - began < 1


def test_a_checked_file_is_stored_from_its_beginning():
    for name, content in (("a.docx", office("word")), ("a.txt", b"abc"), ("a.doc", old_office("WordDocument"))):
        file = SimpleUploadedFile(name, content)
        check_upload(file)
        assert file.read() == content
